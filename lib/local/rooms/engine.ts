import { spawn } from 'node:child_process';
import { err, ok, type Result } from '../../result';
import { lineSplitter } from '../codebuild/lines';
import { linesOf } from '../output-text';
import { type CommandResult, runCommand } from '../tools/command';
import { findProgram } from '../tools/kubectl';

export type EngineName = 'docker' | 'podman';

/** A container engine of this machine that answers. */
export interface Engine {
  readonly name: EngineName;
  /** Absolute path of its command line. */
  readonly program: string;
  readonly version: string;
  /** What it can limit; an engine without root often cannot. */
  readonly limits: { readonly cpus: boolean; readonly memory: boolean };
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  /** Words for `run` that the user adds: SLIPWAY_DOCKER_FLAGS, SLIPWAY_PODMAN_FLAGS, divided at blanks. */
  readonly flags: readonly string[];
  /** The user's environment, in which the program finds its daemon, its settings and its logins. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Looks for the engine on the user's PATH and asks it who it is. Says in words why there is none. */
export async function findEngine(
  name: EngineName,
  environment: Environment,
  signal: AbortSignal,
): Promise<Result<Engine, string>> {
  const program = findProgram(name, environment['PATH'] ?? '');
  if (!program) return err(`${name} is not on PATH`);
  const asked = await runCommand(program, ['info', '--format', '{{json .}}'], {
    environment,
    signal,
    timeout: 60_000,
  });
  const info = parse(asked.stdout);
  const read = name === 'docker' ? readDocker(info) : readPodman(info);
  if (asked.code !== 0 || read === undefined) return err(`${program} has no engine to talk to: ${reason(asked)}`);
  return ok({ name, program, ...read, flags: flagsOf(name, environment), environment });
}

type Answer = Pick<Engine, 'version' | 'limits' | 'cpus' | 'memory'>;

/** `docker info`: without a daemon its fields are empty. A `docker` that is Podman's own alias answers as Podman. */
function readDocker(info: Json | undefined): Answer | undefined {
  const version = info?.['ServerVersion'];
  if (typeof version !== 'string' || version === '') return readPodman(info);
  return {
    version,
    limits: { cpus: info?.['CpuCfsQuota'] === true, memory: info?.['MemoryLimit'] === true },
    cpus: Number(info?.['NCPU']),
    memory: Number(info?.['MemTotal']),
  };
}

function readPodman(info: Json | undefined): Answer | undefined {
  const host = info?.['host'] as Json | undefined;
  const version = (info?.['version'] as Json | undefined)?.['Version'];
  if (typeof version !== 'string' || !host) return undefined;
  const controllers = (host['cgroupControllers'] as string[] | null) ?? [];
  return {
    version,
    limits: { cpus: controllers.includes('cpu'), memory: controllers.includes('memory') },
    cpus: Number(host['cpus']),
    memory: Number(host['memTotal']),
  };
}

type Json = Readonly<Record<string, unknown>>;

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Variable that holds more words for `run` (and nothing else) of an engine. */
export const flagsVariable = (name: EngineName): string => `SLIPWAY_${name.toUpperCase()}_FLAGS`;

const flagsOf = (name: EngineName, environment: Environment): string[] =>
  (environment[flagsVariable(name)] ?? '').split(/\s+/).filter(Boolean);

/** The last line that a program printed that is no JSON. */
export const reason = ({ said }: CommandResult): string =>
  said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('{'))
    .at(-1) ?? 'it said nothing';

/** Asks the engine for something that takes a moment. Never rejects. */
export const ask = (engine: Engine, parameters: readonly string[], signal: AbortSignal): Promise<CommandResult> =>
  runCommand(engine.program, parameters, { environment: engine.environment, signal, timeout: 60_000 });

/** Runs a command of the engine that may take long (a pull) and passes its lines on as they come. */
export async function tell(
  engine: Engine,
  parameters: readonly string[],
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<number | undefined> {
  const child = spawn(engine.program, parameters, {
    env: engine.environment as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  for (const stream of [child.stdout, child.stderr]) {
    const lines = lineSplitter((text) => {
      for (const line of linesOf(text)) onLine(line);
    });
    stream.on('data', (chunk: Buffer) => lines.push(chunk));
    stream.on('end', () => lines.end());
  }
  return new Promise((resolve) => {
    child.once('error', (error) => {
      onLine(error.message);
      resolve(undefined);
    });
    child.once('close', (code) => resolve(code ?? undefined));
  });
}
