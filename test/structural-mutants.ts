import { random } from './config/random';

// biome-ignore lint/suspicious/noExplicitAny: a tree that is changed at will
export type Tree = any;
export type Path = readonly (string | number)[];

/** A tree with one or two things changed, and what was changed. */
export interface StructuralMutant {
  readonly tree: Tree;
  readonly changes: readonly Change[];
}

export interface Change {
  readonly kind: 'delete' | 'replace' | 'duplicate' | 'swap' | 'add' | 'nest';
  readonly path: Path;
  /** What stands there now, where something was put in its place. */
  readonly to?: Tree;
}

/** Ends a key that is to be written as a second one of the name before it (see `duplicated`). */
const TWIN = '\u0000twin';
/** A key that nobody knows. */
export const SURPRISE = 'surprise-key';

const deep = (depth: number): Tree => {
  let tree: Tree = 'x';
  for (let level = 0; level < depth; level++) tree = level % 2 === 0 ? [tree] : { a: tree };
  return tree;
};

const VALUES: readonly (() => Tree)[] = [
  () => null,
  () => true,
  () => false,
  () => -1,
  () => 1e300,
  () => 0.1,
  () => 7,
  () => '',
  () => ' ',
  () => 'surprise',
  () => '\u0000',
  () => '\u202egnp.\ud83d\ude00',
  () => 'ｆｕｌｌ',
  () => 'a\nb: c',
  () => 'x'.repeat(3_000),
  () => '${',
  () => '#{a.b}',
  () => '__proto__',
  () => [],
  () => [[]],
  () => [null],
  () => ['surprise'],
  () => Array.from({ length: 200 }, (_, index) => `item${index}`),
  () => ({}),
  () => ({ '': '' }),
  () => ({ constructor: 'x', toString: 'y' }),
  () => deep(60),
];

/** `count` mutants of `base`, the same ones for the same seed. */
export function* structuralMutants(base: Tree, seed: number, count: number): Generator<StructuralMutant> {
  const rest = random(seed);
  const next = (below: number): number => Math.floor(rest() * below);
  const paths = nodesOf(base);
  for (let index = 0; index < count; index++) {
    const tree = structuredClone(base);
    const changes: Change[] = [];
    for (let left = next(4) === 0 ? 2 : 1; left > 0; left--) {
      const change = mutate(tree, paths[next(paths.length)] as Path, next, paths);
      if (change) changes.push(change);
    }
    if (changes.length > 0 && !hasLoneTwin(tree) && JSON.stringify(tree) !== JSON.stringify(base))
      yield { tree, changes };
    else index--;
  }
}

function mutate(tree: Tree, path: Path, next: (below: number) => number, paths: readonly Path[]): Change | undefined {
  const parent = path.slice(0, -1).reduce((node, key) => node?.[key], tree);
  const key = path.at(-1) as string | number;
  if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, key)) return undefined;
  const value = parent[key];
  switch (next(8)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
      return { kind: 'delete', path };
    case 1:
      if (Array.isArray(parent)) parent.splice(Number(key), 0, structuredClone(value));
      else parent[`${key}${TWIN}`] = structuredClone(value);
      return { kind: 'duplicate', path };
    case 2: {
      const other = paths[next(paths.length)] as Path;
      const owner = other.slice(0, -1).reduce((node, each) => node?.[each], tree);
      const name = other.at(-1) as string | number;
      const isInside = [path, other].some((one) => one.every((each, at) => (one === path ? other : path)[at] === each));
      if (isInside || typeof owner !== 'object' || owner === null || !Object.hasOwn(owner, name)) return undefined;
      [parent[key], owner[name]] = [owner[name], value];
      return { kind: 'swap', path };
    }
    case 3:
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
      value[SURPRISE] = 'x';
      return { kind: 'add', path: [...path, SURPRISE] };
    case 4:
      parent[key] = next(2) === 0 ? [value] : { a: value };
      return { kind: 'nest', path, to: parent[key] };
    default:
      parent[key] = (VALUES[next(VALUES.length)] as () => Tree)();
      return { kind: 'replace', path, to: parent[key] };
  }
}

/** Every node below `value`, itself not. */
export function nodesOf(value: Tree, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => [[...path, key], ...nodesOf(value[key], [...path, key])]);
}

/** A tree as YAML (JSON, a value a line), with the duplicated keys as what they are. */
export const asYaml = (tree: Tree): string => JSON.stringify(tree, null, 1).replaceAll('\\u0000twin"', '"');

/** Whether the first of two equal keys was taken away again. */
const hasLoneTwin = (tree: Tree): boolean =>
  hasTwins(tree) &&
  nodesOf(tree).some((path) => {
    const key = String(path.at(-1));
    const owner = path.slice(0, -1).reduce((node, each) => node[each], tree);
    return key.endsWith(TWIN) && !Object.hasOwn(owner, key.slice(0, -TWIN.length));
  });

/** Whether a mapping of the tree has a key twice. */
export const hasTwins = (tree: Tree): boolean => JSON.stringify(tree).includes('\\u0000twin"');

/** `phases.build.commands[0]`. */
export const written = (path: Path): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .slice(1);
