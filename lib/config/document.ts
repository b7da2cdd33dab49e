import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  stringify,
  visit,
  type YAMLMap,
} from 'yaml';

interface Position {
  readonly line: number;
  readonly column: number;
}

interface Problem extends Position {
  readonly message: string;
  /** The value cannot be trusted any further. */
  readonly fatal: boolean;
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

const TOO_DEEP = 'the YAML is nested too deeply';

/** An alias may not multiply its anchor's content by more than this (the library's guard against alias bombs). */
const MAX_ALIASES = 100;

/** Parses one YAML 1.2 document, merge keys included. Never throws. */
export const parseYaml = (source: string): YamlDocument => {
  // Not the library's LineCounter: it misses lines behind some syntax errors.
  const at = (offset: number): Position => {
    const before = source.slice(0, offset);
    return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
  };
  const start: Position = { line: 1, column: 1 };
  const broken = (message: string): YamlDocument => ({
    value: undefined,
    problems: [{ ...start, message, fatal: true }],
    locate: () => start,
    locateKey: () => start,
  });

  if (openBrackets(source) > MAX_OPEN_BRACKETS) return broken(TOO_DEEP);
  let document: Document.Parsed;
  try {
    document = parseDocument(source, { prettyErrors: false, merge: true, logLevel: 'error' });
  } catch (error) {
    if (error instanceof RangeError) return broken(TOO_DEEP);
    throw error;
  }
  const complaints = [...document.errors, ...document.warnings];
  if (complaints.some(({ message }) => message.includes('call stack'))) return broken(TOO_DEEP);
  const problems = complaints
    .map(
      (error): Problem => ({
        ...at(error.pos[0]),
        message: wording(error.code, error.message, source, error.pos[0]),
        fatal: error.code !== 'DUPLICATE_KEY',
      }),
    )
    .sort((a, b) => a.line - b.line || a.column - b.column);

  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    problems.push(expansionProblem(document, error, at));
  }
  const walk = walker(document);
  const offset = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);
  return {
    value,
    problems,
    locate: (path) => at(offset(walk(path).value) ?? 0),
    locateKey: (path) => {
      const { key, value: found } = walk(path);
      return at(offset(key) ?? offset(found) ?? 0);
    },
  };
};

interface Place {
  readonly key?: Node;
  readonly value?: Node;
}

/** Follows a path through maps, lists, aliases and merged maps as far as it goes. */
const walker = (document: Document) => {
  const indexes = new WeakMap<YAMLMap, Map<string, Place>>();

  const index = (map: YAMLMap, depth: number): Map<string, Place> => {
    const known = indexes.get(map);
    if (known !== undefined) return known;
    const places = new Map<string, Place>();
    indexes.set(map, places);
    for (const { key, value } of map.items) {
      if (!isNode(key)) continue;
      const name = isScalar(key) ? String(key.value ?? '') : stringify(key).trim();
      places.set(name, { key, value: isNode(value) && !isEmpty(value) ? value : key });
    }
    const merged = depth < MAX_ALIASES ? map.items.filter(({ key }) => isMergeKey(key)) : [];
    for (const { value } of merged) {
      for (const node of mergeSources(document, value)) {
        if (!isMap(node)) continue;
        for (const [name, place] of index(node, depth + 1)) if (!places.has(name)) places.set(name, place);
      }
    }
    return places;
  };

  const step = (from: Node | undefined, part: PropertyKey): Place | undefined => {
    const node = isAlias(from) ? from.resolve(document) : from;
    if (isMap(node)) return index(node, 0).get(String(part));
    const item = isSeq(node) ? node.items[Number(part)] : undefined;
    return isNode(item) ? { key: item, value: item } : undefined;
  };

  return (path: readonly PropertyKey[]): Place => {
    let place: Place = document.contents === null ? {} : { value: document.contents as Node };
    for (const part of path) {
      const next = step(place.value, part);
      if (next === undefined) return place.key === undefined ? place : { key: place.key, value: place.key };
      place = next;
    }
    return place;
  };
};

/** More than this exhausts the stack of the parser, which not every version of Node survives. */
const MAX_OPEN_BRACKETS = 1000;

/** The most brackets that are open at once, those in texts and comments included. */
const openBrackets = (source: string): number => {
  let open = 0;
  let most = 0;
  for (const [bracket] of source.matchAll(/[[\]{}]/g)) {
    open = Math.max(0, open + (bracket === '[' || bracket === '{' ? 1 : -1));
    most = Math.max(most, open);
  }
  return most;
};

/** `key:` with nothing behind it has a null that stands nowhere. */
const isEmpty = (node: Node): boolean => node.range?.[0] === node.range?.[1];

/** `<<`, which the library reads as a symbol. */
const isMergeKey = (key: unknown): boolean =>
  isScalar(key) && (typeof key.value === 'symbol' ? key.value.description : key.value) === '<<';

/** What a `<<` merges, aliases followed. */
const mergeSources = (document: Document, value: unknown): unknown[] => {
  const resolved = isAlias(value) ? value.resolve(document) : value;
  return (isSeq(resolved) ? resolved.items : [resolved]).map((one) => (isAlias(one) ? one.resolve(document) : one));
};

/** Why the document has no plain value: an alias without its anchor, aliases of aliases that grow without end, a merge of text. */
const expansionProblem = (document: Document, error: Error, at: (offset: number) => Position): Problem => {
  let problem: Problem = {
    line: 1,
    column: 1,
    message: error.message.startsWith('Excessive alias')
      ? `aliases of aliases grow this file more than ${MAX_ALIASES}-fold; write the values out`
      : `the YAML cannot be expanded: ${error.message}`,
    fatal: true,
  };
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      problem = {
        ...problem,
        ...at(alias.range?.[0] ?? 0),
        message: `the anchor &${alias.source} is not there (or comes later)`,
      };
      return visit.BREAK;
    },
    Pair: (_, { key, value }) => {
      if (!isMergeKey(key) || !isNode(value) || mergeSources(document, value).every(isMap)) return undefined;
      problem = {
        ...problem,
        ...at(value.range?.[0] ?? 0),
        message: 'expected what << merges to be a mapping, an alias of one, or a list of those',
      };
      return visit.BREAK;
    },
  });
  return problem;
};

const wording = (code: string, message: string, source: string, offset: number): string => {
  if (code === 'DUPLICATE_KEY') {
    const key = /^[^\s:]*/.exec(source.slice(offset))?.[0] ?? '';
    return `the key "${key}" is there twice; keep one`;
  }
  if (code === 'MULTIPLE_DOCS') return 'expected one YAML document, got a second one after ---';
  if (code === 'TAB_AS_INDENT') return 'a tab indents this line; YAML wants spaces';
  return `not valid YAML: ${message}`;
};
