import { type ChildProcess, spawn } from 'node:child_process';

/** How a deployer ended. */
export interface Ended {
  /** Null: by a signal. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** `RolledBack`, as its last line says; absent when it was killed before. */
  readonly outcome?: string;
  /** Its last line, whole. */
  readonly said: string;
  /** Everything that it printed. */
  readonly output: string;
}

/** A deployer as a process of its own. */
export class Deployer {
  private output = '';
  private readonly waiting = new Set<() => void>();
  readonly ended: Promise<Ended>;

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        for (const look of this.waiting) look();
      });
    }
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        resolve(this.end(code, signal));
        for (const look of this.waiting) look();
      });
    });
  }

  static start(argv: readonly string[], environment: NodeJS.ProcessEnv, folder: string): Deployer {
    const [program = '', ...words] = argv;
    return new Deployer(spawn(program, words, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** Resolves when its output has something that fits; rejects when it ends without. */
  until(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.test(this.output);
        if (!found && this.child.exitCode === null && this.child.signalCode === null) return;
        this.waiting.delete(look);
        if (found) resolve();
        else reject(new Error(`the deployer ended and never said ${pattern}:\n${this.output}`));
      };
      this.waiting.add(look);
      look();
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  private end(code: number | null, signal: NodeJS.Signals | null): Ended {
    const { output } = this;
    const said = output.trimEnd().split('\n').at(-1) ?? '';
    const outcome = /^(Verified|RolledBack|Refused|Superseded|RollbackFailed|Error): /.exec(said)?.[1];
    return { code, signal, said, output, ...(outcome === undefined ? {} : { outcome }) };
  }
}
