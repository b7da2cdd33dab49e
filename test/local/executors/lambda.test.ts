import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type JobResult, Jobs } from '../../../lib/local/aws/jobs';
import type { Clock } from '../../../lib/local/clock';
import type { Outcome } from '../../../lib/local/executor';
import { lambdaExecutor } from '../../../lib/local/executors/lambda';
import type { LambdaAction } from '../../../lib/local/plan';

let folder: string;
let server: Server;
let jobs: Jobs;
const revoked: string[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-lambda-'));
  // Stands for the endpoint: the body of a request to /<job> is the job's result.
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      jobs.report((request.url ?? '').slice(1), JSON.parse(body) as JobResult);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  jobs = new Jobs();
});

const PUT = `
const put = (event, result) => fetch(process.env.AWS_ENDPOINT_URL + '/' + event['CodePipeline.job'].id, {
  method: 'POST', body: JSON.stringify(result), headers: { connection: 'close' } });
const success = { status: 'Succeeded', variables: {} };
`;

let count = 0;

/** Invokes a function with this body: `exports.handler = …`; `put(event, result)` and `success` are there. */
async function invoke(
  body: string,
  more: Partial<Omit<LambdaAction, 'function'>> & {
    timeoutSeconds?: number;
    file?: string;
    handler?: string;
    runtime?: string;
    oversleep?: number;
  } = {},
  signal = new AbortController().signal,
  onLine: (line: string) => void = () => {},
): Promise<{ outcome: Outcome; lines: string[]; slept: number[]; log: string }> {
  const {
    timeoutSeconds = 20,
    file = 'index.js',
    handler = 'index.handler',
    runtime = 'nodejs22.x',
    oversleep = 1,
    ...action
  } = more;
  const code = join(folder, `code ${count++}`);
  const workspace = join(code, 'workspace');
  mkdirSync(workspace, { recursive: true });
  writeFileSync(join(code, file), PUT + body);
  const slept: number[] = [];
  let time = Date.UTC(2026, 0, 1);
  const clock: Clock = {
    now: () => new Date(time),
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      time += milliseconds * oversleep;
      return 'elapsed';
    },
  };
  const executor = lambdaExecutor({
    endpoint: {
      jobs,
      revoke: (accessKeyId) => revoked.push(accessKeyId),
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentialsFor: (roleArn) => ({
        accessKeyId: 'AKIA',
        secretAccessKey: 'secret',
        sessionToken: `token of ${roleArn}`,
      }),
    },
    account: '111122223333',
    region: 'eu-west-1',
    clock,
    clockRate: 60,
    newId: () => `job-${count++}`,
  });
  const lines: string[] = [];
  const outcome = await executor.execute(
    {
      kind: 'lambda',
      id: 'Production/Bake',
      stage: 'Production',
      name: 'Bake',
      runOrder: 3,
      inputs: [],
      outputs: [],
      function: {
        name: 'bake',
        logicalId: 'Bake',
        arn: 'arn:aws:lambda:eu-west-1:111122223333:function:bake',
        handler,
        runtime,
        code,
        environment: { OWN: 'own' },
        timeoutSeconds,
        roleArn: 'arn:aws:iam::111122223333:role/bake',
      },
      ...action,
    },
    { pipeline: 'p', execution: 'e', workspace, inputs: {}, revisions: {} },
    (report) => {
      if (report.kind !== 'output') return;
      lines.push(report.text);
      onLine(report.text);
    },
    signal,
  );
  return { outcome, lines, slept, log: join(workspace, 'log.txt') };
}

describe('a Lambda action', () => {
  test('succeeds by what the function puts at the endpoint, with its variables', async () => {
    const { outcome, lines, log } = await invoke(`exports.handler = async (event) => {
      console.log('checking'); await put(event, { ...success, variables: { SAMPLES: '3' } }); };`);
    expect(outcome).toMatchObject({
      status: 'Succeeded',
      variables: { SAMPLES: '3' },
      externalId: expect.stringMatching(/^job-/),
    });
    expect(lines).toEqual(['checking']);
    expect(readFileSync(log, 'utf8')).toBe('checking\n');
  });

  test('has the event of CodePipeline and the environment of Lambda, and nothing of the user', async () => {
    process.env['CANARY_OF_THE_USER'] = 'seen';
    const { lines } = await invoke(
      `exports.handler = async (event, context) => {
        console.log(JSON.stringify({ event, env: process.env, name: context.functionName, left: context.getRemainingTimeInMillis() > 1000 }));
        await put(event, success); };`,
      { userParameters: '{"alarm":"a"}' },
    );
    const { event, env, name, left } = JSON.parse(lines[0] ?? '');
    expect(event['CodePipeline.job']).toMatchObject({
      accountId: '111122223333',
      data: {
        actionConfiguration: { configuration: { FunctionName: 'bake', UserParameters: '{"alarm":"a"}' } },
        inputArtifacts: [],
        outputArtifacts: [],
        artifactCredentials: { accessKeyId: 'AKIA' },
      },
    });
    expect(event['CodePipeline.job'].data).not.toHaveProperty('continuationToken');
    expect(env).toMatchObject({
      OWN: 'own',
      AWS_LAMBDA_FUNCTION_NAME: 'bake',
      AWS_REGION: 'eu-west-1',
      AWS_SESSION_TOKEN: 'token of arn:aws:iam::111122223333:role/bake',
      SLIPWAY_CLOCK_RATE: '60',
    });
    expect(env).not.toHaveProperty('CANARY_OF_THE_USER');
    expect(revoked.at(-1)).toBe('AKIA');
    expect([name, left]).toEqual(['bake', true]);
  });

  test('goes on with its continuation token, a job of its own each time, until it is done', async () => {
    const { outcome, lines, slept } = await invoke(`exports.handler = async (event) => {
      const { id, data } = event['CodePipeline.job'];
      const seen = Number(data.continuationToken ?? 0);
      console.log(id + ' ' + seen);
      await put(event, seen < 2 ? { ...success, continuationToken: String(seen + 1) } : success); };`);
    expect(outcome.status).toBe('Succeeded');
    expect(lines.map((line) => line.split(' ')[1])).toEqual(['0', '1', '2']);
    expect(new Set(lines.map((line) => line.split(' ')[0])).size).toBe(3);
    expect(slept).toEqual([500, 500]);
  });

  test('that never gets done ends after 24 hours of its clock', async () => {
    const { outcome, slept } = await invoke(
      `exports.handler = (event) => put(event, { ...success, continuationToken: 'again' });`,
      { oversleep: 2000 },
    );
    expect(outcome).toMatchObject({ status: 'Failed', reason: expect.stringContaining('not done after 24 hours') });
    expect(slept).toHaveLength(2);
  });

  test('fails with the message that the function puts, and the end of its log', async () => {
    const { outcome } = await invoke(`exports.handler = async (event) => {
      console.error('looked at it'); await put(event, { status: 'Failed', message: 'alarm a is in ALARM' }); };`);
    expect(outcome).toMatchObject({ status: 'Failed', reason: 'alarm a is in ALARM\n  looked at it' });
  });

  test.each([
    ['returns without a result', 'exports.handler = async () => {};', 'ended without putting a result'],
    ['throws', `exports.handler = async () => { throw new TypeError('no alarm'); };`, 'crashed: TypeError: no alarm'],
    [
      'throws outside of its promise',
      `exports.handler = () => new Promise(() => setTimeout(() => { throw new Error('later'); }));`,
      'crashed: Error: later',
    ],
    ['ends its process', 'exports.handler = async () => process.exit(3);', 'the process ended with exit code 3'],
    [
      'is killed',
      `exports.handler = () => new Promise(() => process.kill(process.pid, 'SIGKILL'));`,
      'the process ended with SIGKILL',
    ],
    ['cannot be loaded', 'syntax error', 'crashed: SyntaxError'],
    ['exports no such handler', 'exports.other = 1;', 'exports no function handler'],
  ])('that %s fails, and says so', async (_, body, reason) => {
    const { outcome } = await invoke(body);
    expect(outcome).toMatchObject({ status: 'Failed', reason: expect.stringContaining(reason) });
  });

  test('that crashes after its result has that result', async () => {
    const { outcome } = await invoke(
      `exports.handler = async (event) => { await put(event, success); throw new Error('too late'); };`,
    );
    expect(outcome.status).toBe('Succeeded');
  });

  test('that hangs is ended at its time-out, with all that it has started', async () => {
    const { outcome, lines } = await invoke(
      `const { spawn } = require('node:child_process');
      exports.handler = () => new Promise(() => {
        const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
        console.log(child.pid); });`,
      { timeoutSeconds: 0.5 },
    );
    expect(outcome).toMatchObject({ status: 'Failed', reason: expect.stringContaining('timed out after 0.5 seconds') });
    expect(lines).toHaveLength(1);
    expect(await isGone(Number(lines[0]))).toBe(true);
  });

  test('is stopped by the signal, also while it waits to go on', async () => {
    const stop = new AbortController();
    const { outcome, lines } = await invoke(
      `exports.handler = () => new Promise(() => { console.log(process.pid); setInterval(() => {}, 1000); });`,
      {},
      stop.signal,
      () => stop.abort(),
    );
    expect(outcome.status).toBe('Stopped');
    expect(await isGone(Number(lines[0]))).toBe(true);
    expect((await invoke('', {}, AbortSignal.abort())).outcome.status).toBe('Stopped');
  });

  test('takes modules in both forms, handlers below a folder and callbacks', async () => {
    const module = await invoke(`export const handler = async (event) => { await put(event, success); };`, {
      file: 'index.mjs',
    });
    expect(module.outcome.status).toBe('Succeeded');
    const called = await invoke(
      `exports.run = (event, context, callback) => { put(event, success).then(() => callback(null, 'x')); };`,
      {
        handler: 'index.run',
      },
    );
    expect(called.outcome.status).toBe('Succeeded');
  });

  test('with artifacts or another runtime is refused by name', async () => {
    expect((await invoke('', { inputs: ['Package'] })).outcome).toMatchObject({
      reason: expect.stringContaining('artifacts (Package)'),
    });
    expect((await invoke('', { runtime: 'python3.12' })).outcome).toMatchObject({
      reason: expect.stringContaining('python3.12'),
    });
  });
});

/** A killed process may be seen for a moment until the system has done away with it. */
async function isGone(pid: number): Promise<boolean> {
  for (let turn = 0; turn < 200; turn++) {
    try {
      process.kill(pid, 0);
      if (readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) return true;
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
}
