import { join } from 'node:path';
import type { Emit } from '../executor';
import type { Buildspec } from './buildspec';
import type { BuildCache } from './cache';
import type { BuildLog } from './log';
import type { Mask } from './mask';
import { collectReports, packArtifacts } from './outputs';
import { commandTitle, runPhases } from './phases';
import type { Shell } from './shell';

/** Everything that a build needs once its source is in place. */
export interface Build {
  readonly buildspec: Buildspec;
  readonly outputs: readonly string[];
  readonly source: string;
  /** Gets `artifacts/` and `reports/`. */
  readonly workspace: string;
  readonly shell: Shell;
  readonly cache: BuildCache;
  readonly log: BuildLog;
  readonly mask: Mask;
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
  await build.cache.restore();
  const phases = await runPhases(
    buildspec.phases,
    (command) => {
      log.note(`Running command ${commandTitle(command)}`);
      return shell.run(command);
    },
    {
      started: (phase) => build.emit({ kind: 'phase-started', phase }),
      ended: (phase, failure) => endPhase(build, phase, failure === undefined ? [] : [failure]),
      succeeding: (value) => shell.set('CODEBUILD_BUILD_SUCCEEDING', value ? '1' : '0'),
      notice: log.note,
    },
    signal,
  );
  if (!phases.upload || signal.aborted) return { ...failed(phases.failure), variables: {}, artifacts: {} };

  const variables = await shell.read(buildspec.exportedVariables);
  for (const name of buildspec.exportedVariables.filter((name) => variables[name] === undefined)) {
    log.note(`exported variable ${name} is not set`);
  }
  const upload = await uploadArtifacts(build, phases.failure !== undefined);
  const failure = phases.failure ?? upload.failure;
  if (failure === undefined) await build.cache.save();
  return { ...failed(failure), variables, artifacts: upload.artifacts };
}

/** Reports first, then artifacts, as far as there are any. After a failed build what is missing is only told. */
async function uploadArtifacts(build: Build, hasFailed: boolean) {
  const { buildspec, outputs, source, workspace } = build;
  if (buildspec.reports.length === 0 && outputs.length === 0) return { artifacts: {} };
  build.emit({ kind: 'phase-started', phase: 'UPLOAD_ARTIFACTS' });
  const collected = collectReports(buildspec.reports, source, join(workspace, 'reports'), build.mask);
  for (const report of collected.reports) build.emit({ kind: 'report', report });
  const packed = await packArtifacts(buildspec, outputs, source, join(workspace, 'artifacts'));
  const problems = [...collected.problems, ...(packed.ok ? [] : packed.errors)];
  for (const problem of problems) build.log.note(problem);
  endPhase(build, 'UPLOAD_ARTIFACTS', problems);
  const failure = problems.length > 0 && !hasFailed ? `UPLOAD_ARTIFACTS: ${problems.join('; ')}` : undefined;
  return { ...failed(failure), artifacts: packed.ok ? packed.value : {} };
}

function endPhase(build: Build, phase: string, problems: readonly string[]): void {
  if (problems.length === 0) build.emit({ kind: 'phase-ended', phase, status: 'SUCCEEDED' });
  else build.emit({ kind: 'phase-ended', phase, status: 'FAILED', reason: build.mask(problems.join('; ')) });
}

const failed = (failure: string | undefined): { failure?: string } => (failure === undefined ? {} : { failure });
