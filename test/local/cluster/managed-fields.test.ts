import { kindOf } from '../../../lib/local/cluster/kinds';
import { misfits } from '../../../lib/local/cluster/managed-fields/check';
import { FieldSet } from '../../../lib/local/cluster/managed-fields/field-set';
import { afterUpdate, apply } from '../../../lib/local/cluster/managed-fields/ownership';
import { compare, fieldsIn, merge } from '../../../lib/local/cluster/managed-fields/typed';
import { shapeOf } from '../../../lib/local/cluster/schema/shape';
import type { KubeObject } from '../../../lib/local/cluster/types';

const shape = shapeOf(kindOf('Deployment'));
const app = (pod: object, spec: object = {}, metadata: object = {}): KubeObject =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a', ...metadata },
    spec: { ...spec, ...(Object.keys(pod).length > 0 ? { template: { spec: pod } } : {}) },
  }) as never;
const podOf = (object: unknown) =>
  (object as { spec: { template: { spec: { containers: { name: string; ports?: unknown[] }[] } } } }).spec.template
    .spec;
const writer = (manager: string) => ({ manager, operation: 'Apply' as const, apiVersion: 'apps/v1' });
const T1 = '2026-01-01T00:00:00Z';
const T2 = '2026-01-02T00:00:00Z';

describe('sets of fields', () => {
  const fields = {
    'f:spec': {
      'f:containers': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:name': {} } },
      'f:finalizers': { 'v:"x"': {} },
    },
  };
  test('are read and written as fieldsV1', () => {
    expect(FieldSet.parse(fields).toFields()).toEqual(fields);
  });
  test('name their paths as the API does', () => {
    expect(FieldSet.parse(fields).paths()).toEqual([
      '.spec.containers[containerPort=80,protocol="TCP"]',
      '.spec.containers[containerPort=80,protocol="TCP"].name',
      '.spec.finalizers[="x"]',
    ]);
  });
  test('are united, cut and subtracted by path, not by branch', () => {
    const a = FieldSet.parse({ 'f:x': { '.': {}, 'f:y': {} }, 'f:z': {} });
    const b = FieldSet.parse({ 'f:x': { 'f:y': {} } });
    expect(a.difference(b).toFields()).toEqual({ 'f:x': {}, 'f:z': {} });
    expect(a.intersection(b).toFields()).toEqual({ 'f:x': { 'f:y': {} } });
    expect(b.union(a).toFields()).toEqual(a.toFields());
    expect(a.meets(b)).toBe(true);
    expect(b.meets(FieldSet.parse({ 'f:x': {} }))).toBe(false);
  });
});

test('lists: by their keys with defaults, in the order of the configuration; atomic ones whole', () => {
  const names = (list: { name: string }[]) => list.map(({ name }) => name);
  const live = app({ containers: [{ name: 'a' }, { name: 'injected' }, { name: 'b', args: ['1', '2'] }] });
  const config = app({ containers: [{ name: 'b', args: ['3'] }, { name: 'a' }, { name: 'new' }] });
  const { containers } = podOf(merge(live, config, shape));
  expect(names(containers)).toEqual(['b', 'a', 'injected', 'new']);
  expect(containers[0]).toEqual({ name: 'b', args: ['3'] });
  const ports = (protocol: object) => app({ containers: [{ name: 'a', ports: [{ containerPort: 80, ...protocol }] }] });
  const merged = merge(ports({ protocol: 'TCP', name: 'x' }), ports({}), shape);
  expect(podOf(merged).containers[0]?.ports).toEqual([{ containerPort: 80, protocol: 'TCP', name: 'x' }]);
});

test('what appears is named with every map and list in it', () => {
  const labels = { metadata: { labels: { a: 'b' } }, spec: { strategy: { rollingUpdate: { maxSurge: 1 } } } };
  expect(compare({}, labels, shape).added.toFields()).toEqual({
    'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
    'f:spec': { 'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {} } } },
  });
});

test('atomic structs and maps are one field', () => {
  const selector = app({ nodeSelector: { a: 'b' } }, { selector: { matchLabels: { x: 'y' } } });
  expect(fieldsIn({ spec: selector['spec'] }, shape).paths()).toEqual([
    '.spec.selector',
    '.spec.template.spec.nodeSelector',
  ]);
});

test('what appears, changes and goes', () => {
  const { added, modified, removed } = compare(
    app({ containers: [{ name: 'a', image: '1' }, { name: 'b' }] }),
    app({ containers: [{ name: 'a', image: '2', tty: true }] }),
    shape,
  );
  const at = '.spec.template.spec.containers';
  expect(added.paths()).toEqual([`${at}[name="a"].tty`]);
  expect(modified.paths()).toEqual([`${at}[name="a"].image`]);
  expect(removed.paths()).toEqual([`${at}[name="b"]`, `${at}[name="b"].name`]);
});

describe('managers', () => {
  const applied = (live: KubeObject, config: KubeObject, manager: string, force = false, time = T1): KubeObject => {
    const result = apply(shape, live, config, writer(manager), time, force);
    if (!result.ok) throw new Error(result.errors.map(({ path }) => path).join());
    return result.value.object;
  };
  const bare = app({});

  test('an item that another manager holds a field of stays, with that field only', () => {
    const first = applied(bare, app({ containers: [{ name: 'a', image: '1' }] }), 'one');
    const second = applied(first, app({ containers: [{ name: 'a', tty: true }] }), 'two');
    const third = applied(second, app({}, { paused: true }), 'one');
    expect(podOf(third).containers).toEqual([{ name: 'a', tty: true }]);
  });

  test('an item goes with everything in it, also what the server filled in', () => {
    const first = applied(bare, app({ containers: [{ name: 'a' }, { name: 'b' }] }), 'one');
    for (const container of podOf(first).containers) Object.assign(container, { terminationMessagePath: '/x' });
    expect(podOf(applied(first, app({ containers: [{ name: 'a' }] }), 'one')).containers).toEqual([
      { name: 'a', terminationMessagePath: '/x' },
    ]);
  });

  test('forcing takes a field away; the same value is shared without', () => {
    const first = applied(bare, app({}, { replicas: 1 }), 'one');
    expect(() => applied(first, app({}, { replicas: 2 }), 'two')).toThrow('.spec.replicas');
    const shared = applied(first, app({}, { replicas: 1 }), 'two');
    expect(shared.metadata.managedFields).toHaveLength(2);
    const forced = applied(first, app({}, { replicas: 2 }), 'two', true);
    expect(forced.metadata.managedFields?.map(({ manager }) => manager)).toEqual(['two']);
  });

  test('an entry keeps its time while its fields stay', () => {
    const first = applied(bare, app({}, { replicas: 1 }), 'one');
    const same = applied(first, app({}, { replicas: 1 }), 'one', false, T2);
    expect(same.metadata.managedFields).toEqual(first.metadata.managedFields);
    const more = applied(first, app({}, { replicas: 1, paused: true }), 'one', false, T2);
    expect(more.metadata.managedFields?.[0]?.time).toBe(T2);
  });

  test('an update takes what it changes, and leaves the rest to the others', () => {
    const first = applied(bare, app({}, { replicas: 1, paused: true }), 'one');
    const next = { ...first, spec: { ...(first['spec'] as object), replicas: 3 } };
    const entries = afterUpdate(shape, first, next, { ...writer('ed'), operation: 'Update' }, T2);
    expect(entries.map(({ manager, fieldsV1 }) => [manager, fieldsV1])).toEqual([
      ['one', { 'f:spec': { 'f:paused': {} } }],
      ['ed', { 'f:spec': { 'f:replicas': {} } }],
    ]);
  });

  test('status and the rest are owned apart', () => {
    const first = applied(bare, app({}, { replicas: 1 }), 'one');
    const next = { ...first, status: { replicas: 1 } };
    const update = { ...writer('kcm'), operation: 'Update' as const };
    expect(afterUpdate(shape, first, next, update, T2)).toEqual(first.metadata.managedFields);
    const status = afterUpdate(shape, first, next, { ...update, subresource: 'status' }, T2);
    expect(status[1]).toMatchObject({ subresource: 'status', fieldsV1: { 'f:status': { 'f:replicas': {} } } });
  });
});

test.each([
  [app({ containers: {} }), /\.containers: expected list, got &\{\{\}\}/],
  [app({ containers: 'x' }), /\.containers: expected list, got &\{x\}/],
  [app({}, { paused: 1 }), /\.spec\.paused: expected boolean, got int64/],
])('misfits %#', (config, why) => {
  expect(misfits(config, shape).join()).toMatch(why);
});
