import type { FieldError } from '../status';
import type { Container, PodSpec, Probe } from '../types';
import { bad, duplicate, LABEL, portNumber, unsupported } from './field-errors';

/** What is wrong with a pod, as such or as a template. `path` is where its specification is. */
export function podErrors(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.containers.length === 0) {
    errors.push({ field: `${path}.containers`, reason: 'FieldValueRequired', message: 'Required value' });
  }
  const volumes = new Set((spec.volumes ?? []).map((v) => v.name));
  const lists = { containers: spec.containers, initContainers: spec.initContainers ?? [] };
  const names = new Set<string>();
  for (const [list, containers] of Object.entries(lists)) {
    for (const [i, container] of containers.entries()) {
      const here = `${path}.${list}[${i}]`;
      errors.push(...containerErrors(container, here, volumes));
      if (list === 'initContainers' && container.restartPolicy && container.restartPolicy !== 'Always') {
        errors.push(unsupported(`${here}.restartPolicy`, container.restartPolicy, 'supported values: "Always"'));
      }
      if (names.has(container.name)) errors.push(duplicate(`${here}.name`, container.name));
      names.add(container.name);
    }
  }
  return errors;
}

function containerErrors(container: Container, path: string, volumes: ReadonlySet<string>): FieldError[] {
  const errors: FieldError[] = [];
  if (!LABEL.test(container.name) || container.name.length > 63) {
    errors.push(
      bad(
        `${path}.name`,
        container.name,
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
      ),
    );
  }
  if (!container.image)
    errors.push({ field: `${path}.image`, reason: 'FieldValueRequired', message: 'Required value' });
  for (const [i, port] of (container.ports ?? []).entries()) {
    errors.push(...portNumber(`${path}.ports[${i}].containerPort`, port.containerPort));
  }
  for (const [i, mount] of (container.volumeMounts ?? []).entries()) {
    if (!volumes.has(mount.name)) {
      errors.push({
        field: `${path}.volumeMounts[${i}].name`,
        reason: 'FieldValueNotFound',
        message: `Not found: "${mount.name}"`,
      });
    }
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    const probe = container[name];
    if (probe) errors.push(...probeErrors(probe, `${path}.${name}`, name));
  }
  return errors;
}

function probeErrors(probe: Probe, path: string, name: string): FieldError[] {
  const kinds = (['httpGet', 'tcpSocket', 'exec', 'grpc'] as const).filter((k) => probe[k] !== undefined);
  const errors: FieldError[] = [];
  if (kinds.length === 0)
    errors.push({ field: path, reason: 'FieldValueRequired', message: 'Required value: must specify a handler type' });
  for (const extra of kinds.slice(1)) {
    errors.push({
      field: `${path}.${extra}`,
      reason: 'FieldValueForbidden',
      message: 'Forbidden: may not specify more than 1 handler type',
    });
  }
  if (probe.grpc)
    errors.push(
      unsupported(`${path}.grpc`, probe.grpc, 'the embedded cluster knows httpGet, tcpSocket and exec probes'),
    );
  if (name !== 'readinessProbe' && probe.successThreshold !== 1) {
    errors.push(bad(`${path}.successThreshold`, probe.successThreshold, 'must be 1'));
  }
  for (const field of ['periodSeconds', 'timeoutSeconds', 'failureThreshold'] as const) {
    if (probe[field] < 1) errors.push(bad(`${path}.${field}`, probe[field], 'must be greater than or equal to 1'));
  }
  return errors;
}
