import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../clock';
import { quote } from '../codebuild/shell';
import { PROGRAMS } from './breakpoint';

/**
 * Programs that a build in a container calls and that run on this machine: the stand-in for `docker`, since what it makes are
 * process images, which the embedded cluster runs here. The call is a folder in the scripts' folder; paths in it are mapped.
 */
export interface HandedOver {
  /** Name of the program for the build. */
  readonly name: string;
  /** Absolute path of the program here. */
  readonly program: string;
}

export interface RequestOptions {
  /** This machine's path of the scripts' folder. */
  readonly scripts: string;
  /** The same as the build sees it. */
  readonly seen: string;
  readonly programs: readonly HandedOver[];
  /** Folder as the build sees it -> folder of this machine. */
  readonly folders: Readonly<Record<string, string>>;
  /** The whole environment of the programs. */
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Pick<Clock, 'sleep'>;
}

const FOLDER = 'requests';
/** Between two looks for a call, milliseconds. */
const LOOK = 50;

/** Puts the callers where the build finds them, and answers until the function given is called; it ends what is running. */
export function answerRequests(options: RequestOptions): () => Promise<void> {
  const folder = join(options.scripts, FOLDER);
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(options.scripts, PROGRAMS), { recursive: true });
  for (const { name } of options.programs) {
    writeFileSync(join(options.scripts, PROGRAMS, name), caller(name, `${options.seen}/${FOLDER}`), { mode: 0o755 });
  }
  const over = new AbortController();
  const calls = new Set<Promise<void>>();
  const looking = (async () => {
    while ((await options.clock.sleep(LOOK, over.signal)) === 'elapsed') {
      if (!existsSync(folder)) continue;
      for (const entry of readdirSync(folder).filter((name) => name.endsWith('.asked'))) {
        const taken = join(folder, entry.replace(/asked$/, 'taken'));
        renameSync(join(folder, entry), taken);
        const call = answer(taken, options, over.signal).finally(() => calls.delete(call));
        calls.add(call);
      }
    }
  })();
  return async () => {
    over.abort();
    await looking;
    await Promise.all(calls);
  };
}

/** Standard input is taken along only where it is a pipe or a file: a terminal or an inherited socket has no end. */
const caller = (name: string, folder: string): string => `#!/bin/sh
umask 0
call=$(mktemp -d ${quote(folder)}/XXXXXX) && chmod 777 "$call" || exit 125
printf %s ${quote(name)} > "$call/name"
pwd > "$call/directory"
for word in "$@"; do printf '%s\\0' "$word"; done > "$call/words"
if [ -p /dev/stdin ] || [ -f /dev/stdin ]; then cat > "$call/input"; else : > "$call/input"; fi
: > "$call/output"
: > "$call/errors"
mv "$call" "$call.asked"
while [ ! -e "$call.taken/status" ]; do sleep 0.1 2> /dev/null || sleep 1; done
cat "$call.taken/output"
cat "$call.taken/errors" >&2
status=$(cat "$call.taken/status")
rm -rf "$call.taken"
exit "$status"
`;

async function answer(call: string, options: RequestOptions, signal: AbortSignal): Promise<void> {
  const read = (leaf: string): string => readFileSync(join(call, leaf), 'utf8');
  const here = (text: string): string =>
    Object.entries(options.folders).reduce((result, [seen, folder]) => result.replaceAll(seen, folder), text);
  const name = read('name');
  const program = options.programs.find((each) => each.name === name)?.program;
  const stands = read('directory').slice(0, -1);
  const directory = here(stands);
  const words = read('words').split('\0').slice(0, -1).map(here);
  const finish = (status: number, problem?: string): void => {
    if (problem !== undefined) writeFileSync(join(call, 'errors'), `${name}: ${problem}\n`);
    writeFileSync(join(call, 'draft'), String(status));
    renameSync(join(call, 'draft'), join(call, 'status'));
  };
  if (program === undefined) return finish(127, 'is not run here');
  if (directory === stands || !existsSync(directory)) {
    const folders = Object.keys(options.folders).join(', ');
    return finish(125, `runs on this machine, outside the container, and sees only ${folders}, not ${stands}`);
  }
  const files = [
    openSync(join(call, 'input'), 'r'),
    openSync(join(call, 'output'), 'w'),
    openSync(join(call, 'errors'), 'w'),
  ];
  const child = spawn(program, words, { cwd: directory, env: options.environment, stdio: files, signal });
  for (const file of files) closeSync(file);
  await new Promise<void>((resolve) => {
    child.once('error', (error) => {
      finish(125, error.message);
      resolve();
    });
    child.once('exit', (code) => {
      if (!signal.aborted) finish(code ?? 137);
      resolve();
    });
  });
}
