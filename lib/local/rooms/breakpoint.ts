import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock';
import { quote } from '../codebuild/shell';

/** Environment of a command that stands at a breakpoint, in the scripts' folder. */
export const BREAKPOINT_ENVIRONMENT = 'breakpoint.sh';
const DIRECTORY = 'breakpoint.dir';
const FOLDER = 'breakpoints';
const MARK = join(FOLDER, 'here');
/** Folder of programs below the scripts' folder; comes first on the build's PATH. */
export const PROGRAMS = 'bin';

/** Between two looks whether a command has come to a breakpoint, milliseconds. */
const LOOK = 200;

/**
 * Puts CodeBuild's `codebuild-breakpoint` and `codebuild-resume` (user guide, session-manager) where the build's commands find
 * them, and gives that folder as the build sees it. As there, a breakpoint has no effect unless the build may be held. `seen`:
 * the scripts' folder as the build sees it.
 */
export function installBreakpoint(scripts: string, seen: string, mayHold: boolean): string {
  const mark = `${seen}/${MARK}`;
  if (mayHold) mkdirSync(join(scripts, FOLDER), { recursive: true });
  const breakpoint = `#!/bin/sh
export -p > ${quote(`${seen}/${BREAKPOINT_ENVIRONMENT}`)}
pwd > ${quote(`${seen}/${DIRECTORY}`)}
: > ${quote(mark)}
while [ -e ${quote(mark)} ]; do sleep 0.2 2> /dev/null || sleep 1; done
`;
  writePrograms(join(scripts, PROGRAMS), mayHold ? breakpoint : PASSED, `#!/bin/sh\nrm -f ${quote(mark)}\n`);
  return `${seen}/${PROGRAMS}`;
}

/** The same for builds on this machine that may not be held: one folder for them all, which is made once. */
export function sharedBreakpoint(stateFolder: string): string {
  const folder = join(stateFolder, 'breakpoint');
  if (existsSync(folder)) return folder;
  const draft = `${folder}.part`;
  rmSync(draft, { recursive: true, force: true });
  writePrograms(draft, PASSED, '#!/bin/sh\n');
  renameSync(draft, folder);
  return folder;
}

const PASSED = `#!/bin/sh
echo "[slipway] codebuild-breakpoint: goes on; slipway run --pause-on-failure holds the build here"
`;

function writePrograms(folder: string, breakpoint: string, resume: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'codebuild-breakpoint'), breakpoint, { mode: 0o755 });
  writeFileSync(join(folder, 'codebuild-resume'), resume, { mode: 0o755 });
}

/** Looks for a breakpoint while a command runs; `onBreak` is asked for each one, and the command goes on when it has ended. */
export function watchBreakpoint(scripts: string, clock: Clock, onBreak: () => Promise<unknown>) {
  const over = new AbortController();
  const watching = (async () => {
    while ((await clock.sleep(LOOK, over.signal)) === 'elapsed') {
      if (!atBreakpoint(scripts)) continue;
      await onBreak();
      rmSync(join(scripts, MARK), { force: true });
    }
  })();
  return {
    async close(): Promise<void> {
      over.abort();
      await watching;
    },
  };
}

export const atBreakpoint = (scripts: string): boolean => existsSync(join(scripts, MARK));

/** Where the command at the breakpoint stands, as the build sees it. */
export const breakpointDirectory = (scripts: string): string =>
  readFileSync(join(scripts, DIRECTORY), 'utf8').slice(0, -1);
