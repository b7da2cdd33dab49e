import { isRecord } from '../schema/decode';

/**
 * A set of paths of an object. Elements of a path are written as in `fieldsV1`: `f:<name>` a field or map entry,
 * `k:{"name":"web"}` an element of a list by its keys, `v:"x"` an element of a set.
 * https://github.com/kubernetes-sigs/structured-merge-diff/blob/master/fieldpath/set.go
 */
export class FieldSet {
  /** Elements whose path is in the set. */
  readonly members = new Set<string>();
  /** Elements with longer paths in the set. */
  readonly children = new Map<string, FieldSet>();

  /** Reads `fieldsV1`: a leaf `{}` is in the set, an inner node only with an entry `.`. */
  static parse(fields: unknown): FieldSet {
    const set = new FieldSet();
    for (const [element, below] of Object.entries(isRecord(fields) ? fields : {})) {
      if (element === '.') continue;
      const inner = isRecord(below) ? below : {};
      const keys = Object.keys(inner);
      if (keys.length === 0 || '.' in inner) set.members.add(element);
      if (keys.some((key) => key !== '.')) set.children.set(element, FieldSet.parse(inner));
    }
    return set;
  }

  /** `fieldsV1`. */
  toFields(): Record<string, unknown> {
    const elements = [...new Set([...this.members, ...this.children.keys()])].sort(byElement);
    return Object.fromEntries(
      elements.map((element) => {
        const below = this.children.get(element)?.toFields() ?? {};
        const both = this.members.has(element) && Object.keys(below).length > 0;
        return [element, both ? { '.': {}, ...below } : below];
      }),
    );
  }

  isEmpty(): boolean {
    return this.members.size === 0 && [...this.children.values()].every((child) => child.isEmpty());
  }

  /** Whether the path of this element, or one below it, is in the set. */
  touches(element: string): boolean {
    return this.members.has(element) || this.children.get(element)?.isEmpty() === false;
  }

  /** Whether some path is in both. */
  meets(other: FieldSet): boolean {
    for (const member of this.members) if (other.members.has(member)) return true;
    for (const [element, child] of this.children) {
      const theirs = other.children.get(element);
      if (theirs && child.meets(theirs)) return true;
    }
    return false;
  }

  /** Adds the paths of `below` under an element. */
  graft(element: string, below: FieldSet): void {
    if (below.isEmpty()) return;
    this.children.set(element, this.children.get(element)?.union(below) ?? below);
  }

  union(other: FieldSet): FieldSet {
    const out = new FieldSet();
    for (const set of [this, other]) {
      for (const member of set.members) out.members.add(member);
      for (const [element, child] of set.children) out.graft(element, child);
    }
    return out;
  }

  difference(other: FieldSet): FieldSet {
    const out = new FieldSet();
    for (const member of this.members) if (!other.members.has(member)) out.members.add(member);
    for (const [element, child] of this.children) {
      const theirs = other.children.get(element);
      out.graft(element, theirs ? child.difference(theirs) : child);
    }
    return out;
  }

  intersection(other: FieldSet): FieldSet {
    const out = new FieldSet();
    for (const member of this.members) if (other.members.has(member)) out.members.add(member);
    for (const [element, child] of this.children) {
      const theirs = other.children.get(element);
      if (theirs) out.graft(element, child.intersection(theirs));
    }
    return out;
  }

  /** Every path, as the API writes it: `.spec.template.spec.containers[name="web"].image`. */
  paths(prefix = ''): string[] {
    return [...new Set([...this.members, ...this.children.keys()])].sort(byElement).flatMap((element) => {
      const path = prefix + pathOf(element);
      return [...(this.members.has(element) ? [path] : []), ...(this.children.get(element)?.paths(path) ?? [])];
    });
  }
}

const RANK = 'fkvi';
const byElement = (a: string, b: string): number =>
  RANK.indexOf(a[0] ?? '') - RANK.indexOf(b[0] ?? '') || (a < b ? -1 : a > b ? 1 : 0);

function pathOf(element: string): string {
  const text = element.slice(2);
  if (element.startsWith('f:')) return `.${text}`;
  if (element.startsWith('v:')) return `[=${text}]`;
  const keys = Object.entries(JSON.parse(text) as Record<string, unknown>);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
}
