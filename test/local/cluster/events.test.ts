import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Recorder } from '../../../lib/local/cluster/events';
import { Store } from '../../../lib/local/cluster/store/store';
import type { ClusterEvent, KubeObject } from '../../../lib/local/cluster/types';

let folder: string;
let store: Store;
let now = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-events-'));
  store = Store.open(join(folder, 'objects.jsonl'));
  store.put(namespace);
  now = Date.parse('2026-01-01T00:00:00Z');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const metadata = { uid: 'n', resourceVersion: '', creationTimestamp: '' };
const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', ...metadata } };
const pod = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...metadata, name, namespace: 'default', uid: name },
});
const recorder = () => new Recorder(store, { now: () => now });
const events = () => store.list<ClusterEvent>('Event', 'default');

test('the same said again counts up, also after a restart; anything else is an event of its own', () => {
  const first = recorder();
  first.record(pod('a'), 'Warning', 'BackOff', 'again', 'kubelet');
  now += 60_000;
  first.record(pod('a'), 'Warning', 'BackOff', 'again', 'kubelet');
  recorder().record(pod('a'), 'Warning', 'BackOff', 'again', 'kubelet');
  expect(events()).toMatchObject([
    { count: 3, firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:01:00Z' },
  ]);
  first.record(pod('b'), 'Warning', 'BackOff', 'again', 'kubelet');
  first.record(pod('a'), 'Warning', 'BackOff', 'again', 'kubelet', 'spec.containers{c}');
  expect(events()).toHaveLength(3);
});

test('what was said longest ago goes first, and an event that somebody deleted is said anew', () => {
  const saying = recorder();
  saying.record(pod('a'), 'Normal', 'First', 'm', 'c');
  saying.record(pod('a'), 'Normal', 'Second', 'm', 'c');
  saying.record(pod('a'), 'Normal', 'First', 'm', 'c');
  for (let i = 0; i < 500; i++) saying.record(pod('a'), 'Normal', 'Other', String(i), 'c');
  const reasons = events().map((event) => event.reason);
  expect(reasons).not.toContain('Second');
  expect(reasons.length).toBeLessThanOrEqual(501);
  for (const event of events()) store.remove('Event', 'default', event.metadata.name);
  saying.record(pod('a'), 'Normal', 'Other', '499', 'c');
  expect(events()).toMatchObject([{ message: '499', count: 1 }]);
});
