import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Problem extends Position {
  readonly message: string;
}

/** A parsed YAML file that knows where its keys and values stand. */
export interface YamlDocument {
  readonly value: unknown;
  /** What is wrong with the YAML itself, in the order of the file. */
  readonly problems: readonly Problem[];
  /** The value at `path`; if it is not there, the key above it. */
  locate(path: readonly PropertyKey[]): Position;
  /** The last key of `path`; if it is not there, what `locate` says. */
  locateKey(path: readonly PropertyKey[]): Position;
}

/** An alias may not multiply its anchor's content by more than this (the library's guard against alias bombs). */
const MAX_ALIASES = 100;

/** Parses one YAML 1.2 document, merge keys included. Never throws. */
export const parseYaml = (source: string): YamlDocument => {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const start: Position = { line: 1, column: 1 };
  const broken = (message: string): YamlDocument => ({
    value: undefined,
    problems: [{ ...start, message }],
    locate: () => start,
    locateKey: () => start,
  });

  let document: Document.Parsed;
  try {
    document = parseDocument(source, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'silent' });
  } catch (error) {
    if (error instanceof RangeError) return broken('the YAML is nested too deeply');
    throw error;
  }
  const problems = [...document.errors, ...document.warnings]
    .map((error): Problem => ({ ...at(error.pos[0]), message: wording(error.code, error.message, source, error.pos) }))
    .sort((a, b) => a.line - b.line || a.column - b.column);

  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError || error instanceof TypeError) {
      problems.push({ ...start, message: `the YAML cannot be expanded: ${error.message}` });
    } else throw error;
  }
  const offset = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);
  return {
    value,
    problems,
    locate: (path) => at(offset(walk(document, path).value) ?? 0),
    locateKey: (path) => {
      const { key, value: found } = walk(document, path);
      return at(offset(key) ?? offset(found) ?? 0);
    },
  };
};

interface Place {
  readonly key?: Node;
  readonly value?: Node;
}

/** Follows `path` through maps, lists, aliases and merged maps as far as it goes. */
const walk = (document: Document, path: readonly PropertyKey[]): Place => {
  let place: Place = document.contents === null ? {} : { value: document.contents as Node };
  for (const part of path) {
    const next = step(document, place.value, part, 0);
    if (next === undefined) return place.key === undefined ? place : { key: place.key, value: place.key };
    place = next;
  }
  return place;
};

const step = (document: Document, from: Node | undefined, part: PropertyKey, depth: number): Place | undefined => {
  const node = isAlias(from) ? from.resolve(document) : from;
  if (depth > MAX_ALIASES) return undefined;
  if (isSeq(node)) {
    const item = node.items[Number(part)];
    return isNode(item) ? { key: item, value: item } : undefined;
  }
  if (!isMap(node)) return undefined;
  for (const { key, value } of node.items) {
    if (isScalar(key) && String(key.value) === String(part)) {
      return { key, value: isNode(value) ? value : key };
    }
  }
  for (const { key, value } of node.items) {
    if (!isScalar(key) || key.value !== '<<' || !isNode(value)) continue;
    for (const merged of isSeq(value) ? value.items : [value]) {
      const found = isNode(merged) ? step(document, merged, part, depth + 1) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
};

const wording = (code: string, message: string, source: string, pos: [number, number]): string => {
  if (code === 'DUPLICATE_KEY') {
    const key = /^[^\s:]*/.exec(source.slice(pos[0]))?.[0] ?? '';
    return `the key ${key} is there twice; keep one`;
  }
  if (code === 'MULTIPLE_DOCS') return 'expected one YAML document, got a second one after ---';
  if (code === 'TAB_AS_INDENT') return 'a tab indents this line; YAML wants spaces';
  return `not valid YAML: ${message}`;
};
