import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../result';
import type { ActionEvent } from '../event';
import type { ActionContext, ActionReport, ApprovalAnswer, ApprovalSlot, Executor, Outcome } from '../executor';
import type { PlannedAction } from '../plan';
import type { ActionState } from '../run-state';
import { resolveAction } from '../variables';
import { artifactPath, keepArtifact } from './artifact-store';
import { type Execution, stageState, toError } from './execution';

export interface ActionResult {
  readonly action: string;
  readonly status: Outcome['status'];
  readonly reason?: string;
}

/** CodePipeline, limits: output variables of one action, in bytes. */
const LARGEST_VARIABLES = 122_880;

/** Runs one action from its `action-started` to its `action-ended`. Never rejects: an executor that throws is kept in `broken`. */
export async function runAction(execution: Execution, action: PlannedAction): Promise<ActionResult> {
  const at = { stage: action.stage, action: action.id };
  const before = stageState(execution, action.stage).actions.find(({ id }) => id === action.id);
  let ended = false;
  const emit = (report: ActionReport): void => {
    if (!ended) execution.emit({ ...report, ...at } as ActionEvent);
  };
  const start = { attempt: (before?.attempt ?? 0) + 1, inputs: action.inputs };
  execution.emit({ kind: 'action-started', ...at, ...start });
  let outcome: Outcome;
  try {
    outcome = await attempt(execution, action, before, emit);
  } catch (cause) {
    outcome = brokenOutcome(execution, action, toError(cause));
  }
  ended = true;
  execution.emit({ kind: 'action-ended', ...at, ...endOf(outcome, execution.state().stop?.abandon ?? false) });
  return {
    action: action.name,
    status: outcome.status,
    ...(outcome.status !== 'Succeeded' && { reason: outcome.reason }),
  };
}

async function attempt(
  execution: Execution,
  action: PlannedAction,
  before: ActionState | undefined,
  emit: (report: ActionReport) => void,
): Promise<Outcome> {
  const { signal } = execution;
  if (signal.aborted) return { status: 'Stopped', reason: 'stopped' };
  const prepared = prepare(execution, action);
  if (!prepared.ok) return { status: 'Failed', reason: prepared.errors.join('; ') };
  const pinned = execution.state().sourceRevisions?.find((revision) => revision.action === action.name);
  const context: ActionContext = {
    pipeline: execution.plan.pipeline,
    execution: execution.id,
    workspace: makeWorkspace(execution.folder, action),
    inputs: prepared.value.inputs,
    revisions: Object.fromEntries(execution.revisions),
    ...(pinned && isSource(action) && { sourceRevision: pinned.value }),
    ...(before?.status === 'InProgress' && { interrupted: { facts: before.facts } }),
    ...(action.kind === 'approval' && { approval: openSlot(execution, action, before) }),
  };
  try {
    const executor = execution.executors[action.kind] as Executor;
    const outcome = await executor.execute(prepared.value.action, context, emit, signal);
    switch (outcome.status) {
      case 'Succeeded':
        return await accept(execution, action, outcome);
      case 'Failed':
        return signal.aborted ? { status: 'Stopped', reason: `stopped (${outcome.reason})` } : outcome;
      case 'Stopped':
        return outcome;
    }
  } finally {
    execution.approvals.delete(action.id);
  }
}

/** How the answer comes to an approval; with what an earlier process had got so far, if that was killed meanwhile. */
function openSlot(execution: Execution, action: PlannedAction, before: ActionState | undefined): ApprovalSlot {
  const interrupted = before?.status === 'InProgress' ? before : undefined;
  const { answer, approval } = interrupted ?? {};
  const token = execution.newToken();
  if (answer !== undefined) return { token, answer: Promise.resolve(answer), answered: true };
  let settle: (answer: ApprovalAnswer) => void = () => {};
  const awaited = new Promise<ApprovalAnswer>((resolve) => {
    settle = resolve;
  });
  execution.approvals.set(action.id, { token, answer: settle });
  return { token, answer: awaited, ...(approval && { expires: approval.expires }) };
}

/** References are resolved immediately before the action that uses them (CodePipeline, reference-variables). */
function prepare(
  execution: Execution,
  action: PlannedAction,
): Result<{ action: PlannedAction; inputs: Record<string, string> }, string> {
  const resolved = resolveAction(action, execution.scope);
  const errors = resolved.ok ? [] : [...resolved.errors];
  const inputs: Record<string, string> = {};
  for (const name of action.inputs) {
    const path = execution.artifacts.get(name);
    if (path === undefined)
      errors.push(
        `input artifact ${name} does not exist: the action that makes it did not run or did not succeed in this execution`,
      );
    else inputs[name] = path;
  }
  return resolved.ok && errors.length === 0 ? ok({ action: resolved.value, inputs }) : err(...errors);
}

/** A folder of its own for every attempt: `builds/<Stage>-<Action>`, with `.2` and so on where that is taken. Synchronous, so that
 * parallel actions start in the plan's order. */
function makeWorkspace(runFolder: string, action: PlannedAction): string {
  const builds = join(runFolder, 'builds');
  for (let n = 1; ; n++) {
    const folder = join(builds, `${action.stage}-${action.name}${n === 1 ? '' : `.${n}`}`);
    try {
      mkdirSync(folder);
      return folder;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'ENOENT') {
        mkdirSync(builds, { recursive: true });
        n--;
      } else if (code !== 'EEXIST') throw cause;
    }
  }
}

/** Takes what a successful action gave: all of its declared artifacts and no other, and its variables. */
async function accept(
  execution: Execution,
  action: PlannedAction,
  outcome: Extract<Outcome, { status: 'Succeeded' }>,
): Promise<Outcome> {
  const undeclared = Object.keys(outcome.artifacts).filter((name) => !action.outputs.includes(name));
  if (undeclared.length > 0)
    throw new Error(
      `the executor of ${action.id} gave artifacts that the action does not declare: ${undeclared.join(', ')}`,
    );
  const missing = action.outputs.filter((name) => !Object.hasOwn(outcome.artifacts, name));
  if (missing.length > 0)
    return { status: 'Failed', reason: `the action did not make its output artifact ${missing.join(', ')}` };
  const size = Buffer.byteLength(JSON.stringify(outcome.variables));
  if (size > LARGEST_VARIABLES)
    return {
      status: 'Failed',
      reason: `output variables take ${size} bytes; at most ${LARGEST_VARIABLES} are allowed`,
    };

  const artifacts: Record<string, string> = {};
  for (const [name, path] of Object.entries(outcome.artifacts))
    artifacts[name] = await keepArtifact(execution.folder, name, path);
  for (const [name, path] of Object.entries(artifacts)) execution.artifacts.set(name, path);
  if (action.namespace !== undefined) execution.scope.set(action.namespace, outcome.variables);
  const revision = revisionOf(action, outcome);
  if (revision !== undefined) for (const name of action.outputs) execution.revisions.set(name, revision);
  return outcome;
}

const isSource = ({ kind }: PlannedAction): boolean => kind === 'codecommit' || kind === 'connection';

/** The commit that a source action took; undefined for every other action. */
export function revisionOf(
  action: PlannedAction,
  outcome: { readonly variables: Readonly<Record<string, string>>; readonly externalId?: string },
): string | undefined {
  return isSource(action) ? (outcome.variables['CommitId'] ?? outcome.externalId) : undefined;
}

function brokenOutcome(execution: Execution, action: PlannedAction, cause: Error): Outcome {
  const { signal } = execution;
  if (signal.aborted && (cause === signal.reason || cause.name === 'AbortError'))
    return { status: 'Stopped', reason: 'stopped' };
  execution.broken.push(new Error(`${action.id}: ${cause.message}`, { cause }));
  return { status: 'Failed', reason: `the runner broke: ${cause.message}` };
}

function endOf(outcome: Outcome, abandoned: boolean) {
  const externalId = 'externalId' in outcome && outcome.externalId !== undefined && { externalId: outcome.externalId };
  if (outcome.status !== 'Succeeded') {
    const status = outcome.status === 'Stopped' && abandoned ? 'Abandoned' : outcome.status;
    return { status, reason: outcome.reason, variables: {}, artifacts: {}, ...externalId } as const;
  }
  const artifacts = Object.fromEntries(Object.keys(outcome.artifacts).map((name) => [name, artifactPath(name)]));
  return { status: outcome.status, variables: outcome.variables, artifacts, ...externalId };
}
