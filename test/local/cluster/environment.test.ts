import { amountOf } from '../../../lib/local/cluster/kubelet/downward';
import { expand, mapMounts } from '../../../lib/local/cluster/kubelet/environment';
import { check } from '../../../lib/local/cluster/kubelet/probe';
import { parseFieldSelector, parseLabelSelector } from '../../../lib/local/cluster/selectors';
import type { Container, KubeObject } from '../../../lib/local/cluster/types';

test.each([
  ['$(A)-$(B)', '1-$(B)'],
  ['$$(A) $$', '$(A) $'],
  ['$A ${A}', '$A ${A}'],
  ['$$$(A)', '$1'],
])('expansion of %s', (text, expected) => {
  expect(expand(text, { A: '1' })).toBe(expected);
});

const container: Container = {
  name: 'c',
  image: 'i',
  imagePullPolicy: 'Always',
  volumeMounts: [
    { name: 'etc', mountPath: '/etc/app' },
    { name: 'inner', mountPath: '/etc/app/inner/' },
    { name: 'file', mountPath: '/file', subPath: 'sub/x' },
    { name: 'tmp', mountPath: '/tmp' },
  ],
};
const volumes = { etc: '/v/etc', inner: '/v/inner', file: '/v/file', tmp: '/v/tmp' };

test.each([
  ['/etc/app', '/v/etc'],
  ['/etc/app/a.yaml', '/v/etc/a.yaml'],
  ['/etc/app/inner/b', '/v/inner/b'],
  ['--config=/etc/app/a', '--config=/v/etc/a'],
  ['cat "/etc/app/a";cat /file>/tmp/x', 'cat "/v/etc/a";cat /v/file/sub/x>/v/tmp/x'],
  ['/etc/application', '/etc/application'],
  ['/var/tmp/x', '/var/tmp/x'],
  ['http://host/tmp', 'http://host/tmp'],
])('mount paths in %s', (text, expected) => {
  expect(mapMounts(text, container, volumes)).toBe(expected);
});

test.each([
  ['500m', 0.5],
  ['64Mi', 67_108_864],
  ['1.5', 1.5],
  ['2k', 2_000],
  ['1e3', 1_000],
  ['5x', Number.NaN],
])('quantity %s', (text, expected) => {
  expect(amountOf(text)).toBe(expected);
});

const object = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    namespace: 'n',
    uid: '',
    resourceVersion: '',
    creationTimestamp: '',
    labels: { a: '1', b: '2' },
  },
  status: { phase: 'Running' },
} satisfies KubeObject;

test.each([
  ['a=1', true],
  ['a==1,b!=3', true],
  ['a!=1', false],
  ['a in (1, 2),b notin (3)', true],
  ['c notin (3)', true],
  ['a in (2)', false],
  ['a,!c', true],
  ['!a', false],
  ['', true],
])('label selector %s', (text, expected) => {
  expect(parseLabelSelector(text)?.(object)).toBe(expected);
});

test.each([
  ['metadata.name=p', true],
  ['metadata.name!=p', false],
  ['status.phase=Running,metadata.namespace==n', true],
  ['spec.nodeName=', true],
])('field selector %s', (text, expected) => {
  expect(parseFieldSelector(text)?.(object)).toBe(expected);
});

test('selectors that cannot be read are refused', () => {
  expect(parseLabelSelector('a=(b')).toBeUndefined();
  expect(parseFieldSelector('nonsense')).toBeUndefined();
});

test('probes of a kind that is not there say so', async () => {
  const target = { port: () => undefined, exec: async () => ({ code: 0, output: '' }) };
  const { signal } = new AbortController();
  expect(await check({ grpc: { port: 1 } }, target, 100, signal)).toEqual({
    ok: false,
    message: 'the embedded cluster knows httpGet, tcpSocket and exec probes',
  });
  expect(await check({ tcpSocket: { port: 'absent' } }, target, 100, signal)).toEqual({
    ok: false,
    message: "couldn't find port: absent",
  });
});
