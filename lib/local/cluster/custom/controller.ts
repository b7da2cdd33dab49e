import type { Clock } from '../clock';
import { timestamp } from '../clock';
import { setCondition } from '../controllers/conditions';
import type { Controller } from '../controllers/manager';
import { CLEANUP, deleteObject } from '../deletion';
import type { KindTable } from '../kind-table';
import type { Registry } from '../registry';
import type { Change, Store } from '../store/store';
import type { Condition } from '../types';
import { type CustomResourceDefinition, kindsOfDefinition } from './definition';

const KIND = 'CustomResourceDefinition';

/** Serves the kinds of accepted definitions; when one is deleted its objects go first. */
export class DefinitionController implements Controller {
  readonly name = 'custom-resource-definition';

  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
  ) {}

  keys({ object }: Change): readonly string[] {
    if (object.kind === KIND) return [object.metadata.name];
    // An object of a definition that is going may have been its last.
    const kind = this.registry.kinds.named(object.kind);
    return kind?.custom ? [`${kind.plural}.${kind.group}`] : [];
  }

  reconcile(name: string): undefined {
    const definition = this.registry.store.get<CustomResourceDefinition>(KIND, undefined, name);
    if (!definition) this.registry.kinds.forget(name);
    else if (definition.metadata.deletionTimestamp) this.remove(definition);
    else this.accept(definition);
  }

  private accept(definition: CustomResourceDefinition): void {
    const { spec } = definition;
    const taken = takenBy(this.registry.kinds, definition);
    if (!taken) this.registry.kinds.define(definition.metadata.name, kindsOfDefinition(definition));
    const now = timestamp(this.clock.now());
    const storage = spec.versions.find((version) => version.storage)?.name ?? '';
    this.registry.change<CustomResourceDefinition>(definition, (copy) => {
      const before = copy.status ?? {};
      let { conditions } = before;
      for (const condition of taken ? refused(taken) : ACCEPTED) conditions = setCondition(conditions, condition, now);
      const storedVersions = [...new Set([...(before.storedVersions ?? []), storage])];
      copy.status = {
        ...before,
        conditions: (conditions ?? []).map(({ lastUpdateTime: _, ...condition }) => condition),
        ...(taken ? {} : { acceptedNames: spec.names, storedVersions }),
      };
    });
  }

  private remove(definition: CustomResourceDefinition): void {
    const { kinds, store } = this.registry;
    const kind = kinds.named(definition.spec.names.kind);
    const mine = kind?.custom && `${kind.plural}.${kind.group}` === definition.metadata.name ? kind : undefined;
    for (const object of mine ? store.list(mine.kind) : []) {
      if (object.metadata.deletionTimestamp || !mine) continue;
      deleteObject(this.registry, this.clock, mine, object.metadata.namespace, object.metadata.name, {});
    }
    if (mine && store.list(mine.kind).length > 0) return;
    this.registry.change(definition, (copy) => {
      copy.metadata.finalizers = copy.metadata.finalizers?.filter((finalizer) => finalizer !== CLEANUP) ?? [];
    });
  }
}

/** Makes the kinds of stored definitions known before anything reads their objects. */
export function restoreDefinitions(store: Store, kinds: KindTable): void {
  for (const definition of store.list<CustomResourceDefinition>(KIND)) {
    if (!takenBy(kinds, definition)) kinds.define(definition.metadata.name, kindsOfDefinition(definition));
  }
}

/** The kind that bears the name already. Here a name is taken in every group: objects are kept by kind. */
function takenBy(kinds: KindTable, { metadata, spec }: CustomResourceDefinition): string | undefined {
  const other = kinds.named(spec.names.kind);
  return other && `${other.plural}.${other.group}` !== metadata.name ? spec.names.kind : undefined;
}

const ACCEPTED: readonly Condition[] = [
  { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
  {
    type: 'Established',
    status: 'True',
    reason: 'InitialNamesAccepted',
    message: 'the initial names have been accepted',
  },
];

const refused = (kind: string): readonly Condition[] => [
  { type: 'NamesAccepted', status: 'False', reason: 'KindConflict', message: `"${kind}" is already in use` },
  { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' },
];
