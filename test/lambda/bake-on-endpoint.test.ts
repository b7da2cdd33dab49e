import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import type { AlarmState } from '../../lib/local/aws/alarms';
import type { Clock } from '../../lib/local/clock';
import { lambdaExecutor } from '../../lib/local/executors/lambda';
import type { Alarm } from '../../lib/local/template/alarm';
import { ACCOUNT, REGION, type Surroundings, surroundings } from '../local/aws/fixture';

const OTHER = '222222222222';
const arn = (name: string, account = ACCOUNT) => `arn:aws:cloudwatch:${REGION}:${account}:alarm:${name}`;
const COMPOSITE: Alarm = {
  kind: 'composite',
  name: 'visits-production',
  arn: arn('visits-production'),
  rule: 'ALARM("gone") OR ALARM("crashing")',
};
const metric = (name: string): Alarm => ({
  kind: 'metric',
  name,
  arn: arn(name),
  namespace: 'ContainerInsights',
  metricName: name,
  dimensions: [],
  statistic: 'Maximum',
  period: 60,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  threshold: 0,
  comparisonOperator: 'GreaterThanThreshold',
  treatMissingData: 'missing',
});

/** The cluster's, which is well throughout. */
const PLATFORM: Alarm = metric('visits_platform');

/** Of another account; always well. */
const THEIRS: readonly Alarm[] = [metric('theirs'), PLATFORM].map((alarm) => ({
  ...alarm,
  arn: arn(alarm.name, OTHER),
}));

/** The states of the composite alarm and its two children; each invocation of the bake takes the next. */
type States = readonly [AlarmState['state'], AlarmState['state'], AlarmState['state']];
let now: States;
let machine: Surroundings;
let service: Server;
let code: string;

beforeAll(async () => {
  service = createServer((request, response) =>
    response.end(request.url === '/version' ? '{"version":"2.0"}' : 'ready'),
  ).listen(0, '127.0.0.1');
  await once(service, 'listening');
  const states = () =>
    [COMPOSITE, metric('gone'), metric('crashing'), PLATFORM, ...THEIRS].map((alarm, index): AlarmState => {
      const state = now[index] ?? 'OK';
      return { alarm, state, reason: `${alarm.name} is ${state}`, since: new Date(0) };
    });
  machine = await surroundings({ alarms: { states }, otherAccounts: [OTHER] });
  code = join(machine.folder, 'bake');
  buildSync({
    entryPoints: [join(__dirname, '../../lambda/bake/index.ts')],
    outfile: join(code, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    logLevel: 'error',
  });
});
afterAll(async () => {
  service.close();
  await machine.close();
});

/** Bakes for one minute, at a rate at which the second check is the last. */
async function bakeThrough(alarm: string, ...states: States[]) {
  return bake({}, alarm, ...states);
}

interface Setting {
  readonly version?: string;
  /** Of the function; default: that of the pipeline. */
  readonly account?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

async function bake(
  { version = '2.0', account = ACCOUNT, environment = {} }: Setting,
  alarm: string,
  ...states: States[]
) {
  const [first, ...rest] = states;
  now = first as States;
  // Two checks of a minute's bake: the clock rate makes the milliseconds between two invocations longer than it.
  const clock: Clock = {
    now: () => new Date(0),
    sleep: async () => {
      now = rest.shift() ?? now;
      return 'elapsed';
    },
  };
  const executor = lambdaExecutor({
    endpoint: machine.endpoint,
    account: ACCOUNT,
    region: REGION,
    clock,
    clockRate: 60_000,
  });
  const workspace = join(machine.folder, `workspace-${Math.random()}`);
  mkdirSync(workspace);
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
      userParameters: JSON.stringify({
        alarm,
        platformAlarm: 'visits_platform',
        minutes: 1,
        url: `http://127.0.0.1:${(service.address() as AddressInfo).port}`,
        version,
        inconclusive: 'fail',
        ignoreAlarms: 'no',
      }),
      function: {
        name: 'visits-bake',
        logicalId: 'Bake',
        arn: `arn:aws:lambda:${REGION}:${account}:function:visits-bake`,
        handler: 'index.handler',
        runtime: 'nodejs24.x',
        code,
        environment,
        timeoutSeconds: 60,
        roleArn: `arn:aws:iam::${account}:role/visits-bake`,
      },
    },
    { pipeline: 'p', execution: 'e', workspace, inputs: {}, revisions: {} },
    (report) => report.kind === 'output' && lines.push(report.text),
    new AbortController().signal,
  );
  return { outcome, lines };
}

describe('the bundled bake, in a process of its own, against the local endpoint', () => {
  test('is healthy after its time, with nothing said but that', async () => {
    const { outcome, lines } = await bakeThrough('visits-production', ['OK', 'OK', 'OK'], ['OK', 'OK', 'OK']);
    expect(outcome).toMatchObject({ status: 'Succeeded' });
    expect(lines).toEqual([
      expect.stringMatching(/^alarm visits-production is OK and http:\S+ is 2\.0 after .* \(2 of 2 checks\)$/),
    ]);
    const calls = machine.endpoint.calls.map(
      ({ principal, service, operation }) => `${principal} ${service}:${operation}`,
    );
    const role = `arn:aws:iam::${ACCOUNT}:role/visits-bake`;
    expect([...new Set(calls)]).toEqual([
      `${role} cloudwatch:DescribeAlarms`,
      `${role} codepipeline:PutJobSuccessResult`,
    ]);
  });

  test('fails when the alarm fires while it bakes', async () => {
    const { outcome } = await bakeThrough('visits-production', ['OK', 'OK', 'OK'], ['ALARM', 'ALARM', 'OK']);
    expect(outcome).toMatchObject({
      status: 'Failed',
      reason: expect.stringContaining('visits-production is in ALARM'),
    });
  });

  test('is inconclusive when a child of the alarm has no data, though the alarm is OK', async () => {
    const { outcome } = await bakeThrough(
      'visits-production',
      ['OK', 'INSUFFICIENT_DATA', 'OK'],
      ['OK', 'INSUFFICIENT_DATA', 'OK'],
    );
    expect(outcome).toMatchObject({ status: 'Failed', reason: expect.stringContaining('nobody measures gone') });
  });

  test('fails when the service keeps answering as another version', async () => {
    const well = (): States => ['OK', 'OK', 'OK'];
    const { outcome, lines } = await bake({ version: '3.0' }, 'visits-production', well(), well(), well());
    expect(outcome).toMatchObject({ status: 'Failed', reason: expect.stringContaining('says 2.0, expected 3.0') });
    expect(lines.filter((line) => line.includes('says 2.0'))).toHaveLength(3);
  });

  test('in another account looks at the alarms there, and answers with a role of the pipeline’s account', async () => {
    const answer = `arn:aws:iam::${ACCOUNT}:role/visits-production-answer`;
    const from = machine.endpoint.calls.length;
    const well = (): States => ['OK', 'OK', 'OK'];
    const there = { account: OTHER, environment: { ANSWER_ROLE: answer } };
    expect((await bake(there, 'theirs', well(), well())).outcome).toMatchObject({ status: 'Succeeded' });
    const calls = machine.endpoint.calls
      .slice(from)
      .map(({ principal, service, operation }) => `${principal} ${service}:${operation}`);
    const own = `arn:aws:iam::${OTHER}:role/visits-bake`;
    expect([...new Set(calls)]).toEqual([
      `${own} sts:AssumeRole`,
      `${own} cloudwatch:DescribeAlarms`,
      `${answer} codepipeline:PutJobSuccessResult`,
    ]);
    const { outcome } = await bake({ account: OTHER }, 'theirs', well());
    expect(outcome).toMatchObject({ status: 'Failed', reason: expect.stringContaining('JobNotFoundException') });
  });

  test('takes a metric alarm too, and fails without its alarm', async () => {
    expect((await bakeThrough('gone', ['OK', 'OK', 'OK'])).outcome.status).toBe('Succeeded');
    expect((await bakeThrough('visits-staging', ['OK', 'OK', 'OK'])).outcome).toMatchObject({
      status: 'Failed',
      reason: expect.stringContaining('there is no alarm visits-staging'),
    });
  });
});
