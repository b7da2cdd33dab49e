import { type SpawnOptions, spawn } from 'node:child_process';

/** A figure of ours against a yardstick, taken side by side in one run. */
export interface Figure {
  readonly name: string;
  /** Milliseconds, medians. */
  readonly ours: number;
  readonly yardstick: number;
  /** What the yardstick is. */
  readonly against: string;
  /** The ratio that we aim at: at most this. */
  readonly aim: number;
}

/** A figure that has no yardstick. */
export interface Amount {
  readonly name: string;
  readonly amount: number;
  readonly unit: string;
  /** What is counted. */
  readonly against: string;
  /** What we aim at: at most this. */
  readonly most: number;
}

/** A figure that could not be taken. */
export interface NotRun {
  readonly name: string;
  readonly why: string;
}

export type Line = Figure | Amount | NotRun;

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** Medians of both, alternating, so that whatever else the machine does meets both alike. The first round only warms up. */
export async function sideBySide(
  rounds: number,
  ours: () => Promise<unknown>,
  yardstick: () => Promise<unknown>,
): Promise<{ ours: number; yardstick: number }> {
  await ours();
  await yardstick();
  const a: number[] = [];
  const b: number[] = [];
  for (let round = 0; round < rounds; round++) {
    a.push(await timed(ours));
    b.push(await timed(yardstick));
  }
  return { ours: median(a), yardstick: median(b) };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Runs a command to its end; a figure for a command that failed would be worth nothing. */
export function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], ...options });
    let complaint = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`${command} ${args.join(' ')}: exit ${code}\n${complaint.slice(-2000)}`)),
    );
  });
}
