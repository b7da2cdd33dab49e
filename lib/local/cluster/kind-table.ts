import { apiVersionOf, KINDS, type Kind } from './kinds';

/** A group and version as discovery lists it. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly kinds: readonly Kind[];
}

/** The kinds that a cluster serves: the built-in ones and those of its custom resource definitions. */
export class KindTable {
  /** By name of the definition; one Kind for each served version, the stored one first. */
  private readonly defined = new Map<string, readonly Kind[]>();

  define(definition: string, versions: readonly Kind[]): void {
    this.defined.set(definition, versions);
  }

  forget(definition: string): void {
    this.defined.delete(definition);
  }

  /** Each kind once, in the version that is stored. */
  stored(): Kind[] {
    return [...KINDS, ...[...this.defined.values()].flatMap(([first]) => first ?? [])];
  }

  /** The kind of that name in the version that is stored. */
  named(name: string): Kind | undefined {
    return this.stored().find((kind) => kind.kind === name);
  }

  /** As `named`, for kinds of objects that exist. */
  of(name: string): Kind {
    const found = BUILT_IN.get(name) ?? this.named(name);
    if (!found) throw new Error(`the cluster has no kind ${name}`);
    return found;
  }

  find(group: string, version: string, plural: string): Kind | undefined {
    return this.served().find((kind) => kind.plural === plural && kind.group === group && kind.version === version);
  }

  served(): Kind[] {
    return [...KINDS, ...[...this.defined.values()].flat()];
  }

  /** Every served group and version, core first as '', versions of a group in Kubernetes' order of preference. */
  groupVersions(): GroupVersion[] {
    const groups = new Map<string, { group: string; version: string; kinds: Kind[] }>();
    for (const kind of this.served()) {
      const key = apiVersionOf(kind);
      const entry = groups.get(key) ?? { group: kind.group, version: kind.version, kinds: [] };
      entry.kinds.push(kind);
      groups.set(key, entry);
    }
    const order = [...new Set([...groups.values()].map(({ group }) => group))];
    return [...groups.values()].sort(
      (a, b) => order.indexOf(a.group) - order.indexOf(b.group) || byPreference(a.version, b.version),
    );
  }
}

const BUILT_IN = new Map(KINDS.map((kind) => [kind.kind, kind]));

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority */
export function byPreference(a: string, b: string): number {
  const rank = (version: string): [number, number, number] => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
    if (!match) return [0, 0, 0];
    const [, major, stage, minor] = match;
    return [stage === undefined ? 3 : stage === 'beta' ? 2 : 1, Number(major), Number(minor ?? 0)];
  };
  const [left, right] = [rank(a), rank(b)];
  for (const i of [0, 1, 2] as const) if (left[i] !== right[i]) return right[i] - left[i];
  return a < b ? -1 : a > b ? 1 : 0;
}
