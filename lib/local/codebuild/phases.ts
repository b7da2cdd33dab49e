import type { Buildspec, OnFailure, Phase, PhaseName } from './buildspec';
import { describeEnd, type ProcessEnd } from './process';

/** Runs one command; the phases do not care how. */
export type RunCommand = (command: string, phase: Phase) => Promise<ProcessEnd>;

export interface PhaseHooks {
  started(phase: string): void;
  ended(phase: string, failure: string | undefined): void;
  /** The value of CODEBUILD_BUILD_SUCCEEDING for the commands to come. */
  succeeding(value: boolean): void;
  notice(message: string): void;
}

export interface PhasesEnd {
  /** Why the build fails; absent: every phase succeeded. */
  readonly failure?: string;
  /** Whether UPLOAD_ARTIFACTS is attempted. */
  readonly upload: boolean;
}

/**
 * CodeBuild's phase machine: a failed INSTALL or PRE_BUILD goes straight to FINALIZING; after a failed BUILD, POST_BUILD and
 * UPLOAD_ARTIFACTS still come. (User guide, view-build-details-phases.) `on-failure` changes that: ABORT ends the build at
 * once, RETRY repeats the phase, CONTINUE goes on as if nothing had failed, but the build still fails at its end: AWS's own
 * sources disagree on that, so nothing here lets a failure pass. Stops between commands when the signal aborts.
 */
export async function runPhases(
  phases: Buildspec['phases'],
  run: RunCommand,
  hooks: PhaseHooks,
  signal: AbortSignal,
): Promise<PhasesEnd> {
  let failure: string | undefined;
  const order: readonly PhaseName[] = ['install', 'pre_build', 'build', 'post_build'];
  for (const name of order) {
    const phase = phases[name];
    if (!phase) continue;
    if (signal.aborted) return { ...(failure ? { failure } : {}), upload: false };
    const failed = await runPhase(name.toUpperCase(), phase, failure === undefined, run, hooks, signal);
    if (failed === undefined) continue;
    failure ??= `${name.toUpperCase()}: ${failed}`;
    if (phase.onFailure?.kind === 'continue') continue;
    if (phase.onFailure?.kind === 'abort' || name === 'install' || name === 'pre_build')
      return { failure, upload: false };
  }
  return { ...(failure ? { failure } : {}), upload: !signal.aborted };
}

/** Gives the reason why the phase failed, after its retries. */
async function runPhase(
  name: string,
  phase: Phase,
  succeeding: boolean,
  run: RunCommand,
  hooks: PhaseHooks,
  signal: AbortSignal,
): Promise<string | undefined> {
  hooks.started(name);
  let failure = await attempt(phase, run, hooks, signal);
  for (let retry = 1; failure !== undefined && !signal.aborted && mayRetry(phase.onFailure, retry, failure); retry++) {
    hooks.notice(`${name} failed (${failure}); retry ${retry}`);
    hooks.succeeding(succeeding);
    failure = await attempt(phase, run, hooks, signal);
  }
  hooks.ended(name, failure);
  return failure;
}

const mayRetry = (policy: OnFailure | undefined, retry: number, failure: string): boolean =>
  policy?.kind === 'retry' && retry <= policy.times && (policy.pattern?.test(failure) ?? true);

/** The commands up to the first that fails, then every one of `finally` up to the first of those that fails. */
async function attempt(
  phase: Phase,
  run: RunCommand,
  hooks: PhaseHooks,
  signal: AbortSignal,
): Promise<string | undefined> {
  let failure: string | undefined;
  for (const commands of [phase.commands, phase.finally]) {
    for (const command of commands) {
      if (signal.aborted) return failure ?? 'stopped';
      const end = await run(command, phase);
      if (end.kind === 'exit' && end.code === 0) continue;
      failure ??= `Error while executing command: ${commandTitle(command)}. Reason: ${describeEnd(end)}`;
      hooks.succeeding(false);
      break;
    }
  }
  return failure;
}

/**
 * A command in one line, for messages: of several lines the first that tells something (a comment counts, `set -eu` does
 * not), and how many there are.
 */
export function commandTitle(command: string): string {
  const lines = command.trim().split('\n');
  const telling = lines.find((line) => !/^\s*(set [-+].*)?$/.test(line)) ?? '';
  const text = telling.replace(/^\s*#*\s*/, '').trimEnd();
  const short = text.length > 120 ? `${text.slice(0, 119)}…` : text;
  return lines.length > 1 ? `${short} … (${lines.length} lines)` : short;
}
