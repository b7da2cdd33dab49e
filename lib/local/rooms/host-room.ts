import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lineSplitter } from '../codebuild/lines';
import { startProcess } from '../codebuild/process';
import { processNumbers } from '../codebuild/process-numbers';
import { endProcesses, type ProcessGroup } from '../codebuild/process-tree';
import type { ShellName } from '../codebuild/shell';
import { enterWords } from './enter';
import { openPipe } from './pipe';
import type { Room, RoomKind, RoomScript } from './room';

/** Marks every process of a build and of this state folder in its environment. */
export const BUILD_MARKER = 'SLIPWAY_BUILD_ID';
export const STATE_MARKER = 'SLIPWAY_STATE';

const SHELLS = { bash: ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'], '/bin/sh': ['/bin/sh'] } as const;

export interface HostRoomOptions {
  /** Absolute path of the shell. */
  readonly program: string;
  /** This machine's path of the scripts' folder. */
  readonly scripts: string;
  /** Variables that every process has, whatever the commands do to their environment; the first one tells them from all others. */
  readonly marker: readonly (readonly [name: string, value: string])[];
  /** Milliseconds. */
  readonly grace: number;
}

/** Commands as processes of this machine, each one the leader of a process group. */
export async function hostRoom(options: HostRoomOptions): Promise<Room> {
  const { scripts, marker } = options;
  const marks = Object.fromEntries(marker);
  const since = processNumbers();
  let groups: ProcessGroup[] = [];
  let listener: RoomScript['onOutput'] = () => {};
  const lines = lineSplitter((text, more) => listener('stdout', text, more));
  const pipe = await openPipe(join(scripts, 'output'), lines.push);
  return {
    notices: [],
    scripts,
    async run({ name, directory, environment, onOutput }) {
      listener = onOutput;
      const running = startProcess({
        program: options.program,
        arguments: [join(scripts, name)],
        cwd: existsSync(directory) ? directory : '/',
        environment: { ...environment, ...marks },
        output: pipe.input,
      });
      if (running.group) groups.push(running.group);
      const end = await running.ended;
      pipe.drain();
      lines.end();
      groups = groups.filter((each) => each.exists());
      return end;
    },
    handOver: async () => {},
    async endAll() {
      const [[name, value] = ['', '']] = marker;
      await endProcesses({ groups, marker: `${name}=${value}`, ...(since && { since }) }, { grace: options.grace });
    },
    close() {
      pipe.drain();
      lines.end();
      pipe.close();
    },
    enter: (directory, environment) => [
      '/bin/sh',
      ...enterWords(join(scripts, environment), directory, options.program),
    ],
  };
}

/** This machine as it is. */
export function hostRooms(stateFolder: string): RoomKind {
  return {
    provisions: false,
    view: (setting, extraEnvironment, userEnvironment) => ({
      setting,
      extraEnvironment,
      userEnvironment,
      outsideEnvironment: {},
      shown: {},
    }),
    async open(request) {
      const program = shellProgram(request.shell);
      if (!program) return `the buildspec asks for ${request.shell}, which is not on this machine; install it`;
      const marker = [
        [BUILD_MARKER, request.uuid],
        [STATE_MARKER, stateFolder],
      ] as const;
      const room = await hostRoom({ program, scripts: request.scripts, marker, grace: request.grace });
      return { ...room, notices: [`on this machine, not in ${request.project.image}`] };
    },
  };
}

export const shellProgram = (shell: ShellName): string | undefined => SHELLS[shell].find((path) => existsSync(path));
