import { definitionErrors } from '../custom/definition';
import { equal } from '../equal';
import type { Kind } from '../kinds';
import { matchesLabels } from '../selectors';
import type { FieldError } from '../status';
import type { KubeObject, LabelSelector, PodSpec, PodTemplate, Service } from '../types';
import { bad, LABEL, portNumber, unsupported } from './field-errors';
import { type FieldType, fieldsOf } from './schema';
import { podErrors } from './validate-pod';

/** What the API refuses although its types are right. Paths and messages in the words of the real server. */
export function validate(kind: Kind, object: KubeObject): FieldError[] {
  if (kind.custom) return [...metadata(kind, object), ...kind.custom.errors(object)];
  const errors = [...metadata(kind, object), ...missing(kind.kind, object, '')];
  if (errors.length > 0) return errors;
  const spec = object['spec'] as Record<string, unknown>;
  switch (kind.kind) {
    case 'Deployment':
    case 'ReplicaSet':
    case 'DaemonSet':
      return [
        ...workload(spec as unknown as Workload),
        ...counts(spec, ['replicas', 'minReadySeconds']),
        ...strategy(spec['strategy']),
      ];
    case 'StatefulSet':
      return [...workload(withClaims(spec as unknown as Workload)), ...counts(spec, ['replicas', 'minReadySeconds'])];
    case 'Job':
      return [
        ...template((spec as unknown as Workload).template),
        ...counts(spec, ['parallelism', 'completions', 'backoffLimit']),
        ...jobRestart(spec as unknown as Workload),
        ...jobExtras(spec),
      ];
    case 'CustomResourceDefinition':
      return definitionErrors(object);
    case 'CronJob':
      return cronJob(spec);
    case 'Pod':
      return podErrors(spec as unknown as PodSpec, 'spec');
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
  if (kind.kind === 'StatefulSet') errors.push(...statefulSetUpdate(before, after));
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
  DaemonSet: ['spec.selector'],
  Job: ['spec.selector', 'spec.template', 'spec.completionMode'],
  Secret: ['type'],
  RoleBinding: ['roleRef'],
  ClusterRoleBinding: ['roleRef'],
  PersistentVolumeClaim: ['spec.storageClassName', 'spec.accessModes'],
};

const STATEFUL_SET_FREE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

function statefulSetUpdate(before: KubeObject, after: KubeObject): FieldError[] {
  const fixed = (object: KubeObject) =>
    Object.fromEntries(Object.entries(object['spec'] as object).filter(([key]) => !STATEFUL_SET_FREE.includes(key)));
  if (equal(fixed(before), fixed(after))) return [];
  return [
    {
      field: 'spec',
      reason: 'FieldValueForbidden',
      message:
        "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    },
  ];
}

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
  volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
}

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
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

/** Containers may mount a StatefulSet's claims as volumes. */
function withClaims(spec: Workload): Workload {
  const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata }) => ({ name: metadata.name }));
  const inner = spec.template.spec;
  return {
    ...spec,
    template: { ...spec.template, spec: { ...inner, volumes: [...(inner.volumes ?? []), ...claims] } },
  };
}

/** Server-side apply meets this when it changes the strategy: what was filled in for a rolling update is nobody's to remove. */
const strategy = (given: unknown): FieldError[] => {
  const { type, rollingUpdate } = (given ?? {}) as { type?: string; rollingUpdate?: unknown };
  if (type !== 'Recreate' || rollingUpdate === undefined) return [];
  const message = "Forbidden: may not be specified when strategy `type` is 'Recreate'";
  return [{ field: 'spec.strategy.rollingUpdate', reason: 'FieldValueForbidden', message }];
};

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

/** What the job controller here does not do. */
function jobExtras(spec: Record<string, unknown>): FieldError[] {
  const fields = ['podFailurePolicy', 'successPolicy', 'backoffLimitPerIndex', 'maxFailedIndexes', 'managedBy'];
  const found: [string, unknown][] = fields.map((field) => [field, spec[field]]);
  if (spec['completionMode'] !== 'NonIndexed') found.push(['completionMode', spec['completionMode']]);
  return found
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) =>
      unsupported(
        `spec.${field}`,
        value,
        'the embedded cluster runs plain jobs: parallelism, completions, backoffLimit, activeDeadlineSeconds',
      ),
    );
}

function cronJob(spec: Record<string, unknown>): FieldError[] {
  const schedule = String(spec['schedule']).trim();
  const words = schedule.split(/\s+/).length;
  const errors =
    schedule.startsWith('@') || words === 5
      ? []
      : [bad('spec.schedule', schedule, `expected exactly 5 fields, found ${words}: [${schedule}]`)];
  const { template: inner } = (spec['jobTemplate'] as { spec: Workload }).spec;
  return [...errors, ...podErrors(inner.spec, 'spec.jobTemplate.spec.template.spec')];
}

const template = (t: PodTemplate): FieldError[] => podErrors(t.spec, 'spec.template.spec');

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

const counts = (spec: Record<string, unknown>, fields: readonly string[]): FieldError[] =>
  fields.flatMap((field) => {
    const value = spec[field];
    return typeof value === 'number' && value < 0
      ? [bad(`spec.${field}`, value, 'must be greater than or equal to 0')]
      : [];
  });

function at(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);
}
