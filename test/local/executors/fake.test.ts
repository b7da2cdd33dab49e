import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ActionReport } from '../../../lib/local/executor';
import { FAKE_VARIABLE, type FakeStep, fakeExecutors } from '../../../lib/local/executors/fake';
import { buildAction } from '../engine/harness';

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'slipway-fake-'));
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

const execute = (
  step: FakeStep,
  fake = fakeExecutors(),
  signal = new AbortController().signal,
  reports: ActionReport[] = [],
) =>
  fake.executors.codebuild.execute(
    buildAction('Test', { name: 'Unit', outputs: ['Out'], environment: { [FAKE_VARIABLE]: JSON.stringify(step) } }),
    { pipeline: 'p', execution: 'e', workspace, inputs: {}, revisions: {} },
    (report) => reports.push(report),
    signal,
  );

describe('the fake executor, told by the environment of an action', () => {
  test('succeeds with its variables and writes the artifacts', async () => {
    const outcome = await execute({ variables: { V: '1' }, externalId: 'x' });
    const path = join(workspace, 'Out.zip');
    expect(outcome).toEqual({ status: 'Succeeded', variables: { V: '1' }, artifacts: { Out: path }, externalId: 'x' });
    expect(statSync(path).size).toBe(22);
  });

  test('fails, stops, throws and says what it is told', async () => {
    const reports: ActionReport[] = [];
    expect(
      await execute({ outcome: 'Failed', reason: 'r', output: ['a', 'b'] }, undefined, undefined, reports),
    ).toEqual({ status: 'Failed', reason: 'r' });
    expect(reports).toEqual(['a', 'b'].map((text) => ({ kind: 'output', stream: 'stdout', text })));
    expect((await execute({ outcome: 'Stopped' })).status).toBe('Stopped');
    await expect(execute({ throws: 'broken' })).rejects.toThrow('broken');
  });

  test('is held until it is released, or stopped', async () => {
    const fake = fakeExecutors();
    const held = execute({ hold: true }, fake);
    await fake.started('Test/Unit');
    fake.release('Test/Unit', { outcome: 'Failed', reason: 'changed its mind' });
    expect(await held).toEqual({ status: 'Failed', reason: 'changed its mind' });
    expect(() => fake.release('Test/Unit')).toThrow('Test/Unit is not running');
    expect((await execute({ hold: true }, fake, AbortSignal.abort())).status).toBe('Stopped');
  });
});
