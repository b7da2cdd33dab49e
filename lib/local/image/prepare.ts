import { spawn } from 'node:child_process';
import { err, ok, type Result } from '../../result';
import { endProcesses, killGroup, processGroup } from '../codebuild/process-tree';

export interface PrepareOptions {
  readonly command: string;
  /** Working folder: the build context. */
  readonly context: string;
  /** The image's root, which the command completes; it finds it as IMAGE_ROOT. */
  readonly root: string;
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly onOutput?: (line: string) => void;
  /** Milliseconds; default 15 minutes. */
  readonly timeout?: number;
}

const PASSED =
  /^(PATH|LANG|LC_ALL|TMPDIR|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|(HTTP|HTTPS|ALL|NO)_PROXY|(http|https|all|no)_proxy|(UV|PIP|NPM_CONFIG)_.*|npm_config_.*)$/;
const GRACE = 5_000;
const TAIL = 40;

/**
 * Runs `local.prepare` with sh -e. As the RUN lines that it replaces, it sees nothing of the build's variables: only what a
 * program needs to find its tools, its package index and its cache. A failure's reason ends in the output's last
 * lines, unless `onOutput` has told them.
 */
export async function runPrepare(options: PrepareOptions, signal: AbortSignal): Promise<Result<void, string>> {
  const passed = Object.entries(options.environment).filter(([name]) => PASSED.test(name));
  const child = spawn('/bin/sh', ['-e', '-c', options.command], {
    cwd: options.context,
    env: { ...Object.fromEntries(passed), HOME: options.home, IMAGE_ROOT: options.root },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const group = child.pid === undefined ? undefined : processGroup(child.pid);
  const tail: string[] = [];
  const tell = (line: string): unknown => {
    if (options.onOutput) return options.onOutput(line);
    tail.push(line);
    if (tail.length > TAIL) tail.shift();
    return undefined;
  };
  for (const stream of [child.stdout, child.stderr]) lines(stream, tell);

  let stopped: string | undefined;
  let ending: Promise<void> | undefined;
  const stop = (reason: string): void => {
    stopped ??= reason;
    if (group) ending ??= endProcesses({ groups: [group] }, { grace: GRACE });
  };
  const onAbort = (): void => stop('stopped');
  const timeout = options.timeout ?? 15 * 60_000;
  const timer = setTimeout(() => stop(`not finished after ${timeout / 1000} s`), timeout);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const ended = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', () => group?.leaderEnded());
    child.once('close', (code, killedBy) => resolve(code === 0 ? undefined : `exit ${code ?? killedBy}`));
  });
  clearTimeout(timer);
  signal.removeEventListener('abort', onAbort);
  await ending;
  if (group) await killGroup(group);
  const reason = stopped ?? ended;
  return reason === undefined
    ? ok(undefined)
    : err([`local.prepare failed (${reason}): ${options.command}`, ...tail].join('\n'));
}

function lines(stream: NodeJS.ReadableStream, tell: (line: string) => unknown): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const parts = (rest + chunk).split(/\r?\n|\r/);
    rest = parts.pop() ?? '';
    for (const part of parts) tell(part);
  });
  stream.on('end', () => {
    if (rest) tell(rest);
  });
}
