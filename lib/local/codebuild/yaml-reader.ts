import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';

/** What is wrong at a place of a YAML text. */
export interface YamlError {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** `phases.build.commands[2]`. */
  readonly path: string;
  readonly message: string;
}

/** A node and its place; `node` is undefined where the key has no value. */
export interface Place {
  readonly node: Node | undefined;
  readonly path: string;
  /** Offset in the text. */
  readonly offset: number;
}

/** Reads typed values out of a YAML document and collects every error instead of stopping at the first. */
export interface YamlReader {
  readonly root: Place;
  readonly errors: readonly YamlError[];
  fail(place: Place, message: string): undefined;
  /** The values of a mapping by key; keys outside `known` are errors. */
  fields<K extends string>(place: Place, known: readonly K[]): Partial<Record<K, Place>>;
  /** The entries of a mapping with free keys, in order. */
  entries(place: Place): { readonly key: string; readonly value: Place }[];
  items(place: Place, expected: string): Place[];
  /** A scalar as it is written (`1.10` stays `1.10`). */
  text(place: Place, expected: string): string | undefined;
  texts(place: Place, expected: string): string[];
  /** A list, or one scalar that stands for a list of itself, as CodeBuild takes it for file patterns. */
  oneOrMore(place: Place, expected: string): Place[];
  oneOrMoreTexts(place: Place, expected: string): string[];
  /** yes, no, true or false. */
  flag(place: Place): boolean;
}

export function yamlReader(text: string): YamlReader {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const errors: YamlError[] = [];
  const report = (offset: number, path: string, message: string): undefined => {
    const { line, col } = lines.linePos(offset);
    errors.push({ line, column: col, path, message });
    return undefined;
  };
  for (const error of document.errors) report(error.pos[0], '', error.message);

  const resolve = (place: Place): Node | undefined =>
    isAlias(place.node) ? (place.node.resolve(document) as Node | undefined) : place.node;
  const fail = (place: Place, message: string): undefined => report(place.offset, place.path, message);
  const child = (node: unknown, path: string, fallback: number): Place => {
    const value = (node ?? undefined) as Node | undefined;
    return { node: value, path, offset: value?.range?.[0] ?? fallback };
  };
  const pairs = (place: Place, map: YAMLMap): { key: string; at: number; value: Place }[] =>
    map.items.map((pair) => {
      const keyNode = pair.key as Node;
      const key = isScalar(keyNode) ? String(keyNode.source ?? keyNode.value) : String(keyNode);
      const at = keyNode.range?.[0] ?? place.offset;
      const path = place.path === '' ? key : `${place.path}.${key}`;
      return { key, at, value: child(pair.value, path, at) };
    });
  const mapping = (place: Place, expected: string): YAMLMap | undefined => {
    const node = resolve(place);
    return isMap(node) ? node : fail(place, `expected ${expected}, found ${describe(node)}`);
  };

  const reader: YamlReader = {
    root: child(document.contents, '', 0),
    errors,
    fail,
    fields<K extends string>(place: Place, known: readonly K[]) {
      const map = mapping(place, `a mapping with keys out of ${known.join(', ')}`);
      const found: Partial<Record<K, Place>> = {};
      for (const { key, at, value } of map ? pairs(place, map) : []) {
        const name = known.find((candidate) => candidate === key);
        if (name) found[name] = value;
        else report(at, value.path, `unknown key "${key}"; known here: ${known.join(', ')}`);
      }
      return found;
    },
    entries(place) {
      const map = mapping(place, 'a mapping');
      return map ? pairs(place, map).map(({ key, value }) => ({ key, value })) : [];
    },
    items(place, expected) {
      const node = resolve(place);
      if (!isSeq(node)) {
        fail(place, `expected a list of ${expected}, found ${describe(node)}`);
        return [];
      }
      return node.items.map((item, index) => child(item, `${place.path}[${index}]`, place.offset));
    },
    text(place, expected) {
      const node = resolve(place);
      if (isScalar(node) && node.value !== null) {
        return typeof node.value === 'string' ? node.value : String(node.source ?? node.value);
      }
      const hint = isMap(node) ? ' (quote a text that holds ": ")' : '';
      return fail(place, `expected ${expected}, found ${describe(node)}${hint}`);
    },
    texts: (place, expected) =>
      reader.items(place, `${expected}s`).flatMap((item) => reader.text(item, `a ${expected}`) ?? []),
    oneOrMore: (place, expected) => {
      const node = resolve(place);
      return isScalar(node) && node.value !== null ? [place] : reader.items(place, expected);
    },
    oneOrMoreTexts: (place, expected) =>
      reader.oneOrMore(place, `${expected}s`).flatMap((item) => reader.text(item, `a ${expected}`) ?? []),
    flag(place) {
      const text = reader.text(place, 'yes or no');
      if (text === undefined) return false;
      if (/^(yes|true)$/i.test(text)) return true;
      if (!/^(no|false)$/i.test(text)) fail(place, `expected yes or no, found "${text}"`);
      return false;
    },
  };
  return reader;
}

const describe = (node: Node | undefined): string => {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  if (isScalar(node) && node.value !== null) return `"${String(node.source ?? node.value)}"`;
  return 'nothing';
};
