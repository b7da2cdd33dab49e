import { expect, test } from '@jest/globals';
import { watchInvoked } from '../../bin/invoked';
import type { PipelineOutcome } from '../../lib/local/engine';
import type { Event } from '../../lib/local/event';

function pipelines() {
  const listeners = new Map<string, (event: Event) => void>();
  const ends = new Map<string, (outcome: PipelineOutcome) => void>();
  const host = (name: string) => ({
    subscribe: (listener: (event: Event) => void) => {
      listeners.set(name, listener);
      return () => listeners.delete(name);
    },
    ended: (execution: string) => new Promise<PipelineOutcome>((resolve) => ends.set(execution, resolve)),
  });
  const hosts = new Map(['one', 'two', 'three'].map((name) => [name, host(name)]));
  const start = (name: string, execution: string) =>
    listeners.get(name)?.({ kind: 'pipeline-started', execution } as Event);
  const end = async (execution: string, status: 'Succeeded' | 'Failed') => {
    while (!ends.has(execution)) await new Promise(setImmediate);
    ends.get(execution)?.({ status, execution, reason: 'it broke' } as PipelineOutcome);
  };
  const texts: string[] = [];
  return { hosts, listeners, start, end, texts, reporter: { text: (text: string) => texts.push(text) } };
}

test('pipelines that an action has started are waited for, and those that they start in turn', async () => {
  const { hosts, listeners, start, end, texts, reporter } = pipelines();
  const settled = watchInvoked(hosts, 'one', reporter as never, new AbortController().signal);
  expect(listeners.has('one')).toBe(false);
  start('two', 'e2');
  const waiting = settled();
  start('three', 'e3');
  await end('e2', 'Succeeded');
  await end('e3', 'Failed');
  await waiting;
  expect(texts).toEqual([
    'two, started by this run, succeeded (e2)',
    'three, started by this run, failed (e3): it broke',
  ]);
  expect(listeners.size).toBe(0);
});

test('a stop ends the wait', async () => {
  const { hosts, start, texts, reporter } = pipelines();
  const abort = new AbortController();
  const settled = watchInvoked(hosts, 'one', reporter as never, abort.signal);
  start('two', 'e2');
  const waiting = settled();
  abort.abort();
  await waiting;
  expect(texts).toEqual([]);
});
