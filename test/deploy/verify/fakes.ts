import type { Kubectl, KubectlFailure } from '../../../lib/deploy/kubectl';
import type { Ports } from '../../../lib/deploy/ports';
import type { Snapshot } from '../../../lib/deploy/verdict';
import { err, ok, type Result } from '../../../lib/result';
import { START } from './world';

export interface Fakes {
  readonly ports: Pick<Ports, 'kubectl' | 'clock' | 'random' | 'fetch' | 'log' | 'signal'>;
  readonly lines: string[];
  readonly commands: string[];
  /** Seconds since the start. */
  readonly now: () => number;
  readonly abort: () => void;
  readonly sleeps: number[];
}

export const failure = (kind: KubectlFailure['kind'], message: string = kind): KubectlFailure => ({
  kind,
  message,
  code: 1,
  stdout: '',
  stderr: message,
});

/** A world whose time passes only while somebody sleeps. `answer` is asked for each kubectl command, with the seconds that have passed. */
export function fakes(
  answer: (args: readonly string[], seconds: number) => string | KubectlFailure,
  fetchAnswer: (url: string, seconds: number, init: RequestInit) => Promise<Response> = () =>
    Promise.reject(new Error('none')),
): Fakes {
  let now = START;
  const lines: string[] = [];
  const commands: string[] = [];
  const sleeps: number[] = [];
  const abort = new AbortController();
  const seconds = (): number => (now - START) / 1000;
  const kubectl: Kubectl = {
    calls: 0,
    run: async (args): Promise<Result<string, KubectlFailure>> => {
      commands.push(args.join(' '));
      const given = answer(args, seconds());
      return typeof given === 'string' ? ok(given) : err(given);
    },
  };
  return {
    lines,
    commands,
    sleeps,
    now: seconds,
    abort: () => abort.abort(),
    ports: {
      kubectl,
      clock: {
        now: () => new Date(now),
        sleep: async (milliseconds, signal) => {
          if (signal.aborted) return 'aborted';
          sleeps.push(milliseconds);
          now += Math.max(1, milliseconds);
          return 'elapsed';
        },
      },
      random: () => 0.5,
      fetch: ((url: string, init: RequestInit) => fetchAnswer(url, seconds(), init)) as typeof fetch,
      log: { step: () => {}, info: (line) => lines.push(line), command: () => {} },
      signal: abort.signal,
    },
  };
}

/** As `kubectl get -o json` prints it. */
export const listOf = ({ workloads, replicaSets, pods, events, controllerRevisions = [] }: Snapshot): string =>
  JSON.stringify({ kind: 'List', items: [...workloads, ...replicaSets, ...pods, ...events, ...controllerRevisions] });
