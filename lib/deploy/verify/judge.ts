import type { WorkloadKind } from '../objects';
import type { Reason } from '../outcome';
import type { Expectation, Snapshot, Verdict } from '../verdict';
import type { Assessment, WorkloadRules } from './assessment';
import { assessDaemonSet } from './daemon-set';
import { assessDeployment } from './deployment';
import { goneProblem } from './gone';
import type { Start } from './history';
import { assessJob } from './job';
import { overTime } from './over-time';
import { isTerminating } from './pods';
import { type Culprit, GRACES, type Graces, type Problem } from './problem';
import type { WorkloadObject } from './shapes';
import { assessStatefulSet } from './stateful-set';
import { sameTemplate } from './template';

export interface Rules extends Start {
  /** Our own maximum, in seconds, for the words. */
  readonly limit: number;
  /** When it passes: milliseconds since 1970. */
  readonly until: number;
  readonly graces?: Partial<Graces>;
}

/** What earlier looks saw; a look gives that of the next. */
export interface Memory {
  /** Problems that are given time -> when they were first seen (milliseconds since 1970). One that goes away is forgotten. */
  readonly firstSeen: ReadonlyMap<string, number>;
  /** When a pod that was going was last seen. */
  readonly lastGoing?: number;
}

export const NO_MEMORY: Memory = { firstSeen: new Map() };

export interface Judgement {
  readonly verdict: Verdict;
  readonly memory: Memory;
  /** On failure: whose last words tell more. */
  readonly culprit?: Culprit;
  /** What a reader must know of what was verified. */
  readonly notes: readonly string[];
}

/** Judges one look. Pure: time is that of the snapshot. */
export function judge(
  snapshot: Snapshot,
  expectations: readonly Expectation[],
  rules: Rules,
  memory: Memory = NO_MEMORY,
): Judgement {
  const lastGoing = snapshot.pods.some(isTerminating) ? snapshot.at : memory.lastGoing;
  const workloadRules: WorkloadRules = {
    ...rules,
    graces: { ...GRACES, ...rules.graces },
    ...(lastGoing === undefined ? {} : { lastGoing }),
  };
  const assessments = expectations.map((expectation) => assess(snapshot, expectation, workloadRules));
  const problems = assessments.flatMap((each) => each.problems);
  const firstSeen = new Map(problems.map(({ key }) => [key, memory.firstSeen.get(key) ?? snapshot.at]));
  const lasting = problems.filter(
    ({ key, grace }) => snapshot.at - (firstSeen.get(key) ?? snapshot.at) >= grace * 1000,
  );
  const { verdict, culprit } = conclude(snapshot, expectations, assessments, problems, lasting, rules);
  return {
    verdict,
    memory: { firstSeen, ...(lastGoing === undefined ? {} : { lastGoing }) },
    ...(culprit ? { culprit } : {}),
    notes: assessments.flatMap(({ note }) => note ?? []),
  };
}

function conclude(
  snapshot: Snapshot,
  expectations: readonly Expectation[],
  assessments: readonly Assessment[],
  problems: readonly Problem[],
  lasting: readonly Problem[],
  rules: Rules,
): { readonly verdict: Verdict; readonly culprit?: Culprit } {
  const superseded = assessments.find((each) => each.superseded)?.superseded;
  if (superseded) return { verdict: { status: 'superseded', reason: superseded } };
  const failed = (reason: Reason, more: readonly string[] = [], culprit?: Culprit) => ({
    verdict: { status: 'failed' as const, reason, pods: unique([...more, ...lasting.flatMap(({ pods }) => pods)]) },
    ...(culprit ? { culprit } : {}),
  });
  const [first] = lasting;
  if (first) return failed(first.reason, first.pods, first.culprit);
  const waiting = assessments.flatMap(({ waitingFor }) => waitingFor ?? []);
  // A problem that is given time is none that a ready workload may have.
  if (waiting.length === 0 && problems.length === 0) return { verdict: { status: 'ready' } };
  if (snapshot.at >= rules.until) {
    const end = overTime(snapshot, expectations, assessments, problems, rules.limit);
    return failed(end.reason, end.pods);
  }
  const pending = problems.map(({ reason }) => `${reason.object}: ${reason.message}`);
  return { verdict: { status: 'progressing', waitingFor: [...waiting, ...unique(pending)].join('; ') } };
}

const ASSESS: Readonly<
  Record<WorkloadKind, (live: WorkloadObject, e: Expectation, snapshot: Snapshot, rules: WorkloadRules) => Assessment>
> = {
  Deployment: assessDeployment,
  StatefulSet: assessStatefulSet,
  DaemonSet: assessDaemonSet,
  Job: assessJob,
};

function assess(snapshot: Snapshot, expectation: Expectation, rules: WorkloadRules): Assessment {
  const { kind, name } = expectation.workload;
  const live = snapshot.workloads.find((each) => each.kind === kind && each.metadata.name === name) as
    | WorkloadObject
    | undefined;
  if (!live || isTerminating(live)) {
    const problem = goneProblem(expectation, snapshot, rules);
    return { problems: problem ? [problem] : [], unready: [] };
  }
  const generation = live.metadata.generation ?? 0;
  const title = `${kind}/${name}`;
  if (generation < expectation.generation) {
    return { problems: [], unready: [], waitingFor: `${title}: the API shows an older generation than it answered` };
  }
  if (generation > expectation.generation && !sameTemplate(live.spec?.template, expectation.template)) {
    const message = `somebody else changed its pod template (generation ${generation}, ours was ${expectation.generation})`;
    return { problems: [], unready: [], superseded: { code: 'TemplateChanged', object: title, message } };
  }
  return ASSESS[kind](live, expectation, snapshot, rules);
}

const unique = <T>(items: readonly T[]): readonly T[] => [...new Set(items)];
