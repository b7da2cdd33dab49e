import { randomUUID } from 'node:crypto';
import { ok } from '../../result';
import type { Clock } from './clock';
import { timestamp } from './clock';
import { equal } from './equal';
import { KindTable } from './kind-table';
import { apiVersionOf, type Kind, kindOf } from './kinds';
import { afterUpdate } from './managed-fields/ownership';
import { suffix } from './names';
import { decode } from './schema/decode';
import { applyDefaults } from './schema/defaults';
import { jobSelector } from './schema/job-selector';
import { shapeOf } from './schema/shape';
import { validate, validateUpdate } from './schema/validate';
import { type Answer, alreadyExists, badRequest, conflict, forbidden, invalid, notFound, refuse } from './status';
import type { Store } from './store/store';
import type { KubeObject, Namespace } from './types';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface WriteOptions {
  readonly dryRun?: boolean;
  readonly fieldValidation?: FieldValidation;
  /** Field manager; the name of a client where it gives none. */
  readonly manager?: string;
  /** Server-side apply did the object's managed fields already. */
  readonly applied?: boolean;
  /** What of the object is written; everything but the status where it is absent. */
  readonly subresource?: string;
}

export interface Written {
  readonly object: KubeObject;
  readonly warnings: readonly string[];
}

/** Refuses a new object, or lets it pass with changes made in place. */
export type Admission = (kind: Kind, object: KubeObject, store: Store) => Answer<readonly string[]>;

/** Gives a service's ports their node ports; asynchronous, since it asks the machine. */
export type ReservePorts = (service: KubeObject) => Promise<void>;

/** Creates and changes objects as the API server does: decode, defaults, validation, admission, generation, storage. */
export class Registry {
  private reservePorts: ReservePorts = async () => {};

  constructor(
    readonly store: Store,
    private readonly clock: Clock,
    private readonly admissions: readonly Admission[],
    readonly kinds: KindTable = new KindTable(),
  ) {}

  onService(reserve: ReservePorts): void {
    this.reservePorts = reserve;
  }

  async create(
    kind: Kind,
    namespace: string | undefined,
    raw: unknown,
    options: WriteOptions = {},
  ): Promise<Answer<Written>> {
    const read = this.read(kind, raw, options.fieldValidation);
    if (!read.ok) return read;
    const { object, warnings } = read.value;
    const mismatch = inNamespace(object, namespace);
    if (mismatch) return refuse(badRequest(mismatch));
    if (kind.kind === 'Service' && !options.dryRun) await this.reservePorts(object);
    const made = this.make(kind, object, options);
    return made.ok ? ok({ object: made.value.object, warnings: [...warnings, ...made.value.warnings] }) : made;
  }

  /** For controllers: creates an object of a known shape. */
  createOwn(object: Record<string, unknown> & { kind: string }): Answer<Written> {
    const kind = this.kinds.of(object.kind);
    const read = this.read(kind, object, 'Strict');
    return read.ok ? this.make(kind, read.value.object, { manager: CONTROLLERS }) : read;
  }

  private make(kind: Kind, object: KubeObject, options: WriteOptions): Answer<Written> {
    const { metadata } = object;
    if (!metadata.name && metadata.generateName) metadata.name = `${metadata.generateName}${suffix(5)}`;
    const space = this.checkNamespace(kind, object);
    if (!space.ok) return space;
    if (metadata.name && this.store.get(kind.kind, metadata.namespace, metadata.name)) {
      return refuse(alreadyExists(kind, metadata.name));
    }
    metadata.uid = randomUUID();
    metadata.creationTimestamp = timestamp(this.clock.now());
    for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'generation'] as const)
      delete metadata[field];
    if (kind.counted) metadata.generation = 1;
    if (kind.kind === 'Job') jobSelector(object);
    if (kind.kind === 'Namespace') {
      metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
    }
    if (kind.custom && kind.subresources.includes('status')) delete object['status'];
    const errors = validate(kind, object);
    if (errors.length > 0) return refuse(invalid(kind, metadata.name ?? '', errors));
    const warnings: string[] = [];
    for (const admit of this.admissions) {
      const answer = admit(kind, object, this.store);
      if (!answer.ok) return answer;
      warnings.push(...answer.value);
    }
    this.track(kind, undefined, object, options);
    return ok({ object: options.dryRun ? { ...object } : this.store.put(object), warnings });
  }

  /**
   * Changes an object: `change` gets a copy and gives the new raw state. Name, uid and times stay; the status changes only when
   * `subresource` is `status`, everything else only when it is not.
   */
  async modify(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    change: (current: KubeObject) => Answer<unknown>,
    options: WriteOptions = {},
  ): Promise<Answer<Written>> {
    const current = this.store.get(kind.kind, namespace, name);
    if (!current) return refuse(notFound(kind, name));
    const changed = change(structuredClone(current));
    if (!changed.ok) return changed;
    const read = this.read(kind, changed.value, options.fieldValidation);
    if (!read.ok) return read;
    const { object, warnings } = read.value;
    if (kind.kind === 'Service' && !options.dryRun) await this.reservePorts(object);
    // Reserving may have let another writer in.
    const latest = this.store.get(kind.kind, namespace, name);
    if (!latest) return refuse(notFound(kind, name));
    const stored = this.replace(kind, latest, object, options);
    return stored.ok ? ok({ object: stored.value, warnings }) : stored;
  }

  private replace(kind: Kind, current: KubeObject, object: KubeObject, options: WriteOptions): Answer<KubeObject> {
    const { name, namespace } = current.metadata;
    const given = object.metadata;
    if (given.name !== name || (given.namespace ?? namespace) !== namespace) {
      return refuse(badRequest('the name and namespace of the object do not match those of the request'));
    }
    if (given.uid && given.uid !== current.metadata.uid) {
      return refuse(
        conflict(
          kind,
          name,
          `Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${current.metadata.uid}`,
        ),
      );
    }
    if (given.resourceVersion && given.resourceVersion !== current.metadata.resourceVersion) {
      return refuse(
        conflict(
          kind,
          name,
          'the object has been modified; please apply your changes to the latest version and try again',
        ),
      );
    }
    const { deletionTimestamp, deletionGracePeriodSeconds, uid, creationTimestamp, generation, resourceVersion } =
      current.metadata;
    object.metadata = {
      ...given,
      ...defined({ namespace, uid, creationTimestamp, resourceVersion }),
      ...defined({ generation, deletionTimestamp, deletionGracePeriodSeconds }),
    } as KubeObject['metadata'];
    const separate = !kind.custom || kind.subresources.includes('status');
    const next: KubeObject =
      options.subresource === 'status'
        ? { ...current, metadata: withFieldsOf(current, object), status: object['status'] }
        : separate && 'status' in current
          ? { ...object, status: current['status'] }
          : { ...object };
    if (options.subresource !== 'status' && separate && !('status' in current)) delete next['status'];
    const errors = [...validate(kind, next), ...validateUpdate(kind, current, next)];
    if (errors.length > 0) return refuse(invalid(kind, name, errors));
    this.track(kind, current, next, options);
    return ok(this.store_(kind, current, next, options.dryRun));
  }

  /** For controllers: changes an object of a known shape in place; no-op when it is gone or nothing changed. */
  change<T extends KubeObject>(target: KubeObject, edit: (copy: T) => void): T | undefined {
    const { namespace, name, uid } = target.metadata;
    const current = this.store.get<T>(target.kind, namespace, name);
    if (!current || current.metadata.uid !== uid) return undefined;
    // Managed fields are large and nothing to edit: they are shared, not copied.
    const { managedFields, ...metadata } = current.metadata;
    const copy = structuredClone({ ...current, metadata }) as T;
    if (managedFields) copy.metadata.managedFields = managedFields;
    edit(copy);
    const kind = this.kinds.of(target.kind);
    if (equal(current, copy)) return current;
    this.track(kind, current, copy, { manager: CONTROLLERS });
    const between = { ...current, metadata: withFieldsOf(current, copy) };
    this.track(kind, between, copy, { manager: CONTROLLERS, subresource: 'status' });
    return this.store_(kind, current, copy, false) as T;
  }

  /** Brings `metadata.managedFields` of the new state up to date, in place. */
  private track(kind: Kind, before: KubeObject | undefined, after: KubeObject, options: WriteOptions): void {
    const { manager = 'unknown', subresource, applied } = options;
    if (applied || (manager === CONTROLLERS && UNTRACKED.has(kind.kind))) return;
    const writer = { manager, operation: 'Update' as const, apiVersion: apiVersionOf(kind) };
    const managedFields = afterUpdate(
      shapeOf(kind),
      before,
      after,
      subresource ? { ...writer, subresource } : writer,
      timestamp(this.clock.now()),
    );
    if (managedFields.length > 0) after.metadata.managedFields = managedFields;
    else delete after.metadata.managedFields;
  }

  private store_(kind: Kind, current: KubeObject, next: KubeObject, dryRun: boolean | undefined): KubeObject {
    if (equal(current, next)) return current;
    const counted = kind.counted && !equal(content(kind, current), content(kind, next));
    const generation = current.metadata.generation ?? 0;
    const object = counted ? { ...next, metadata: { ...next.metadata, generation: generation + 1 } } : next;
    if (dryRun) return object;
    const done = object.metadata.deletionTimestamp && !object.metadata.finalizers?.length;
    if (done && kind.kind !== 'Pod' && kind.kind !== 'Namespace') {
      return this.store.remove(kind.kind, object.metadata.namespace, object.metadata.name) ?? object;
    }
    return this.store.put(object);
  }

  private read(kind: Kind, raw: unknown, validation: FieldValidation = 'Ignore'): Answer<Written> {
    const { object, unknown, mistyped } = kind.custom ? kind.custom.decode(raw) : decode(kind.kind, raw);
    const given = object as unknown as KubeObject;
    if (
      (given.kind && given.kind !== kind.kind) ||
      (given.apiVersion && ![apiVersionOf(kind), kind.custom?.storedAs].includes(given.apiVersion))
    ) {
      return refuse(
        badRequest(
          `the API version in the data (${given.apiVersion}/${given.kind}) does not match the expected API version (${apiVersionOf(kind)}/${kind.kind})`,
        ),
      );
    }
    const cannot = `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: `;
    if (mistyped.length > 0) return refuse(badRequest(cannot + mistyped.join(', ')));
    const complaints = unknown.map((path) => `unknown field "${path}"`);
    if (complaints.length > 0 && validation === 'Strict') {
      return refuse(badRequest(`${cannot}strict decoding error: ${complaints.join(', ')}`));
    }
    given.kind = kind.kind;
    given.apiVersion = kind.custom?.storedAs ?? apiVersionOf(kind);
    given.metadata ??= { name: '' } as KubeObject['metadata'];
    applyDefaults(kind, object);
    return ok({ object: given, warnings: validation === 'Warn' ? complaints : [] });
  }

  private checkNamespace(kind: Kind, object: KubeObject): Answer<undefined> {
    const { namespace, name } = object.metadata;
    if (!kind.namespaced || !namespace) return ok(undefined);
    const found = this.store.get<Namespace>('Namespace', undefined, namespace);
    if (!found) return refuse(notFound(kindOf('Namespace'), namespace));
    if (!found.metadata.deletionTimestamp) return ok(undefined);
    return refuse(
      forbidden(kind, name, `unable to create new content in namespace ${namespace} because it is being terminated`),
    );
  }
}

/** Field manager of everything that the cluster itself writes. */
const CONTROLLERS = 'kube-controller-manager';

/** Kinds that controllers and the kubelet write often and nobody else applies: who set what is not recorded there. */
const UNTRACKED: ReadonlySet<string> = new Set(['Pod', 'Node', 'Event', 'Lease', 'Endpoints', 'EndpointSlice']);

const withFieldsOf = (current: KubeObject, { metadata: { managedFields } }: KubeObject): KubeObject['metadata'] =>
  managedFields ? { ...current.metadata, managedFields } : current.metadata;

/** Puts the request's namespace into the object, or says that the two differ. */
function inNamespace(object: KubeObject, namespace: string | undefined): string | undefined {
  const given = object.metadata.namespace;
  if (given && given !== namespace) {
    return `the namespace of the provided object does not match the namespace sent on the request`;
  }
  if (namespace) object.metadata.namespace = namespace;
  return undefined;
}

/** What a generation counts. */
function content(kind: Kind, object: KubeObject): unknown {
  const { metadata: _, status, ...rest } = object;
  return kind.custom && !kind.subresources.includes('status') ? { ...rest, status } : rest;
}

const defined = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
