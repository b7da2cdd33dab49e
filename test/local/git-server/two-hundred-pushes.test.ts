import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Clock } from '../../../lib/local/clock';
import type { DeliveryOutcome } from '../../../lib/local/events/bus';
import { fakeExecutors } from '../../../lib/local/executors/fake';
import { createPipelineHost } from '../../../lib/local/pipelines/create';
import type { PipelineHost } from '../../../lib/local/pipelines/host';
import type { Plan } from '../../../lib/local/plan';
import { planOf, SOURCE } from '../engine/harness';
import { pushRule, remove, type StandOptions, stand } from './fixture';

const PUSHES = 200;
const MODES = ['QUEUED', 'SUPERSEDED', 'PARALLEL'] as const;

/** The same numbers each time, from 0 to 1 (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** Every delivery three times, each time a while later than it came, so that they overtake each other. */
const duplicating = (random: () => number): NonNullable<StandOptions['courier']> => {
  return (deliver) => async (delivery) => {
    const late = async (): Promise<DeliveryOutcome> => {
      await turns(Math.floor(random() * 50));
      return deliver(delivery);
    };
    const outcomes = await Promise.all([late(), late(), late()]);
    return outcomes.find(({ status }) => status === 'delivered') ?? (outcomes[0] as DeliveryOutcome);
  };
};

/** A clock whose waits end when something of a pipeline has ended: there is room again then. */
function turningClock(): Clock & { turn(): void } {
  let waiting: (() => void)[] = [];
  return {
    now: () => new Date('2026-01-01T00:00:00Z'),
    sleep: (_, signal) =>
      signal.aborted
        ? Promise.resolve('aborted')
        : new Promise((resolve) => {
            waiting.push(() => resolve('elapsed'));
            signal.addEventListener('abort', () => resolve('aborted'), { once: true });
          }),
    turn() {
      const all = waiting;
      waiting = [];
      for (const wake of all) wake();
    },
  };
}

/** One command of the protocol that git push speaks (gitprotocol-pack): makes a branch of a commit that the remote has. */
async function pushBranch(url: URL, branch: string, commit: string): Promise<string> {
  const line = `${'0'.repeat(40)} ${commit} refs/heads/${branch}\0report-status\n`;
  const count = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  const pack = Buffer.concat([count, createHash('sha1').update(count).digest()]);
  const body = Buffer.concat([Buffer.from(`${(line.length + 4).toString(16).padStart(4, '0')}${line}0000`), pack]);
  const authorization = `Basic ${Buffer.from(`${url.username}:${url.password}`).toString('base64')}`;
  const answer = await fetch(`${url.origin}${url.pathname}/git-receive-pack`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-git-receive-pack-request' },
    body,
  });
  return answer.text();
}

/** Commits one after the other, by one process. */
function manyCommits(folder: string): string[] {
  const commits = Array.from({ length: PUSHES }, (_, index) => {
    const from = index === 0 ? 'from refs/heads/develop^0\n' : '';
    return `commit refs/heads/stock\nmark :${index + 1}\ncommitter Ada <ada@example.com> ${1_767_268_800 + index} +0000\ndata 1\nx\n${from}M 100644 inline f\ndata ${String(index).length}\n${index}\n`;
  });
  execFileSync('git', ['-C', folder, 'fast-import', '--quiet'], { input: commits.join('') });
  const listed = execFileSync('git', ['-C', folder, 'rev-list', '--reverse', 'develop..stock']).toString().trim();
  return listed.split('\n');
}

test('200 pushes at once, whose events come three times and out of order, give the executions that each mode promises', async () => {
  const clock = turningClock();
  const folder = mkdtempSync(join(tmpdir(), 'slipway-pushes-'));
  const pipelines = await Promise.all(
    MODES.map(async (executionMode) => {
      const plan: Plan = { ...planOf({ Build: { actions: ['Build'] } }, { executionMode }), pipeline: executionMode };
      const fake = fakeExecutors({ 'Source/Source': SOURCE });
      const host = await createPipelineHost({
        plan,
        executors: fake.executors,
        rules: { alarmState: () => undefined, clock },
        stateFolder: join(folder, executionMode),
      });
      host.subscribe(({ kind }) => kind === 'pipeline-ended' && setImmediate(clock.turn));
      return { executionMode, host, fake };
    }),
  );
  const hosts: Record<string, PipelineHost> = Object.fromEntries(
    pipelines.map(({ executionMode, host }) => [executionMode, host]),
  );
  const made = await stand({
    rules: MODES.map((mode) => pushRule(mode, [{ prefix: 'feature/' }], { attempts: 185 })),
    hosts,
    clock,
    courier: duplicating(seeded(1)),
  });
  const commits = manyCommits(made.user);
  await made.run(['push', '--quiet', made.server.url('visits'), 'refs/heads/stock']);

  const url = new URL(made.server.url('visits'));
  const answers = await Promise.all(commits.map((commit, index) => pushBranch(url, `feature/${index}`, commit)));
  expect(answers.filter((answer) => !/unpack ok\n.*ok refs\/heads\/feature\//s.test(answer))).toEqual([]);
  await made.bus.idle();
  await Promise.all(Object.values(hosts).map((host) => host.idle()));
  expect(made.warnings).toEqual([]);

  for (const { executionMode, host, fake } of pipelines) {
    const executions = host.executions();
    // Each commit once, and in the order in which they were let in.
    expect(executions).toHaveLength(PUSHES);
    const taken = new Map(
      fake.calls
        .filter(({ action }) => action.id === 'Source/Source')
        .map(({ context }) => [context.execution, context.sourceRevision]),
    );
    const statuses = new Set(executions.map(({ status }) => status));
    if (executionMode === 'SUPERSEDED') {
      expect([...statuses].filter((status) => status !== 'Succeeded' && status !== 'Superseded')).toEqual([]);
      expect(executions[0]?.status).toBe('Succeeded');
      expect(new Set(taken.values()).size).toBe(taken.size);
    } else {
      expect([...statuses]).toEqual(['Succeeded']);
      expect([...taken.values()].sort()).toEqual([...commits].sort());
    }
    if (executionMode === 'QUEUED')
      expect([...taken.keys()]).toEqual(executions.map(({ execution }) => execution).reverse());
    expect(new Set(executions.map(({ trigger }) => trigger.type))).toEqual(new Set(['CloudWatchEvent']));
  }
  await made.close();
  for (const { host } of pipelines) await host.close('stopped');
  remove(made.base);
  remove(folder);
}, 60_000);
