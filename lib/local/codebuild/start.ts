import type { Clock } from '../clock';
import type { ActionContext, Emit, Outcome } from '../executor';
import type { CodeBuildAction } from '../plan';
import { runBatch } from './batch';
import { parseBuildspec } from './buildspec';
import { buildspecFile } from './buildspec-source';
import { readZipFile } from './zip-file';

/** Runs one build, whose buildspec stands in its project as text. */
export type RunBuild = (
  action: CodeBuildAction,
  context: ActionContext,
  emit: Emit,
  signal: AbortSignal,
) => Promise<Outcome>;

export interface BuildsRequest {
  readonly action: CodeBuildAction;
  readonly context: ActionContext;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly runOne: RunBuild;
}

/** Runs a CodeBuild action: finds its buildspec (its own, the project's, or a file of the primary source), and runs its build, or the builds of its batch. */
export async function startBuilds(request: BuildsRequest): Promise<Outcome> {
  const { action, context, emit } = request;
  const written = action.buildspecOverride ?? action.project.buildspec;
  const found = await readBuildspecText(action, context, written);
  if (typeof found !== 'string') return { status: 'Failed', reason: found.problem };
  if (buildspecFile(written) !== undefined) {
    const line = `[slipway] the buildspec is ${buildspecFile(written)} of the source: whoever can push decides what runs`;
    emit({ kind: 'output', stream: 'stdout', text: line });
  }
  const { buildspecOverride: _, ...rest } = action;
  const complete: CodeBuildAction = { ...rest, project: { ...action.project, buildspec: found } };
  return action.batch === undefined
    ? request.runOne(complete, context, emit, request.signal)
    : runBatch({ ...request, action: complete, batch: action.batch });
}

/** The text of a buildspec that stands in the plan as text or as the name of a file in the primary source. */
export async function readBuildspecText(
  action: CodeBuildAction,
  context: ActionContext,
  written: string,
): Promise<string | { readonly problem: string }> {
  const file = buildspecFile(written);
  if (file === undefined) return written;
  const primary = action.primarySource ?? action.inputs[0] ?? '';
  const zip = context.inputs[primary];
  const said = `DOWNLOAD_SOURCE: YAML_FILE_ERROR: ${file}`;
  if (zip === undefined) return { problem: `${said}: input artifact ${primary} was not handed over` };
  const text = await readZipFile(zip, file);
  if (text.ok) {
    const parsed = parseBuildspec(text.value);
    if (parsed.ok) return text.value;
    const lines = parsed.errors.map(
      ({ line, column, path, message }) => `  ${file}:${line}:${column} ${path} ${message}`,
    );
    return { problem: [`${said} of ${primary} is not valid:`, ...lines].join('\n') };
  }
  return { problem: `${said} of ${primary}: ${text.errors.join('; ')}` };
}
