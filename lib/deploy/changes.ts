import { isDeepStrictEqual } from 'node:util';
import { parseQuantity } from '../quantity';
import { type KubeObject, RELEASE_ANNOTATION, titleOf } from './objects';
import { isFields } from './render/fields';

export interface FieldChange {
  /** `spec.template.spec.containers[web].image` */
  readonly path: string;
  /** Undefined: it is not set now. */
  readonly from?: unknown;
  readonly to: unknown;
}

export interface Change {
  readonly object: string;
  /** `unseen`: the reader may not read it. */
  readonly kind: 'new' | 'changed' | 'unchanged' | 'removed' | 'unseen';
  readonly fields: readonly FieldChange[];
}

/** What a release would change on a live object, in the fields that the release sets; defaults of the server are no change. */
export function changesBetween(live: KubeObject | undefined, wanted: KubeObject): Change[] {
  const object = titleOf(wanted);
  if (!live) return [{ object, kind: 'new', fields: [] }];
  const hidden = wanted.kind === 'Secret';
  const fields = [...compare(live, wanted, '')]
    .filter(({ path }) => !IGNORED.some((ignored) => path.startsWith(ignored)))
    .map((change) =>
      hidden && /^(data|stringData)\b/.test(change.path)
        ? { path: change.path, from: '***', to: '*** (other)' }
        : change,
    );
  return [{ object, kind: fields.length > 0 ? 'changed' : 'unchanged', fields }];
}

/** Different in every release, and without effect on pods. */
const IGNORED = [`metadata.annotations.${RELEASE_ANNOTATION}`, 'metadata.namespace', 'apiVersion'];

function* compare(live: unknown, wanted: unknown, path: string): Generator<FieldChange> {
  if (wanted === null || wanted === undefined) return;
  if (isFields(wanted)) {
    for (const [key, value] of Object.entries(wanted)) {
      yield* compare(isFields(live) ? live[key] : undefined, value, path === '' ? key : `${path}.${key}`);
    }
  } else if (Array.isArray(wanted)) yield* compareLists(Array.isArray(live) ? live : [], wanted, path);
  else if (!isSameValue(live, wanted)) yield { path, ...(live === undefined ? {} : { from: live }), to: wanted };
}

function* compareLists(live: readonly unknown[], wanted: readonly unknown[], path: string): Generator<FieldChange> {
  const key = KEYS.find((each) => tellsApart(wanted, each));
  if (key === undefined) {
    const same =
      live.length === wanted.length && wanted.every((item, at) => [...compare(live[at], item, '')].length === 0);
    if (!same) yield { path, from: live, to: wanted };
    return;
  }
  for (const item of wanted) {
    const name = (item as Record<string, unknown>)[key];
    const there = live.find((each) => isFields(each) && isDeepStrictEqual(each[key], name));
    yield* compare(there, item, `${path}[${String(name)}]`);
  }
  const names = wanted.map((item) => (item as Record<string, unknown>)[key]);
  for (const item of live) {
    const name = isFields(item) ? item[key] : undefined;
    if (!names.some((each) => isDeepStrictEqual(each, name))) {
      yield { path: `${path}[${String(name)}]`, from: item, to: undefined };
    }
  }
}

/** One port may be there twice, by UDP and by TCP. */
function tellsApart(items: readonly unknown[], key: string): boolean {
  const values = items.map((item) => (isFields(item) ? item[key] : undefined));
  return values.every((value) => value !== undefined) && new Set(values).size === items.length;
}

/** Keys that tell the items of Kubernetes' lists apart. */
const KEYS = ['name', 'mountPath', 'containerPort', 'port', 'ip', 'uid', 'type'] as const;

/** The API server writes `1` and `1000m` alike. */
function isSameValue(live: unknown, wanted: unknown): boolean {
  if (live === wanted) return true;
  // An empty or false value is not stored.
  if (live === undefined && (wanted === '' || wanted === false || wanted === 0)) return true;
  const [one, other] = [parseQuantity(live), parseQuantity(wanted)];
  return live !== undefined && typeof live !== 'boolean' && one !== undefined && one === other;
}

/** Lines with `+`, `-` and `~`, as a diff colours them. */
export function printChange({ object, kind, fields }: Change): string[] {
  switch (kind) {
    case 'new':
      return [`+ ${object}`];
    case 'removed':
      return [`- ${object}`];
    case 'unseen':
      return [`? ${object}`];
    case 'unchanged':
      return [];
    case 'changed':
      return [
        `! ${object}`,
        ...fields.flatMap(({ path, from, to }) => [
          ...(from === undefined ? [] : [`-   ${path}: ${JSON.stringify(from)}`]),
          ...(to === undefined ? [] : [`+   ${path}: ${JSON.stringify(to)}`]),
        ]),
      ];
  }
}
