import { spawn } from 'node:child_process';
import { err, ok, type Result } from '../../result';
import type { Helm } from './helm';

export interface HelmProcessOptions {
  /** With a PATH that has helm on it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Shows a command line in the log. */
  readonly onCommand?: (line: string) => void;
}

/** The real helm. It makes text of a chart and talks to no cluster. */
export function helmProcess({ environment, signal, onCommand }: HelmProcessOptions): Helm {
  return (args) => {
    onCommand?.(['helm', ...args].join(' '));
    return new Promise<Result<string, string>>((resolve) => {
      const child = spawn('helm', args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'], signal });
      const output = { stdout: '', stderr: '' };
      for (const stream of ['stdout', 'stderr'] as const)
        child[stream].setEncoding('utf8').on('data', (chunk: string) => {
          output[stream] += chunk;
        });
      child.once('error', (error: NodeJS.ErrnoException) =>
        resolve(err(error.code === 'ENOENT' ? MISSING : `helm did not run: ${error.message}`)),
      );
      child.once('close', (code) => {
        const words = output.stderr
          .trim()
          .replace(/^Error: /, '')
          .replace(/\s+/g, ' ');
        resolve(code === 0 ? ok(output.stdout) : err(words || `helm ended with ${code}`));
      });
    });
  };
}

const MISSING = 'helm is not on the PATH; install Helm 3.14 or newer, or use a kustomization or plain YAML';
