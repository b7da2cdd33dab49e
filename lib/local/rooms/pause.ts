import { join } from 'node:path';
import type { Clock } from '../clock';
import type { Lifetime } from '../codebuild/lifetime';
import type { BuildLog } from '../codebuild/log';
import type { Mask } from '../codebuild/mask';
import { commandTitle } from '../codebuild/phases';
import { describeEnd, type ProcessEnd } from '../codebuild/process';
import type { Shell } from '../codebuild/shell';
import { atBreakpoint, BREAKPOINT_ENVIRONMENT, breakpointDirectory, watchBreakpoint } from './breakpoint';
import { announcePause, type PausedBuild } from './paused';
import type { Room } from './room';

/** What follows a pause: the build goes on as it was, or runs the command again. */
export type AfterPause = 'go-on' | 'again';

/** Asks whoever runs the pipeline what to do with a held build. Ends when `signal` aborts: somebody else has decided. */
export type AskAfterPause = (paused: PausedBuild, signal: AbortSignal) => Promise<AfterPause>;

export interface PauseOptions {
  readonly ask: AskAfterPause;
  readonly stateFolder: string;
  readonly clock: Clock;
  readonly build: Pick<PausedBuild, 'build' | 'execution' | 'stage' | 'action'>;
  readonly phase: () => string | undefined;
  readonly room: Room;
  /** This machine's path of the scripts' folder. */
  readonly scripts: string;
  readonly lifetime: Pick<Lifetime, 'signal' | 'hold'>;
  readonly log: Pick<BuildLog, 'note'>;
  readonly mask: Mask;
}

const BREAKPOINT = 'breakpoint';

/** Between two looks whether somebody has removed the file, milliseconds. */
const LOOK = 250;

/**
 * A shell that holds the build when a command of it fails, until somebody says how to go on. The build's time stands still
 * meanwhile. `again` puts directory and variables back to where they were before the command.
 */
export function pausingShell(shell: Shell, options: PauseOptions): Shell {
  return {
    ...shell,
    async run(command) {
      for (;;) {
        const putBack = shell.keep();
        const breakpoint = watchBreakpoint(options.scripts, options.clock, () => hold(BREAKPOINT, command));
        const end = await shell.run(command);
        await breakpoint.close();
        if (succeeded(end) || options.lifetime.signal.aborted) return end;
        if ((await hold(describeEnd(end), command)) === 'go-on') return end;
        putBack();
        options.log.note(`Running command ${commandTitle(command)} again`);
      }
    },
  };

  async function hold(reason: string, command: string): Promise<AfterPause> {
    const { room, scripts, log, lifetime, clock, stateFolder, mask } = options;
    const broke = reason === BREAKPOINT;
    const environment = broke ? BREAKPOINT_ENVIRONMENT : 'env.sh';
    // A command that calls `exit` leaves nothing, and the first one may be it.
    if (!broke && !shell.hasSaved()) await shell.run(':');
    const directory = broke ? breakpointDirectory(scripts) : shell.directory();
    const phase = options.phase();
    const paused: PausedBuild = {
      ...options.build,
      ...(phase !== undefined && { phase }),
      command: mask(command),
      reason,
      directory,
      environmentFile: join(scripts, environment),
      shell: room.enter(directory, environment),
      pid: process.pid,
    };
    const announced = announcePause(stateFolder, paused);
    const release = lifetime.hold();
    const over = new AbortController();
    const end = AbortSignal.any([over.signal, lifetime.signal]);
    log.note(`paused (${reason}): ${commandTitle(paused.command)}`);
    log.note(`slipway shell opens a shell in it${broke ? '; codebuild-resume there lets it go on' : ''}`);
    try {
      return await Promise.race([
        options.ask(paused, end).catch((cause) => {
          if (end.aborted) return 'go-on' as const;
          throw cause;
        }),
        untilGone(() => announced.isThere() && (!broke || atBreakpoint(scripts)), clock, end),
      ]);
    } finally {
      over.abort();
      announced.withdraw();
      release();
      log.note('goes on');
    }
  }
}

async function untilGone(isThere: () => boolean, clock: Clock, signal: AbortSignal): Promise<AfterPause> {
  while (isThere() && (await clock.sleep(LOOK, signal)) === 'elapsed');
  return 'go-on';
}

const succeeded = (end: ProcessEnd): boolean => end.kind === 'exit' && end.code === 0;
