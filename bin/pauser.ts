import { createInterface } from 'node:readline/promises';
import { commandTitle } from '../lib/local/codebuild/phases';
import type { Reporter } from '../lib/local/reporters/reporter';
import type { AfterPause, AskAfterPause } from '../lib/local/rooms/pause';
import type { PausedBuild } from '../lib/local/rooms/paused';
import type { Project } from './project';

export interface HoldOptions {
  readonly pauseOnFailure?: boolean;
  readonly json?: boolean;
}

/** What `--pause-on-failure` adds to a hosting. */
export const pauseOf = (
  reporter: Pick<Reporter, 'quietly' | 'text'>,
  { state }: Pick<Project, 'state'>,
  { pauseOnFailure, json = false }: HoldOptions,
): { readonly pause?: AskAfterPause } =>
  pauseOnFailure ? { pause: pauser(reporter, { json, stateFolder: state }) } : {};

/**
 * Asks at the terminal how a held build goes on, one question at a time. Without a terminal it says where the build is held and
 * waits: for the removal of the build's file in `.slipway/paused`, or the end of the run.
 */
function pauser(
  reporter: Pick<Reporter, 'quietly' | 'text'>,
  options: { readonly json?: boolean; readonly stateFolder: string },
): AskAfterPause {
  let questions: Promise<unknown> = Promise.resolve();
  return (paused, signal) => {
    const words = describe(paused);
    if (!process.stdin.isTTY || !process.stdout.isTTY || options.json) {
      const remedy = `it is held until \`slipway shell --done ${paused.build}\`, or the run is stopped`;
      // Events are all that goes to a reader of JSON lines.
      if (options.json) process.stderr.write(`${words}\n${remedy}\n`);
      else reporter.text(`${words}\n${remedy}`);
      return untilAborted(signal);
    }
    const asked = questions.then(() =>
      signal.aborted ? 'go-on' : reporter.quietly(() => ask(words, paused.reason === 'breakpoint', signal)),
    );
    questions = asked.catch(() => {});
    return asked;
  };
}

const describe = ({ stage, action, phase, command, reason, build }: PausedBuild): string => {
  const what = reason === 'breakpoint' ? 'stands at a breakpoint' : `failed (${reason})`;
  return `\n${stage}/${action}${phase ? `, ${phase}` : ''} ${what}: ${commandTitle(command)}\nslipway shell ${build} opens a shell in it`;
};

async function ask(words: string, isBreakpoint: boolean, signal: AbortSignal): Promise<AfterPause> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // readline takes Ctrl-C for itself; the run is to hear of it.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    process.stdout.write(`${words}\n`);
    const question = isBreakpoint
      ? '[Enter] go on '
      : '[Enter] go on as failed, r: run the command again and go on from it ';
    for (;;) {
      const answer = (await lines.question(question, { signal })).trim().toLowerCase();
      if (answer === '') return 'go-on';
      if (answer === 'r' && !isBreakpoint) return 'again';
    }
  } finally {
    lines.close();
  }
}

const untilAborted = (signal: AbortSignal): Promise<AfterPause> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('go-on');
    signal.addEventListener('abort', () => resolve('go-on'), { once: true });
  });
