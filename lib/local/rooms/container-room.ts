import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lineSplitter } from '../codebuild/lines';
import type { ProcessEnd } from '../codebuild/process';
import { quote } from '../codebuild/shell';
import { linesOf } from '../output-text';
import { PROGRAMS } from './breakpoint';
import { containerName, type Mount, runFlags } from './container-flags';
import { outputReader } from './container-output';
import { BLIND, commandScript, handOverScript, initScript, OWN, READY, SCRIPTS } from './container-script';
import { ask, type Engine } from './engine';
import { enterWords } from './enter';
import { follow } from './follow';
import { forgetContainer, REMOVAL, recordContainer } from './records';
import type { Room, RoomRequest, RoomScript } from './room';

export interface ContainerRoomOptions {
  readonly engine: Engine;
  readonly stateFolder: string;
  /** What the engine is asked for. */
  readonly image: string;
  readonly mounts: readonly Mount[];
  readonly notices: readonly string[];
  readonly request: Pick<RoomRequest, 'uuid' | 'project' | 'shell' | 'scripts' | 'grace'>;
}

/** How long a container may take to end by itself beyond the grace, milliseconds. */
const LATE = 15_000;

/** Starts the container of one build; or says in words why there is none. */
export async function openContainer(options: ContainerRoomOptions, signal: AbortSignal): Promise<Room | string> {
  const { engine, stateFolder, request } = options;
  const name = containerName(stateFolder, request.uuid);
  writeScripts(request.scripts, request.grace);
  recordContainer(stateFolder, { program: engine.program, name });
  const flags = runFlags(engine, {
    name,
    stateFolder,
    uuid: request.uuid,
    image: options.image,
    project: request.project,
    mounts: [{ source: request.scripts, target: SCRIPTS }, ...options.mounts],
    command: ['/bin/sh', `${SCRIPTS}/init.sh`],
  });
  // Not of this process's group: Ctrl-C of the terminal is for the runner, which ends the container in order.
  const child = spawn(engine.program, flags, {
    env: engine.environment as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const container = watch(child);
  const stop = (): void => void child.stdin.end();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const ready = await container.ready;
  signal.removeEventListener('abort', stop);
  if (ready.bash === undefined) {
    forgetContainer(stateFolder, name);
    return signal.aborted
      ? 'stopped'
      : `${engine.name} could not start a container of ${options.image}: ${ready.reason}`;
  }
  const program = request.shell === 'bash' ? ready.bash : '/bin/sh';
  const room = containerRoom(options, name, child, container.ended, program);
  if (program !== '') return room;
  await room.endAll();
  room.close();
  return `the buildspec asks for bash, which is not in ${options.image}; install it there, or use /bin/sh`;
}

interface Watched {
  /** Path of bash in the container (empty: there is none), or why it did not start. */
  readonly ready: Promise<{ readonly bash: string } | { readonly bash?: never; readonly reason: string }>;
  readonly ended: Promise<void>;
}

function watch(child: ChildProcess): Watched {
  const said: string[] = [];
  child.stdin?.on('error', () => {});
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      said.push(error.message);
      resolve();
    });
    child.once('close', () => resolve());
  });
  const ready = new Promise<Awaited<Watched['ready']>>((resolve) => {
    const lines = lineSplitter((text) => {
      for (const line of linesOf(text)) if (line.startsWith(READY)) resolve({ bash: line.slice(READY.length).trim() });
    });
    child.stdout?.on('data', (chunk: Buffer) => lines.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    ended.then(() => {
      const words = said.join('').trim() || `it ended with exit status ${child.exitCode}`;
      const blind = 'the engine does not see the files of this machine: it must run on it, not behind DOCKER_HOST';
      resolve({ reason: child.exitCode === BLIND ? blind : words });
    });
  });
  return { ready, ended };
}

function writeScripts(folder: string, grace: number): void {
  const scripts = { 'init.sh': initScript(grace), 'command.sh': commandScript, 'hand-over.sh': handOverScript };
  for (const [name, text] of Object.entries(scripts)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  writeFileSync(join(folder, 'output.txt'), '', { mode: 0o600 });
  chmodSync(folder, 0o700);
}

function containerRoom(
  { engine, stateFolder, notices, request }: ContainerRoomOptions,
  name: string,
  child: ChildProcess,
  ended: Promise<void>,
  program: string,
): Room {
  const { scripts, grace } = request;
  const over = new AbortController();
  ended.then(() => {
    over.abort();
    forgetContainer(stateFolder, name);
  });

  let listener: RoomScript['onOutput'] = () => {};
  let finished = (_word: string, _status: number): boolean => false;
  const output = outputReader(
    (text, more) => listener('stdout', text, more),
    (word, status) => finished(word, status),
  );
  const follower = follow(join(scripts, 'output.txt'), output.push);

  /** Runs a program in the container to its end. */
  const exec = (words: readonly string[]): Promise<{ readonly status: number; readonly said: string }> =>
    new Promise((resolve) => {
      const running = spawn(engine.program, ['exec', name, ...words], {
        env: engine.environment as NodeJS.ProcessEnv,
        stdio: ['ignore', 'ignore', 'pipe'],
        detached: true,
      });
      let said = '';
      running.stderr.on('data', (chunk: Buffer) => {
        said = `${said}${chunk.toString()}`.slice(-2_000);
      });
      running.once('error', (error) => resolve({ status: 125, said: error.message }));
      running.once('exit', (code) => setImmediate(() => resolve({ status: code ?? 137, said: said.trim() })));
    });

  const run = async ({ name: file, environment, onOutput }: RoomScript): Promise<ProcessEnd> => {
    if (over.signal.aborted) return { kind: 'not-started', reason: 'the container is gone' };
    listener = onOutput;
    const word = randomUUID();
    const done = new Promise<ProcessEnd>((resolve) => {
      finished = (which, status) => {
        if (which === word) resolve(endOf(status));
        return which === word;
      };
    });
    if (environment) writeEnvironment(join(scripts, 'start.sh'), environment);
    const start = environment ? [`${SCRIPTS}/start.sh`] : [];
    const files = [`${SCRIPTS}/command.sh`, program, `${SCRIPTS}/${file}`, `${SCRIPTS}/output.txt`];
    const executed = exec(['/bin/sh', ...files, word, ...start]).then(({ status, said }): ProcessEnd => {
      follower.look();
      // Only if no end has come: the script's own shell is gone.
      return said === '' ? endOf(status) : { kind: 'not-started', reason: said };
    });
    const gone = new Promise<ProcessEnd>((resolve) => {
      const reason = 'the container ended under it (out of memory?)';
      ended.then(() => setImmediate(() => resolve({ kind: 'not-started', reason })));
    });
    const end = await Promise.race([done, executed.then((end) => Promise.race([done, end])), gone]);
    output.end();
    return end;
  };

  return {
    notices,
    scripts: SCRIPTS,
    run,
    async handOver() {
      if (!over.signal.aborted) await exec(['/bin/sh', `${SCRIPTS}/hand-over.sh`]);
    },
    async endAll() {
      child.stdin?.end();
      const timer = setTimeout(() => void removeContainer(engine, name), grace + LATE);
      await ended;
      clearTimeout(timer);
    },
    close() {
      follower.look();
      follower.close();
      output.end();
    },
    enter: (directory, environment) => [
      ...[engine.program, 'exec', '--interactive', '--tty', name, '/bin/sh'],
      ...enterWords(`${SCRIPTS}/${environment}`, directory, program),
    ],
  };
}

const endOf = (status: number): ProcessEnd => ({ kind: 'exit', code: status });

/** Removes one that does not end by itself. */
async function removeContainer(engine: Engine, name: string): Promise<void> {
  for (const words of REMOVAL) await ask(engine, [...words, name], AbortSignal.timeout(60_000));
}

/** What a command can take away again; the image's own variables stay under it. */
function writeEnvironment(file: string, environment: Readonly<Record<string, string>>): void {
  writeFileSync(file, `PATH=${SCRIPTS}/${PROGRAMS}:${OWN}/bin:$PATH; export PATH\n`, { mode: 0o600 });
  const variables = Object.entries(environment).filter(([name]) => /^[A-Za-z_]\w*$/.test(name));
  appendFileSync(file, variables.map(([name, value]) => `export ${name}=${quote(value)}\n`).join(''));
}
