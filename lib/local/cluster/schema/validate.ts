import { equal } from '../equal';
import type { Kind } from '../kinds';
import { matchesLabels } from '../selectors';
import type { FieldError } from '../status';
import type { Container, KubeObject, LabelSelector, PodSpec, PodTemplate, Probe, Service } from '../types';
import { type FieldType, fieldsOf } from './schema';

/** What the API refuses although its types are right. Paths and messages in the words of the real server. */
export function validate(kind: Kind, object: KubeObject): FieldError[] {
  const errors = [...metadata(kind, object), ...missing(kind.kind, object, '')];
  if (errors.length > 0) return errors;
  const spec = object['spec'] as Record<string, unknown>;
  switch (kind.kind) {
    case 'Deployment':
    case 'ReplicaSet':
      return [...workload(spec as unknown as Workload), ...counts(spec, ['replicas', 'minReadySeconds'])];
    case 'Job':
      return [
        ...template((spec as unknown as Workload).template),
        ...counts(spec, ['parallelism', 'completions', 'backoffLimit']),
        ...jobRestart(spec as unknown as Workload),
      ];
    case 'Pod':
      return podSpec(spec as unknown as PodSpec, 'spec');
    case 'Service':
      return service((object as Service).spec);
    default:
      return [];
  }
}

/** Fields that may not change once set. */
export function validateUpdate(kind: Kind, before: KubeObject, after: KubeObject): FieldError[] {
  const frozen = FROZEN[kind.kind] ?? [];
  const errors = frozen.flatMap((path) => {
    const value = at(after, path);
    return equal(value, at(before, path)) ? [] : [immutable(path, value)];
  });
  if (kind.kind === 'Pod') errors.push(...podUpdate(before, after));
  if (before['immutable'] === true && !equal(before['data'], after['data'])) {
    errors.push({
      field: 'data',
      reason: 'FieldValueForbidden',
      message: 'Forbidden: field is immutable when `immutable` is set',
    });
  }
  return errors;
}

const FROZEN: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec.selector'],
  ReplicaSet: ['spec.selector'],
  Job: ['spec.selector', 'spec.template', 'spec.completionMode'],
  Secret: ['type'],
  RoleBinding: ['roleRef'],
  ClusterRoleBinding: ['roleRef'],
  PersistentVolumeClaim: ['spec.storageClassName', 'spec.accessModes'],
};

function podUpdate(before: KubeObject, after: KubeObject): FieldError[] {
  const bare = (object: KubeObject) => {
    const spec = structuredClone(object['spec']) as PodSpec & { tolerations?: unknown };
    for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) container.image = '';
    return { ...spec, tolerations: undefined, activeDeadlineSeconds: undefined, terminationGracePeriodSeconds: 0 };
  };
  if (equal(bare(before), bare(after))) return [];
  return [
    {
      field: 'spec',
      reason: 'FieldValueForbidden',
      message:
        'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    },
  ];
}

const immutable = (field: string, value: unknown): FieldError => bad(field, value, 'field is immutable');

interface Workload {
  selector: LabelSelector;
  template: PodTemplate;
}

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

function metadata(kind: Kind, object: KubeObject): FieldError[] {
  const { name, labels = {} } = object.metadata;
  const errors: FieldError[] = [];
  if (!name)
    return [
      {
        field: 'metadata.name',
        reason: 'FieldValueRequired',
        message: 'Required value: name or generateName is required',
      },
    ];
  const strict = kind.kind === 'Service' || kind.kind === 'Namespace';
  const loose = kind.group === 'rbac.authorization.k8s.io';
  if (strict ? !LABEL.test(name) || name.length > 63 : !loose && (!SUBDOMAIN.test(name) || name.length > 253)) {
    const rule = strict
      ? "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"
      : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
    errors.push(bad('metadata.name', name, rule));
  }
  for (const value of Object.values(labels)) {
    if (LABEL_VALUE.test(value) && value.length <= 63) continue;
    errors.push(
      bad(
        'metadata.labels',
        value,
        "a valid label must be an empty string or consist of at most 63 alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
      ),
    );
  }
  return errors;
}

/** Required fields of the schema that are absent or empty. */
function missing(type: string, value: object, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, field] of fieldsOf(type)) {
    const here = path ? `${path}.${name}` : name;
    const inner = (value as Record<string, unknown>)[name];
    if (name === 'status' || here === 'metadata') continue;
    if (inner === undefined || inner === '') {
      if (field.required && (inner === undefined || MUST_SAY.has(name))) {
        errors.push({ field: here, reason: 'FieldValueRequired', message: 'Required value' });
      }
    } else {
      errors.push(...missingInside(field.type, inner, here));
    }
  }
  return errors;
}

const MUST_SAY = new Set(['name', 'image', 'key', 'containers']);

function missingInside(type: FieldType, value: unknown, path: string): FieldError[] {
  if (type.form === 'struct') return missing(type.name, value as object, path);
  if (type.form === 'list')
    return (value as unknown[]).flatMap((item, i) => missingInside(type.of, item, `${path}[${i}]`));
  return [];
}

function workload(spec: Workload): FieldError[] {
  const errors = template(spec.template);
  const selector = spec.selector;
  if (Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0) {
    errors.push(bad('spec.selector', selector, 'empty selector is invalid for deployment'));
  } else if (!matchesLabels(selector, spec.template.metadata?.labels)) {
    const labels = spec.template.metadata?.labels ?? {};
    errors.push(bad('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  if (spec.template.spec.restartPolicy !== 'Always') {
    errors.push({
      field: 'spec.template.spec.restartPolicy',
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: "${spec.template.spec.restartPolicy}": supported values: "Always"`,
    });
  }
  return errors;
}

const jobRestart = (spec: Workload): FieldError[] =>
  spec.template.spec.restartPolicy === 'Always'
    ? [
        {
          field: 'spec.template.spec.restartPolicy',
          reason: 'FieldValueRequired',
          message: 'Required value: valid values: "OnFailure", "Never"',
        },
      ]
    : [];

const template = (t: PodTemplate): FieldError[] => podSpec(t.spec, 'spec.template.spec');

function podSpec(spec: PodSpec, path: string): FieldError[] {
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
      if (list === 'initContainers' && container.restartPolicy) {
        errors.push(
          unsupported(
            `${here}.restartPolicy`,
            container.restartPolicy,
            'the embedded cluster runs no sidecar containers',
          ),
        );
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

function service(spec: Service['spec']): FieldError[] {
  const errors: FieldError[] = [];
  const ports = spec.ports ?? [];
  if (ports.length === 0 && spec.type !== 'ExternalName' && spec.clusterIP !== 'None') {
    errors.push({ field: 'spec.ports', reason: 'FieldValueRequired', message: 'Required value' });
  }
  for (const [i, port] of ports.entries()) {
    const path = `spec.ports[${i}]`;
    if (ports.length > 1 && !port.name)
      errors.push({ field: `${path}.name`, reason: 'FieldValueRequired', message: 'Required value' });
    errors.push(...portNumber(`${path}.port`, port.port));
    if (port.protocol !== 'TCP') {
      errors.push({
        field: `${path}.protocol`,
        reason: 'FieldValueNotSupported',
        message: `Unsupported value: "${port.protocol}": the embedded cluster forwards TCP only`,
      });
    }
  }
  return errors;
}

const portNumber = (field: string, port: number): FieldError[] =>
  port >= 1 && port <= 65_535 ? [] : [bad(field, port, 'must be between 1 and 65535, inclusive')];

const counts = (spec: Record<string, unknown>, fields: readonly string[]): FieldError[] =>
  fields.flatMap((field) => {
    const value = spec[field];
    return typeof value === 'number' && value < 0
      ? [bad(`spec.${field}`, value, 'must be greater than or equal to 0')]
      : [];
  });

const bad = (field: string, value: unknown, why: string): FieldError => ({
  field,
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
});

const unsupported = (field: string, value: unknown, why: string): FieldError => ({
  field,
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${JSON.stringify(value)}: ${why}`,
});

const duplicate = (field: string, value: string): FieldError => ({
  field,
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${JSON.stringify(value)}`,
});

function at(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);
}
