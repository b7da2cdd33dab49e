import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Clock } from '../../../lib/local/clock';
import { type DeliveryOutcome, openBus } from '../../../lib/local/events/bus';
import type { EventContent } from '../../../lib/local/events/bus-event';
import type { Delivery } from '../../../lib/local/events/delivery';
import { openEventJournal } from '../../../lib/local/events/journal';
import { openNotifications } from '../../../lib/local/events/notifications';
import { deliverTo } from '../../../lib/local/events/targets';
import { pushRule, recordingHost, STILL } from '../git-server/fixture';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-bus-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const push = (branch: string, commitId = 'abc'): EventContent => ({
  source: 'aws.codecommit',
  'detail-type': 'CodeCommit Repository State Change',
  resources: ['arn:aws:codecommit:eu-west-1:111122223333:visits'],
  detail: { event: 'referenceUpdated', referenceType: 'branch', referenceName: branch, commitId },
});

let ids = 0;
const opened = (deliver: (delivery: Delivery) => Promise<DeliveryOutcome>, clock: Clock = STILL, attempts = 10) => {
  const warnings: string[] = [];
  const bus = openBus({
    account: '111122223333',
    region: 'eu-west-1',
    folder,
    rules: [pushRule('p', ['develop'], { attempts })],
    deliver,
    warn: (message) => warnings.push(message),
    clock,
    newId: () => `event-${++ids}`,
    random: () => 0,
  });
  return Object.assign(bus, { warnings });
};
const delivered = { status: 'delivered' as const, detail: 'x' };
const journal = () => join(folder, 'journal.jsonl');

test('an event is in the journal before its publication ends, and only if a rule is about it', async () => {
  const bus = opened(async () => delivered);
  await bus.publish([push('other')]);
  expect(readFileSync(journal(), 'utf8')).toBe('');
  await bus.publish([push('develop')]);
  expect(JSON.parse(readFileSync(journal(), 'utf8'))).toMatchObject({
    kind: 'events',
    events: [{ detail: { referenceName: 'develop' } }],
    deliveries: [{ target: 'arn:aws:codepipeline:eu-west-1:111122223333:p' }],
  });
  await bus.close();
});

test('what a killed process left undelivered, the next one delivers; what was delivered, not again', async () => {
  const first = opened(async () => delivered);
  // Never started, as one that is killed in this moment.
  await first.publish([push('develop', 'one'), push('develop', 'two')]);
  await first.close();
  const got: string[] = [];
  const keep = async ({ input }: Delivery) => {
    got.push(JSON.parse(input).sourceRevisions[0].revisionValue);
    return delivered;
  };
  const second = opened(keep);
  second.start();
  await second.idle();
  expect(got).toEqual(['one', 'two']);
  await second.close();
  const third = opened(keep);
  third.start();
  await third.idle();
  expect(got).toHaveLength(2);
  await third.close();
});

describe('a journal', () => {
  test.each([0, 1, 20])('that was cut %d bytes after a record loses that record alone', async (more) => {
    const first = opened(async () => delivered);
    await first.publish([push('develop', 'one')]);
    const whole = readFileSync(journal()).length;
    await first.publish([push('develop', 'two')]);
    await first.close();
    truncateSync(journal(), whole + more);
    const got: Delivery[] = [];
    const second = opened(async (delivery) => {
      got.push(delivery);
      return delivered;
    });
    second.start();
    await second.publish([push('develop', 'three')]);
    await second.idle();
    expect(got.map(({ input }) => JSON.parse(input).sourceRevisions[0].revisionValue)).toEqual(['one', 'three']);
    await second.close();
    for (const line of readFileSync(journal(), 'utf8').split('\n').slice(0, -1)) JSON.parse(line);
  });

  test('that cannot be written takes back the half that was, and says so', () => {
    const full = openEventJournal(journal(), undefined, (file, bytes) => {
      writeSync(file as number, (bytes as Buffer).subarray(0, 5));
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    });
    const record = { kind: 'refs' as const, repository: 'r', refs: {} };
    expect(() => full.append(record)).toThrow(/cannot write the journal of events .*ENOSPC/);
    full.close();
    expect(readFileSync(journal(), 'utf8')).toBe('');
  });

  test('with a line that is no record is an error that names the line', () => {
    writeFileSync(journal(), '{"kind":"refs","repository":"r","refs":{}}\nrubbish\n');
    expect(() => opened(async () => delivered)).toThrow(`${journal()}:2: expected a record of events`);
  });

  test('that has grown large is written anew with what counts', async () => {
    const first = opened(async () => delivered);
    first.seeded('r', { 'refs/heads/a': '1' });
    await first.publish([push('develop', 'one')]);
    await first.close();
    appendFileSync(
      journal(),
      `${JSON.stringify({ kind: 'ended', delivery: 'x', status: 'dead', detail: 'y'.repeat(500) })}\n`,
    );
    const before = openEventJournal(journal(), 100);
    before.close();
    expect(readFileSync(journal(), 'utf8')).not.toContain('yyy');
    const after = openEventJournal(journal());
    expect(after.before).toEqual(before.before);
    expect([after.before.pending.size, after.before.refs.get('r')]).toEqual([1, { 'refs/heads/a': '1' }]);
    after.close();
  });
});

describe('a target', () => {
  const attemptsUntil = async (answers: readonly DeliveryOutcome['status'][], attempts?: number) => {
    let count = 0;
    const waits: number[] = [];
    const clock: Clock = {
      now: STILL.now,
      sleep: async (milliseconds) => {
        waits.push(milliseconds);
        return 'elapsed';
      },
    };
    const bus = opened(
      async () => {
        const status = answers[Math.min(count++, answers.length - 1)];
        return status === 'delivered' ? delivered : { status: status ?? 'later', reason: 'busy' };
      },
      clock,
      attempts,
    );
    bus.start();
    await bus.publish([push('develop')]);
    await bus.idle();
    await bus.close();
    return { count, waits, warnings: bus.warnings };
  };

  test('that cannot take it now is tried again, with growing waits', async () => {
    expect(await attemptsUntil(['later', 'later', 'later', 'delivered'])).toEqual({
      count: 4,
      waits: [500, 1000, 2000],
      warnings: [],
    });
  });

  test('is given up when the policy of the rule is at its end, and that is told', async () => {
    const { count, warnings } = await attemptsUntil(['later'], 3);
    expect(count).toBe(4);
    expect(warnings).toEqual([expect.stringMatching(/rule\/p-push could not be delivered to .*:p: busy/)]);
  });

  test('that refuses is not tried again', async () => {
    const { count, warnings } = await attemptsUntil(['refused']);
    expect([count, warnings.length]).toEqual([1, 1]);
  });

  test('that breaks is tried again', async () => {
    let count = 0;
    const bus = opened(async () => {
      if (++count === 1) throw new Error('broken');
      return delivered;
    });
    bus.start();
    await bus.publish([push('develop')]);
    await bus.idle();
    expect(count).toBe(2);
    await bus.close();
  });
});

test('a rule that is disabled is about nothing, until it is enabled', async () => {
  const got: Delivery[] = [];
  const bus = opened(async (delivery) => {
    got.push(delivery);
    return delivered;
  });
  bus.start();
  expect([bus.setEnabled('p-push', false), bus.setEnabled('none', false)]).toEqual([true, false]);
  await bus.publish([push('develop')]);
  bus.setEnabled('p-push', true);
  await bus.publish([push('develop')]);
  await bus.idle();
  expect(got).toHaveLength(1);
  await bus.close();
});

describe('what is delivered', () => {
  const topicArn = 'arn:aws:sns:eu-west-1:111122223333:t';
  const targets = () => {
    const host = recordingHost();
    const shown: string[] = [];
    const notifications = openNotifications({
      file: join(folder, 'notifications.jsonl'),
      topics: [{ name: 't', arn: topicArn, displayName: 'Team' }],
      show: ({ message }) => shown.push(message),
      now: STILL.now,
    });
    return { host, shown, deliver: deliverTo({ pipelines: () => new Map([['p', host]]), notifications }) };
  };
  const delivery = (target: string, input: string, id = 'd1'): Delivery => ({
    id,
    event: 'e',
    rule: 'arn:rule',
    target,
    input,
    trigger: { type: 'CloudWatchEvent', detail: 'arn:rule' },
    retry: { seconds: 60, attempts: 0 },
    since: '2026-01-01T00:00:00Z',
  });
  const pipeline = 'arn:aws:codepipeline:eu-west-1:111122223333:p';

  test('to a pipeline twice starts it once; by another rule once more', async () => {
    const { host, deliver } = targets();
    const input = '{"variables":[{"name":"Environment","value":"x"}]}';
    expect(await deliver(delivery(pipeline, input))).toEqual({ status: 'delivered', detail: 'execution-1' });
    expect(await deliver(delivery(pipeline, input))).toEqual({ status: 'delivered', detail: 'execution-1' });
    expect(await deliver(delivery(pipeline, input, 'd2'))).toEqual({ status: 'delivered', detail: 'execution-2' });
    expect(host.started[0]).toEqual({
      trigger: { type: 'CloudWatchEvent', detail: 'arn:rule' },
      token: 'd1',
      variables: { Environment: 'x' },
    });
  });

  test('to a pipeline as the whole event starts it without revisions', async () => {
    const { host, deliver } = targets();
    await deliver(delivery(pipeline, JSON.stringify({ source: 'aws.s3', detail: {} })));
    expect(host.started).toEqual([{ trigger: { type: 'CloudWatchEvent', detail: 'arn:rule' }, token: 'd1' }]);
  });

  test('to a topic is kept and shown', async () => {
    const { shown, deliver } = targets();
    await deliver(delivery(topicArn, '"Pipeline p failed."'));
    await deliver(delivery(topicArn, '{"a":1}'));
    expect(shown).toEqual(['Pipeline p failed.', '{"a":1}']);
    const [first] = readFileSync(join(folder, 'notifications.jsonl'), 'utf8').split('\n');
    expect(JSON.parse(first ?? '')).toEqual({
      time: '2026-01-01T00:00:00.000Z',
      topicArn,
      messageId: 'd1',
      message: 'Pipeline p failed.',
    });
  });

  test.each([
    ['an input that is no start', pipeline, '{"sourceRevisions":[{"actionName":1}]}', /no StartPipelineExecution/],
    ['a pipeline that is not here', `${pipeline}x`, '{}', /no pipeline px here/],
    ['a topic that is not here', `${topicArn}x`, '""', /no topic/],
    [
      'a target of another service',
      'arn:aws:lambda:eu-west-1:111122223333:function:f',
      '{}',
      /lambda is not supported/,
    ],
  ])('is refused: %s', async (_, target, input, reason) => {
    expect(await targets().deliver(delivery(target, input))).toEqual({
      status: 'refused',
      reason: expect.stringMatching(reason),
    });
  });
});
