import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { killGroup, processGroup } from '../codebuild/process-tree';

export interface FunctionCall {
  /** Folder of the function's code. */
  readonly code: string;
  /** `index.handler`: a module below `code`, and one of its exports. */
  readonly handler: string;
  readonly event: unknown;
  /** The whole environment of the process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Working folder. */
  readonly folder: string;
  readonly timeoutSeconds: number;
}

/** How an invocation ended. What the function thinks of its job is told elsewhere. */
export type FunctionEnd =
  | { readonly status: 'returned' }
  /** It threw, rejected, could not be loaded, or its process died. */
  | { readonly status: 'crashed'; readonly reason: string }
  | { readonly status: 'timed-out' }
  | { readonly status: 'stopped' };

type Message = { readonly error?: string };

/**
 * What runs in the child: loads the handler as Lambda does and says how it ended. A handler gives a promise or calls back
 * (Lambda, nodejs-handler); the process ends with the invocation, as the environment freezes on AWS.
 */
const BOOTSTRAP = `
const { join } = require('node:path');
const { existsSync } = require('node:fs');
const { pathToFileURL } = require('node:url');
const end = (message) => process.send(message, () => process.exit(0));
const fail = (error) => end({ error: error instanceof Error ? error.name + ': ' + error.message : String(error) });
process.on('uncaughtException', (error) => { console.error(error); fail(error); });
process.on('unhandledRejection', (error) => { console.error(error); fail(error); });
process.on('disconnect', () => process.exit(1));
process.once('message', async ({ code, handler, event, deadline, name, arn, request }) => {
  try {
    const dot = handler.lastIndexOf('.');
    const base = join(code, handler.slice(0, dot));
    const file = ['.js', '.mjs', '.cjs'].map((ending) => base + ending).find((path) => existsSync(path));
    if (file === undefined) throw new Error('no module ' + base + ' with the ending .js, .mjs or .cjs');
    const module = await import(pathToFileURL(file).href);
    const run = module[handler.slice(dot + 1)] ?? module.default?.[handler.slice(dot + 1)];
    if (typeof run !== 'function') throw new Error(file + ' exports no function ' + handler.slice(dot + 1));
    const context = {
      functionName: name, functionVersion: '$LATEST', invokedFunctionArn: arn, awsRequestId: request,
      memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME, logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
      getRemainingTimeInMillis: () => deadline - Date.now(),
    };
    const called = run.length > 2 && new Promise((resolve, reject) =>
      { context.back = (error, value) => (error ? reject(error) : resolve(value)); });
    const { back } = context;
    delete context.back;
    const returned = run(event, context, back);
    await (returned instanceof Promise || !called ? returned : called);
    end({});
  } catch (error) {
    console.error(error);
    fail(error);
  }
});
`;

/** How long output is waited for once the group is gone: a process that left the group may hold the pipe open. */
const LATE_OUTPUT_MILLISECONDS = 1000;

export interface FunctionIdentity {
  readonly name: string;
  readonly arn: string;
  readonly request: string;
}

/** Runs a Node.js function once, in a process and process group of its own, of which nothing is left afterwards. */
export async function invokeFunction(
  call: FunctionCall,
  identity: FunctionIdentity,
  onLine: (stream: 'stdout' | 'stderr', line: string) => void,
  signal: AbortSignal,
): Promise<FunctionEnd> {
  if (signal.aborted) return { status: 'stopped' };
  const child = spawn(process.execPath, ['-e', BOOTSTRAP], {
    cwd: call.folder,
    env: call.environment,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  const lines = Promise.all([
    readLines(child.stdout as Readable, (line) => onLine('stdout', line)),
    readLines(child.stderr as Readable, (line) => onLine('stderr', line)),
  ]);
  const group = child.pid === undefined ? undefined : processGroup(child.pid);
  child.once('exit', () => group?.leaderEnded());
  const milliseconds = call.timeoutSeconds * 1000;
  const end = await new Promise<FunctionEnd>((resolve) => {
    const timer = setTimeout(() => resolve({ status: 'timed-out' }), milliseconds);
    const onAbort = () => resolve({ status: 'stopped' });
    const finish = (result: FunctionEnd) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(result);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    let said: FunctionEnd | undefined;
    child.on('message', ({ error }: Message) => {
      said = error === undefined ? { status: 'returned' } : { status: 'crashed', reason: error };
    });
    child.on('error', (cause) => finish({ status: 'crashed', reason: `node could not be started: ${cause.message}` }));
    child.on('exit', (code, killed) =>
      finish(said ?? { status: 'crashed', reason: `the process ended with ${killed ?? `exit code ${code}`}` }),
    );
    const { code, handler, event } = call;
    child.send({ code, handler, event, deadline: Date.now() + milliseconds, ...identity }, () => {});
  });
  if (group) await killGroup(group);
  const streams = [child.stdout, child.stderr] as Readable[];
  const late = setTimeout(() => streams.map((stream) => stream.destroy()), LATE_OUTPUT_MILLISECONDS);
  await lines.catch(() => {});
  clearTimeout(late);
  return end;
}

async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  stream.on('error', () => {});
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) onLine(line);
}
