import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Store } from '../../../lib/local/cluster/store/store';
import type { KubeObject } from '../../../lib/local/cluster/types';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-store-'));
  file = join(folder, 'objects.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const object = (name: string, data: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', uid: name, resourceVersion: '', creationTimestamp: '' },
  data,
});

test('objects and the revision survive, also without an orderly end', () => {
  const store = Store.open(file);
  store.put(object('a'));
  store.put(object('b', { key: '1' }));
  store.put(object('b', { key: '2' }));
  store.remove('ConfigMap', 'default', 'a');
  const again = Store.open(file);
  expect(again.list('ConfigMap').map((o) => [o.metadata.name, o['data'], o.metadata.resourceVersion])).toEqual([
    ['b', { key: '2' }, '3'],
  ]);
  expect(again.put(object('c')).metadata.resourceVersion).toBe('5');
});

test('the revision goes on although every object is gone', () => {
  const store = Store.open(file);
  store.put(object('a'));
  store.remove('ConfigMap', 'default', 'a');
  store.close();
  Store.open(file).close();
  expect(Store.open(file).revision).toBe(2);
});

test('a line torn by the death of its writer is left out', () => {
  const store = Store.open(file);
  store.put(object('a'));
  appendFileSync(file, '{"revision":2,"key":"ConfigMap/default/b","object":{"apiV');
  const again = Store.open(file);
  expect(again.list('ConfigMap')).toHaveLength(1);
  again.put(object('c'));
  expect(Store.open(file).list('ConfigMap')).toHaveLength(2);
});

test('the file does not grow with every change', () => {
  const store = Store.open(file);
  for (let i = 0; i < 5_000; i++) store.put(object('a', { i: String(i) }));
  expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThan(2_100);
  expect(Store.open(file).get('ConfigMap', 'default', 'a')?.['data']).toEqual({ i: '4999' });
});

test('a watch gets what came after its revision, or hears that this is forgotten', () => {
  const store = Store.open(file);
  for (let i = 0; i < 6_000; i++) store.put(object('a', { i: String(i) }));
  expect(store.since(5_998)?.map((change) => change.revision)).toEqual([5_999, 6_000]);
  expect(store.since(6_000)).toEqual([]);
  expect(store.since(10)).toBeUndefined();
  expect(Store.open(file).since(5_000)).toBeUndefined();
});

test('a list is sorted, of its namespace, up to date, and the caller may change it', () => {
  const store = Store.open(file);
  const other = { ...object('a'), metadata: { ...object('a').metadata, namespace: 'other' } };
  for (const each of [object('c'), object('b'), other]) store.put(each);
  const names = (namespace?: string) =>
    store.list('ConfigMap', namespace).map((o) => `${o.metadata.namespace}/${o.metadata.name}`);
  expect(names()).toEqual(['default/b', 'default/c', 'other/a']);
  store.list('ConfigMap', 'default').reverse();
  store.put(object('a'));
  store.remove('ConfigMap', 'default', 'c');
  store.put(object('b', { key: 'new' }));
  expect(names('default')).toEqual(['default/a', 'default/b']);
  expect(names()).toEqual(['default/a', 'default/b', 'other/a']);
  expect(store.list('ConfigMap', 'default')[1]?.['data']).toEqual({ key: 'new' });
});
