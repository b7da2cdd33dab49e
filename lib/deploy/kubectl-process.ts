import { spawn } from 'node:child_process';
import { err, ok, type Result } from '../result';
import type { Kubectl, KubectlFailure, KubectlOptions } from './kubectl';
import { classify } from './kubectl-failure';
import type { Clock, Log } from './ports';

export interface KubectlProcessOptions {
  readonly program: string;
  /** Before every command's own words, e.g. `--context x`. */
  readonly prefix?: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Seconds: for how long a command is tried again while the API is away. */
  readonly unreachable: number;
}

/** Attempts of a command that is answered 401: credentials are renewed, an authenticator hiccups; more often it lasts. */
const UNAUTHORIZED_ATTEMPTS = 3;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;

/** The real kubectl, one process a command. */
export function kubectlProcess(options: KubectlProcessOptions): Kubectl {
  const { clock, random, log, signal } = options;
  let calls = 0;
  const once = (args: readonly string[], given: KubectlOptions) => {
    calls++;
    return attempt(options, args, given);
  };

  const run = async (args: readonly string[], given: KubectlOptions = {}): Promise<Result<string, KubectlFailure>> => {
    if (!given.quiet) log.command(commandLine(['kubectl', ...(options.prefix ?? []), ...args]));
    const started = clock.now().getTime();
    for (let count = 1; ; count++) {
      const result = await once(args, given);
      if (result.ok) return result;
      const failure = await refine(result.errors[0] as KubectlFailure, () => once(['get', '--raw', '/version'], {}));
      const away = (clock.now().getTime() - started) / 1000;
      const again =
        (given.retry ?? true) &&
        ((isAway(failure) && away < options.unreachable) ||
          (failure.kind === 'unauthorized' && count < UNAUTHORIZED_ATTEMPTS));
      if (!again) return err(failure);
      if (count === 1) log.info(`kubectl ${args[0]}: ${failure.message}; trying again`);
      // Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
      const pause = random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** count);
      if ((await clock.sleep(pause, signal)) === 'aborted') return err(stopped(failure));
    }
  };
  return {
    run,
    get calls() {
      return calls;
    },
  };
}

const isAway = ({ kind }: KubectlFailure): boolean => kind === 'unreachable' || kind === 'throttled';

/** A lasting 401 reads "timed out" in commands that wait: one cheap question tells. */
async function refine(
  failure: KubectlFailure,
  probe: () => Promise<Result<string, KubectlFailure>>,
): Promise<KubectlFailure> {
  if (failure.kind !== 'unreachable' || !/timed out|did not end/.test(failure.message)) return failure;
  const answer = await probe();
  const [why] = answer.ok ? [] : answer.errors;
  return why?.kind === 'unauthorized' ? { ...failure, kind: 'unauthorized', message: why.message } : failure;
}

const stopped = (failure: Omit<KubectlFailure, 'kind' | 'message'>): KubectlFailure => ({
  ...failure,
  kind: 'stopped',
  message: 'the deployer was told to stop',
});

const KILL_AFTER = 3_000;

function attempt(
  { program, prefix = [], environment, signal }: KubectlProcessOptions,
  args: readonly string[],
  { input, timeoutSeconds = 60, accept = [0] }: KubectlOptions,
): Promise<Result<string, KubectlFailure>> {
  const out = { stdout: '', stderr: '' };
  if (signal.aborted) return Promise.resolve(err(stopped({ code: null, ...out })));
  const env = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined));
  return new Promise((resolve) => {
    const child = spawn(program, [...prefix, ...args], { env: env as NodeJS.ProcessEnv, stdio: 'pipe' });
    const timers: NodeJS.Timeout[] = [];
    const end = (): void => {
      child.kill('SIGTERM');
      timers.push(setTimeout(() => child.kill('SIGKILL'), KILL_AFTER));
    };
    let late = false;
    timers.push(
      setTimeout(() => {
        late = true;
        end();
      }, timeoutSeconds * 1000),
    );
    signal.addEventListener('abort', end, { once: true });
    const finish = (result: Result<string, KubectlFailure>): void => {
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve(result);
    };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (chunk: string) => {
        out[stream] += chunk;
      });
    }
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
    child.once('error', (error) => {
      const message = `cannot start ${program}: ${error.message}; is kubectl on PATH?`;
      finish(err({ kind: 'other', message, code: null, ...out }));
    });
    child.once('close', (code) => {
      if (code !== null && accept.includes(code)) finish(ok(out.stdout));
      else if (signal.aborted) finish(err(stopped({ code, ...out })));
      else if (late) {
        const message = `kubectl ${args[0]} did not end within ${timeoutSeconds} s`;
        finish(err({ kind: 'unreachable', message, code, ...out }));
      } else finish(err(classify(code, out.stdout, out.stderr)));
    });
  });
}

/** As a shell takes it. */
export const commandLine = (words: readonly string[]): string =>
  words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
