import { spawn } from 'node:child_process';
import { err, ok, type Result } from '../../result';
import type { KubectlProcessOptions } from '../kubectl-process';
import { commandLine } from '../kubectl-process';

/** The API on loopback without credentials, for requests to pods: `kubectl proxy`. */
export interface ApiProxy {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): void;
}

/** Starts one for a namespace; it ends with `close` or as soon as the signal aborts. */
export type OpenApiProxy = (namespace: string, signal: AbortSignal) => Promise<Result<ApiProxy, string>>;

const STARTED = /Starting to serve on (127\.0\.0\.1:\d+)/;
const START_TIMEOUT = 15_000;

/**
 * Only requests to pods of the namespace get through it: whoever else is on this machine can reach its port.
 * https://kubernetes.io/docs/reference/kubectl/generated/kubectl_proxy/
 */
export const apiProxy =
  ({
    program,
    prefix = [],
    environment,
    log,
  }: Pick<KubectlProcessOptions, 'program' | 'prefix' | 'environment' | 'log'>): OpenApiProxy =>
  (namespace, signal) => {
    const accept = `^/api/v1/namespaces/${namespace}/pods/[^/]+/proxy(/.*)?$`;
    const args = [...prefix, 'proxy', '--port', '0', '--accept-paths', accept];
    log.command(commandLine(['kubectl', ...args]));
    return new Promise((resolve) => {
      const child = spawn(program, args, {
        env: environment as NodeJS.ProcessEnv,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const end = (): void => {
        child.kill('SIGTERM');
      };
      const timer = setTimeout(end, START_TIMEOUT);
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
      let said = '';
      const hear = (chunk: string): void => {
        said = `${said}${chunk}`.slice(-4000);
        const address = STARTED.exec(said)?.[1];
        if (address === undefined) return;
        clearTimeout(timer);
        resolve(ok({ url: `http://${address}`, close: end }));
      };
      child.stdout.setEncoding('utf8').on('data', hear);
      child.stderr.setEncoding('utf8').on('data', hear);
      child.once('error', (error) => resolve(err(`cannot start ${program}: ${error.message}`)));
      child.once('close', () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve(err(`kubectl proxy did not start: ${said.trim() || 'it said nothing'}`));
      });
    });
  };
