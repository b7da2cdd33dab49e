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

/** Prints all that would change. kubectl itself masks the values of Secrets. */
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

/** Without the names of temporary files. */
const readable = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^(---|\+\+\+) \//.test(line))
    .map((line) => line.replace(/^diff .* \S+\/([^/\s]+)$/, '── $1'))
    .join('\n')
    .trimEnd();
