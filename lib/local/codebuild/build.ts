import { join } from 'node:path';
import type { Emit } from '../executor';
import type { Buildspec } from './buildspec';
import { type BuildCache, buildCache, NO_CACHE } from './cache';
import { expandKey } from './cache-key';
import type { BuildLog } from './log';
import type { Mask } from './mask';
import { collectReports, type OutputArtifact, packArtifacts, withVariables } from './outputs';
import type { Roots } from './paths';
import { commandTitle, type RunCommand, runPhases } from './phases';
import { asUser, machineUser, runAsProblem, userOf } from './run-as';
import { runtimeNotes } from './runtimes';
import type { Shell } from './shell';

/** Everything that a build needs once its source is in place. */
export interface Build {
  readonly buildspec: Buildspec;
  readonly outputs: readonly OutputArtifact[];
  readonly roots: Roots;
  /** Gets `artifacts/` and `reports/`. */
  readonly workspace: string;
  readonly shell: Shell;
  /** Where the project's cache lies; absent: it has none. */
  readonly cache?: { readonly folder: string; readonly namespace: string };
  /** Variables that cannot be exported: those of the project that come from Parameter Store or Secrets Manager. */
  readonly unexportable?: readonly string[];
  /** Who the commands run as when the buildspec names nobody; absent: whoever started Slipway. */
  readonly user?: string;
  /** Gives the files that the build has made to whoever started Slipway, before they are read. */
  readonly handOver?: () => Promise<void>;
  readonly log: BuildLog;
  readonly mask: Mask;
  /** Whether a file holds a secret that nothing may keep. */
  readonly holdsSecret: (path: string) => boolean;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

export interface BuildEnd {
  /** Absent: the build succeeded. */
  readonly failure?: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly artifacts: Readonly<Record<string, string>>;
}

/** Runs INSTALL to UPLOAD_ARTIFACTS. When the signal aborts, it ends after the command that is running. */
export async function runBuild(build: Build): Promise<BuildEnd> {
  const { buildspec, shell, log, signal } = build;
  const own = build.user ?? machineUser();
  const refusal = runAsProblem(buildspec, own);
  if (refusal !== undefined) return { failure: refusal, variables: {}, artifacts: {} };
  for (const notice of buildspec.notices) log.note(notice);
  for (const note of await runtimeNotes(buildspec.runtimeVersions, shell)) log.note(note);
  const cache = cacheOf(build);
  await cache.restore();
  const phases = await runPhases(
    buildspec.phases,
    runner(build, own),
    {
      started: (phase) => build.emit({ kind: 'phase-started', phase }),
      ended: (phase, failure) => endPhase(build, phase, failure === undefined ? [] : [failure]),
      succeeding: (value) => shell.set('CODEBUILD_BUILD_SUCCEEDING', value ? '1' : '0'),
      notice: log.note,
    },
    signal,
  );
  await build.handOver?.();
  if (!phases.upload || signal.aborted) return { ...failed(phases.failure), variables: {}, artifacts: {} };

  // Read at the end of POST_BUILD (CodeBuild user guide, build-spec-ref, env/exported-variables).
  const exported = await exportVariables(build);
  const upload = await uploadArtifacts(build, phases.failure !== undefined);
  const failure = phases.failure ?? upload.failure ?? exported.failure;
  if (failure === undefined) await cache.save();
  return { ...failed(failure), variables: exported.variables, artifacts: upload.artifacts };
}

const runner =
  ({ buildspec, shell, log }: Build, own: string): RunCommand =>
  (command, phase) => {
    log.note(`Running command ${commandTitle(command)}`);
    const user = userOf(phase.runAs ?? buildspec.runAs, own);
    const text = user === undefined ? command : asUser(command, user, buildspec.shell);
    // Version 0.1 gives every command a shell of its own: what it changes ends with it.
    return shell.run(buildspec.version === '0.1' ? `( ${text}\n)` : text);
  };

function cacheOf({ buildspec, cache, roots, shell, log, holdsSecret }: Build): BuildCache {
  if (!cache || !buildspec.cache) return NO_CACHE;
  const expand = (text: string) => expandKey(text, roots.source, shell);
  return buildCache({ ...cache, spec: buildspec.cache, roots, expand, note: log.note, holdsSecret });
}

/** A variable that holds a secret is not handed over: the journal keeps variables as they are. */
async function exportVariables(build: Build): Promise<{ failure?: string; variables: Record<string, string> }> {
  const { buildspec, shell, log, mask, unexportable = [] } = build;
  const wanted = buildspec.exportedVariables.filter((name) => !unexportable.includes(name));
  for (const name of buildspec.exportedVariables.filter((name) => unexportable.includes(name))) {
    log.note(`exported variable ${name} is not exported: the project takes it from Parameter Store or Secrets Manager`);
  }
  const variables = wanted.length > 0 ? await shell.read(wanted) : {};
  for (const name of wanted.filter((name) => variables[name] === undefined)) {
    log.note(`exported variable ${name} is not set`);
  }
  const secret = Object.keys(variables).filter((name) => mask(variables[name] ?? '') !== variables[name]);
  if (secret.length === 0) return { variables };
  for (const name of secret) delete variables[name];
  const names = secret.join(', ');
  const failure = `exported variable ${names} holds a secret, and a run keeps variables in plain text; read the secret again where it is needed`;
  return { failure, variables };
}

/** Reports first, then artifacts, as far as there are any. After a failed build what is missing is only told. */
async function uploadArtifacts(build: Build, hasFailed: boolean) {
  const { outputs, roots, workspace, mask } = build;
  if (build.buildspec.reports.length === 0 && outputs.length === 0) return { artifacts: {} };
  build.emit({ kind: 'phase-started', phase: 'UPLOAD_ARTIFACTS' });
  const expanded = await withVariables(build.buildspec, build.shell);
  const { buildspec } = expanded;
  const collected = collectReports(buildspec.reports, roots, join(workspace, 'reports'), mask);
  for (const report of collected.reports) build.emit({ kind: 'report', report });
  const packed = await packArtifacts(buildspec, outputs, roots, join(workspace, 'artifacts'), build.holdsSecret);
  const problems = [...expanded.problems, ...collected.problems, ...(packed.ok ? [] : packed.errors)];
  for (const note of [...collected.notes, ...problems]) build.log.note(note);
  endPhase(build, 'UPLOAD_ARTIFACTS', problems);
  const failure = problems.length > 0 && !hasFailed ? `UPLOAD_ARTIFACTS: ${problems.join('; ')}` : undefined;
  return { ...failed(failure), artifacts: packed.ok ? packed.value : {} };
}

function endPhase(build: Build, phase: string, problems: readonly string[]): void {
  if (problems.length === 0) build.emit({ kind: 'phase-ended', phase, status: 'SUCCEEDED' });
  else build.emit({ kind: 'phase-ended', phase, status: 'FAILED', reason: build.mask(problems.join('; ')) });
}

const failed = (failure: string | undefined): { failure?: string } => (failure === undefined ? {} : { failure });
