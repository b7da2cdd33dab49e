import type { KubectlFailure } from '../kubectl';
import { type KubeObject, titleOf } from '../objects';
import type { Reason } from '../outcome';
import type { Stop } from '../parts';
import type { Ports } from '../ports';
import { runsPods } from '../render/pod-template';
import { type Requirement, requiredByPods } from './required-by-pods';
import { refusedFor, stopOf } from './stop';

/** What pods refer to and neither the release nor the cluster has: those pods would wait for it until the deadline. */
export async function missingReferences(
  objects: readonly KubeObject[],
  namespace: string,
  { kubectl }: Pick<Ports, 'kubectl'>,
  warn: (message: string) => void,
): Promise<Stop | undefined> {
  const own = new Set(objects.map(titleOf));
  const needed = objects.filter(runsPods).flatMap((workload) =>
    requiredByPods(workload)
      .filter((requirement) => !own.has(title(requirement)) && !isDefaultAccount(requirement))
      .map((requirement) => ({ workload, requirement })),
  );
  if (needed.length === 0) return undefined;
  const names = [...new Set(needed.map(({ requirement }) => title(requirement).toLowerCase()))];
  const answer = await kubectl.run(
    ['get', ...names, '--namespace', namespace, '--ignore-not-found', '--output', 'name'],
    { quiet: true },
  );
  if (!answer.ok) {
    const failure = answer.errors[0] as KubectlFailure;
    if (failure.kind !== 'forbidden') return stopOf(failure);
    warn(`not checked whether it is there: ${names.join(' ')} (${failure.message})`);
    return undefined;
  }
  const there = new Set(answer.value.split('\n').map((line) => line.trim()));
  const missing = needed.filter(({ requirement }) => !there.has(title(requirement).toLowerCase()));
  return refusedFor(
    missing.map(({ workload, requirement }): Reason => {
      const { kind, name } = requirement;
      const message = `its pods need ${kind}/${name}, which is neither in namespace ${namespace} nor in the release; create it, add it to the manifests, or mark it optional`;
      return { code: 'MissingReference', object: titleOf(workload), message };
    }),
  );
}

const title = ({ kind, name }: Requirement): string => `${kind}/${name}`;

/** Kubernetes makes it. */
const isDefaultAccount = ({ kind, name }: Requirement): boolean => kind === 'ServiceAccount' && name === 'default';
