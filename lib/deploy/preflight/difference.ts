import { listOf } from '../apply';
import { isRejection } from '../failure';
import type { KubectlFailure } from '../kubectl';
import { FIELD_MANAGER, type KubeObject } from '../objects';
import type { Stop } from '../parts';
import type { Ports } from '../ports';
import { stopOf } from './stop';

const diffArgs = (namespace: string): readonly string[] => [
  'diff',
  '--server-side',
  '--force-conflicts',
  '--field-manager',
  FIELD_MANAGER,
  '--namespace',
  namespace,
  '--filename',
  '-',
];

/** Prints what would change, and keeps all of it. kubectl itself masks the values of Secrets. */
export async function showDifference(
  objects: readonly KubeObject[],
  namespace: string,
  { kubectl, log }: Pick<Ports, 'kubectl' | 'log'>,
  keep: (text: string) => void,
  warn: (message: string) => void,
): Promise<Stop | undefined> {
  const answer = await kubectl.run(diffArgs(namespace), {
    input: listOf(objects),
    accept: [0, 1],
    timeoutSeconds: 120,
  });
  if (!answer.ok) {
    const failure = answer.errors[0] as KubectlFailure;
    if (!isRejection(failure) && failure.kind !== 'other') return stopOf(failure);
    // The dry run has passed: whether it can be shown is no judgement of the release, e.g. where the program `diff` is missing.
    warn(`the difference cannot be shown: ${failure.message}`);
    return undefined;
  }
  const text = readable(answer.value);
  keep(answer.value);
  log.info(text === '' ? 'nothing changes' : text);
  return undefined;
}

/**
 * Without the names of temporary files, and without what says only which release an object belongs to, since that is another line
 * in every object: what is left is what changes.
 */
export function readable(text: string): string {
  const objects = text.split(/^(?=diff )/m).filter((object) => object !== '');
  const shown = objects.flatMap((object) => {
    const [head = '', ...hunks] = object.split(/^(?=@@ )/m);
    const kept = hunks.filter((hunk) => !isMark(hunk));
    const title = head.replace(/^diff .* \S+\/([^/\s]+)\n[\s\S]*/, '── $1\n');
    return kept.length > 0 ? [`${title}${kept.join('')}`] : [];
  });
  const marked = objects.length - shown.length;
  const rest =
    marked === 0 ? [] : [`${marked} of ${objects.length} objects change in nothing but the release that they name`];
  return [...shown.map((object) => object.trimEnd()), ...rest].join('\n');
}

/** Whether nothing changes in these lines but the annotation of the release and what the API server counts. */
const isMark = (hunk: string): boolean =>
  hunk
    .split('\n')
    .filter((line) => /^[-+]/.test(line))
    .every((line) => /^[-+]\s+(slipway\.dev\/release|generation): /.test(line));
