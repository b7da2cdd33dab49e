import { LineCounter, parseAllDocuments, type Tags } from 'yaml';
import { err, ok, type Result } from '../../result';
import { isFields } from './fields';

/** One object of the manifests, not checked yet, and where it stands: `k8s/web.yaml, document 2`. */
export interface Document {
  readonly at: string;
  readonly content: unknown;
}

/**
 * Reads YAML as kubectl does: version 1.1 (`0644` is octal, `yes` is true), but `12:30` and `2026-01-02` are text. Empty documents
 * are left out, lists (`kind: List`, `ConfigMapList` …) are taken apart.
 *
 * @param source how errors name the text: a file, or the command that wrote it
 */
export function readDocuments(text: string, source: string): Result<Document[], string> {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    version: '1.1',
    lineCounter: lines,
    prettyErrors: false,
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || isPlain(tag)),
  });
  if (!Array.isArray(parsed)) return ok([]);
  const documents: Document[] = [];
  const errors: string[] = [];
  parsed.forEach((document, index) => {
    const [start = 0, end = 0] = document.range ?? [];
    const template = /^# Source: (.+)$/m.exec(text.slice(start, end))?.[1];
    const at = template ?? (parsed.length > 1 ? `${source}, document ${index + 1}` : source);
    const problems = [...document.errors, ...document.warnings];
    if (problems.length > 0) {
      const problem = problems[0];
      const { line } = lines.linePos(problem?.pos[0] ?? 0);
      errors.push(`${source}, line ${line}: ${problem?.message}; expected valid YAML`);
      return;
    }
    try {
      documents.push(...expand({ at, content: document.toJS() }));
    } catch (error) {
      // An alias that points nowhere, or too many of them.
      errors.push(`${at}: ${(error as Error).message}`);
    }
  });
  return errors.length > 0 ? err(...errors) : ok(documents);
}

/** The items of a list, which in typed lists may leave out their kind. */
function expand(document: Document): Document[] {
  const { at, content } = document;
  if (content === null || content === undefined) return [];
  if (!isFields(content) || typeof content['kind'] !== 'string' || !content['kind'].endsWith('List')) return [document];
  const { kind, items, apiVersion } = content;
  if (!Array.isArray(items)) return [document];
  const typed = kind === 'List' ? {} : { apiVersion, kind: (kind as string).slice(0, -'List'.length) };
  return items.flatMap((item, index) =>
    expand({ at: `${at}, item ${index + 1}`, content: isFields(item) ? { ...typed, ...item } : item }),
  );
}

/** The timestamps and base-60 numbers of YAML 1.1 are no part of what kubectl reads; its sets and binaries have no place in JSON. */
const isPlain = (tag: Tags[number] & object): boolean =>
  !('format' in tag && tag.format === 'TIME') && !/:(timestamp|binary|omap|pairs|set)$/.test(tag.tag);
