import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ActionReport, Emit, Outcome } from '../executor';
import { prefixed } from '../output-text';
import type { CodeBuildAction, PlannedBatch } from '../plan';
import { combineArtifacts } from './batch-artifacts';
import { batchProblem, outputsOfTask } from './batch-rules';
import type { BatchTask } from './batch-spec';
import { parseBuildspec } from './buildspec';
import { startLifetime } from './lifetime';
import { type BuildsRequest, readBuildspecText } from './start';

export interface BatchRequest extends BuildsRequest {
  readonly batch: PlannedBatch;
  /** How many builds run at once; default: as many as there are processors, four at least. */
  readonly parallel?: number;
}

interface TaskEnd {
  readonly task: BatchTask;
  /** Absent: it was not started. */
  readonly outcome?: Outcome;
}

/**
 * Runs the builds of a batch: SUBMITTED, DOWNLOAD_BATCHSPEC, IN_PROGRESS, COMBINE_ARTIFACTS. The batch fails when a build
 * fails whose failure is not ignored; `fast-fail` then stops the others, and a build that depends on it never starts. A build's
 * lines, phases and reports come with its identifier in front; its workspace is `builds/<identifier>`. A batch gives no
 * variables (API BuildBatch has none). Source: CodeBuild user guide, batch-build, batch-build-buildspec.
 */
export async function runBatch(request: BatchRequest): Promise<Outcome> {
  // A batch has an id as a build has (API BuildBatch).
  const externalId = `${request.action.project.name}:${randomUUID()}`;
  request.emit({ kind: 'fact', name: 'buildId', value: externalId });
  const outcome = await run(request);
  return outcome.status === 'Stopped' ? outcome : { ...outcome, externalId };
}

async function run(request: BatchRequest): Promise<Outcome> {
  const { action, emit, batch, clock } = request;
  const phase = phases(emit);
  await phase('SUBMITTED', async () => undefined);
  let tasks: readonly BatchTask[] = [];
  let fastFail = false;
  const spec = await phase('DOWNLOAD_BATCHSPEC', async () => {
    const parsed = parseBuildspec(action.project.buildspec);
    if (!parsed.ok) return parsed.errors.map(({ line, column, message }) => `${line}:${column} ${message}`).join('; ');
    if (!parsed.value.batch) return 'the buildspec has no batch section, and the action has BatchEnabled';
    ({ tasks, fastFail } = parsed.value.batch);
    return batchProblem(action, batch, tasks);
  });
  if (spec !== undefined) return { status: 'Failed', reason: `DOWNLOAD_BATCHSPEC: ${spec}` };

  const lifetime = startLifetime(request.signal, clock, batch.timeoutMinutes, () => {});
  try {
    let ends: readonly TaskEnd[] = [];
    const failure = await phase('IN_PROGRESS', async () => {
      ends = await runTasks(request, tasks, fastFail, lifetime.signal);
      return failureOf(ends);
    });
    if (lifetime.reason() === 'stopped') return { status: 'Stopped', reason: 'the batch was stopped' };
    if (lifetime.reason() === 'timed-out')
      return { status: 'Failed', reason: `TIMED_OUT: the batch took longer than its ${batch.timeoutMinutes} minutes` };
    if (failure !== undefined) return { status: 'Failed', reason: failure };
    return await handOver(request, ends, phase);
  } finally {
    await lifetime.close();
  }
}

type PhaseRunner = (name: string, run: () => Promise<string | undefined>) => Promise<string | undefined>;

const phases =
  (emit: Emit): PhaseRunner =>
  async (name, run) => {
    emit({ kind: 'phase-started', phase: name });
    const failure = await run();
    if (failure === undefined) emit({ kind: 'phase-ended', phase: name, status: 'SUCCEEDED' });
    else emit({ kind: 'phase-ended', phase: name, status: 'FAILED', reason: failure });
    return failure;
  };

async function runTasks(
  request: BatchRequest,
  tasks: readonly BatchTask[],
  fastFail: boolean,
  signal: AbortSignal,
): Promise<TaskEnd[]> {
  const failing = new AbortController();
  const both = AbortSignal.any([signal, failing.signal]);
  const slots = slotsOf(request.parallel ?? Math.max(4, availableParallelism()));
  const ends = new Map<string, Promise<TaskEnd>>();
  const run = async (task: BatchTask): Promise<TaskEnd> => {
    const before = await Promise.all(task.dependsOn.map((name) => ends.get(name)));
    if (before.some((end) => end && !passes(end))) return { task };
    const release = await slots();
    try {
      if (both.aborted) return { task };
      const outcome = await runTask(request, task, tasks, both);
      if (fastFail && outcome.status === 'Failed' && !task.ignoreFailure) failing.abort();
      return { task, outcome };
    } finally {
      release();
    }
  };
  // A task waits for those before it, whatever their order in the file: each has its promise before the first one runs on.
  const order = topological(tasks);
  for (const task of order) ends.set(task.identifier, run(task));
  return Promise.all(tasks.map((task) => ends.get(task.identifier) as Promise<TaskEnd>));
}

const passes = ({ task, outcome }: TaskEnd): boolean => task.ignoreFailure || outcome?.status === 'Succeeded';

function topological(tasks: readonly BatchTask[]): BatchTask[] {
  const sorted: BatchTask[] = [];
  const has = (name: string): boolean => sorted.some((task) => task.identifier === name);
  for (let rest = [...tasks]; rest.length > 0; rest = rest.filter((task) => !sorted.includes(task))) {
    const ready = rest.filter((task) => task.dependsOn.every(has));
    if (ready.length === 0) throw new Error('a batch whose tasks wait for each other was read');
    sorted.push(...ready);
  }
  return sorted;
}

/** Gives a place when there is one; the function given back frees it. */
function slotsOf(count: number): () => Promise<() => void> {
  const waiting: (() => void)[] = [];
  let free = count;
  return async () => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    return () => {
      const next = waiting.shift();
      if (next) next();
      else free++;
    };
  };
}

async function runTask(
  request: BatchRequest,
  task: BatchTask,
  tasks: readonly BatchTask[],
  signal: AbortSignal,
): Promise<Outcome> {
  const { action, context, batch } = request;
  const { identifier, environment } = task;
  const { project } = action;
  const text =
    task.buildspec === undefined ? project.buildspec : await readBuildspecText(action, context, task.buildspec);
  if (typeof text !== 'string') return { status: 'Failed', reason: text.problem };
  const workspace = join(context.workspace, 'builds', identifier);
  mkdirSync(workspace, { recursive: true });
  const variables = Object.entries(environment.variables);
  const { batch: _, ...rest } = action;
  const one: CodeBuildAction = {
    ...rest,
    batchIdentifier: identifier,
    outputs: batch.combineArtifacts ? [identifier] : outputsOfTask(action.outputs, task, tasks),
    environment: [
      ...action.environment.filter(({ name }) => !Object.hasOwn(environment.variables, name)),
      ...variables.map(([name, value]) => ({ name, value, type: 'PLAINTEXT' as const })),
    ],
    project: {
      ...project,
      buildspec: text,
      image: environment.image ?? project.image,
      computeType: environment.computeType ?? project.computeType,
      privileged: environment.privileged ?? project.privileged,
    },
  };
  if (batch.combineArtifacts && action.outputs.length === 0) Object.assign(one, { outputs: [] });
  return request.runOne(one, { ...context, workspace }, labelled(request, identifier), signal);
}

/** Events of one build of the batch, told apart by its identifier; its lines stand in the batch's log as well. */
function labelled({ emit, context }: BatchRequest, identifier: string): Emit {
  const log = join(context.workspace, 'log.txt');
  return (report: ActionReport) => {
    switch (report.kind) {
      case 'output': {
        const text = prefixed(`[${identifier}] `, report.text);
        appendFileSync(log, `${text}\n`, { mode: 0o600 });
        return emit({ ...report, text });
      }
      case 'phase-started':
      case 'phase-ended':
        return emit({ ...report, phase: `${identifier} ${report.phase}` });
      case 'fact':
        return emit({ ...report, name: `${identifier} ${report.name}` });
      case 'report':
        return emit({ ...report, report: { ...report.report, name: `${identifier}/${report.report.name}` } });
      default:
        return emit(report);
    }
  };
}

function failureOf(ends: readonly TaskEnd[]): string | undefined {
  const bad = ends.filter((end) => !passes(end));
  if (bad.length === 0) return undefined;
  return bad
    .map(({ task, outcome }) => {
      if (outcome === undefined) return `${task.identifier} was not started`;
      return outcome.status === 'Succeeded' ? '' : `${task.identifier}: ${outcome.reason}`;
    })
    .join('; ');
}

async function handOver(request: BatchRequest, ends: readonly TaskEnd[], phase: PhaseRunner): Promise<Outcome> {
  const { action, context, batch } = request;
  const zips = ends.flatMap(({ task, outcome }) =>
    outcome?.status === 'Succeeded' ? [{ identifier: task.identifier, artifacts: outcome.artifacts }] : [],
  );
  let artifacts: Record<string, string> = Object.assign({}, ...zips.map((each) => each.artifacts));
  const [output] = action.outputs;
  if (batch.combineArtifacts && output !== undefined) {
    const failure = await phase('COMBINE_ARTIFACTS', async () => {
      const sources = zips.map(({ identifier, artifacts }) => ({ identifier, zip: artifacts[identifier] ?? '' }));
      const combined = await combineArtifacts(sources, output, join(context.workspace, 'artifacts'));
      if (!combined.ok) return combined.errors.join('; ');
      artifacts = { [output]: combined.value };
      return undefined;
    });
    if (failure !== undefined) return { status: 'Failed', reason: `COMBINE_ARTIFACTS: ${failure}` };
  }
  const missing = action.outputs.filter((name) => artifacts[name] === undefined);
  if (missing.length > 0)
    return { status: 'Failed', reason: `no build that succeeded gives the output ${missing.join(', ')}` };
  return { status: 'Succeeded', variables: {}, artifacts };
}
