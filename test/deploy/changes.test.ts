import { changesBetween, printChange } from '../../lib/deploy/changes';
import { object } from './fakes';

const lines = (live: object | undefined, wanted: object, kind = 'Service'): string[] =>
  changesBetween(live && object(kind, 'web', live), object(kind, 'web', wanted)).flatMap(printChange);

test('what is not there is new', () => {
  expect(lines(undefined, { spec: {} })).toEqual(['+ Service/web']);
});

test.each([
  ['defaults of the server', { spec: { type: 'ClusterIP', port: 1 } }, { spec: { port: 1 } }],
  [
    'another way to write an amount',
    { spec: { cpu: '1', memory: '1Gi' } },
    { spec: { cpu: '1000m', memory: '1024Mi' } },
  ],
  ['an empty value', { spec: {} }, { spec: { a: '', b: false, c: null } }],
  ['the id of the release', {}, { metadata: { name: 'web', annotations: { 'slipway.dev/release': 'x' } } }],
  ['another order of named items', { a: [{ name: 'x' }, { name: 'y' }] }, { a: [{ name: 'y' }, { name: 'x' }] }],
])('%s: no change', (_what, live, wanted) => {
  expect(lines(live, wanted)).toEqual([]);
});

test.each([
  ['a value', { spec: { a: 1 } }, { spec: { a: 2 } }, ['-   spec.a: 1', '+   spec.a: 2']],
  ['a new value', { spec: {} }, { spec: { a: 2 } }, ['+   spec.a: 2']],
  [
    'an item by its name',
    { c: [{ name: 'x', image: 'a' }] },
    { c: [{ name: 'x', image: 'b' }] },
    ['-   c[x].image: "a"', '+   c[x].image: "b"'],
  ],
  ['an item that goes', { c: [{ name: 'x' }, { name: 'y' }] }, { c: [{ name: 'x' }] }, ['-   c[y]: {"name":"y"}']],
  ['a plain list', { args: ['a', 'b'] }, { args: ['a'] }, ['-   args: ["a","b"]', '+   args: ["a"]']],
])('%s', (_what, live, wanted, expected) => {
  expect(lines(live, wanted)).toEqual(['! Service/web', ...expected]);
});

test('values of Secrets are not shown', () => {
  const text = lines({ data: { token: 'b2xk' } }, { data: { token: 'bmV3' } }, 'Secret').join('\n');
  expect(text).toContain('data.token');
  expect(text).not.toMatch(/b2xk|bmV3/);
});
