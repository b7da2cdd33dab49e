import { titleOf } from '../objects';
import type { Expectation, Snapshot } from '../verdict';
import { type Assessment, problemsOf, type WorkloadRules, workloadProblem } from './assessment';
import { createEvents } from './create-problems';
import { exitOf, oneLine } from './exits';
import { isAlive, namesOf, podsOf } from './pods';
import type { Culprit, Problem } from './problem';
import { conditionOf, holds, type Pod, type WorkloadObject } from './shapes';

/** https://kubernetes.io/docs/concepts/workloads/controllers/job/#terminal-job-conditions */
export function assessJob(
  live: WorkloadObject,
  expectation: Expectation,
  snapshot: Snapshot,
  rules: WorkloadRules,
): Assessment {
  const { status = {}, spec = {} } = live;
  const title = titleOf(live);
  const pods = podsOf(snapshot, live);
  const wrongImages = problemsOf(pods, expectation, snapshot, rules);
  if (holds(status.conditions, 'Complete')) {
    return { problems: wrongImages.filter(({ reason }) => reason.code === 'ImageDigest'), unready: [] };
  }
  const problems = [
    ...failure(live, pods),
    ...(spec.suspend ? [workloadProblem(live, 'Suspended', 'it is suspended (spec.suspend) and never ends')] : []),
    ...wrongImages,
    ...(pods.filter(isAlive).length === 0 ? createEvents(live, snapshot, rules) : []),
  ];
  const { active = 0, succeeded = 0, failed = 0 } = status;
  const again = failed > 0 ? `, failed pods: ${failed}` : '';
  return {
    problems,
    unready: namesOf(pods.filter(isAlive)),
    waitingFor: `${title}: succeeded ${succeeded} of ${spec.completions ?? 1}, active ${active}${again}`,
  };
}

function failure(live: WorkloadObject, pods: readonly Pod[]): readonly Problem[] {
  const conditions = live.status?.conditions;
  // FailureTarget comes first, while the pods are still being ended.
  const found = ['Failed', 'FailureTarget']
    .map((type) => conditionOf(conditions, type))
    .find((c) => c?.status === 'True');
  if (!found) return [];
  const last = lastFailure(pods);
  const how = last ? `; Pod/${last.culprit.pod}: container ${last.culprit.container} ${last.how}` : '';
  const words = found.message ? `: ${oneLine(found.message)}` : '';
  return [
    {
      ...workloadProblem(
        live,
        found.reason ?? 'JobFailed',
        `it failed (${found.reason})${words}${how}`,
        last ? [last.culprit.pod] : [],
      ),
      ...(last ? { culprit: last.culprit } : {}),
    },
  ];
}

function lastFailure(pods: readonly Pod[]): { readonly culprit: Culprit; readonly how: string } | undefined {
  const ends = pods.flatMap((pod) =>
    [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].flatMap((status) => {
      const terminated = status.state?.terminated ?? status.lastState?.terminated;
      if (!terminated || terminated.exitCode === 0) return [];
      const culprit = { pod: pod.metadata.name, container: status.name };
      return [{ culprit, how: exitOf(status.name, terminated, pod), at: terminated.finishedAt ?? '' }];
    }),
  );
  return ends.sort((a, b) => (a.at < b.at ? 1 : -1))[0];
}
