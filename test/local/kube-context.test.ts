import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { copyContext } from '../../lib/local/kube-context';
import { kubectlProgram } from './cluster/harness';

let folder: string;
let binFolder: string;

beforeAll(async () => {
  binFolder = dirname(await kubectlProgram());
  folder = mkdtempSync(join(tmpdir(), 'slipway-context-'));
  const cluster = (name: string) => ({
    name,
    cluster: { server: `https://${name}.example.com`, 'insecure-skip-tls-verify': true },
  });
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'aws',
    args: ['eks', 'get-token'],
    interactiveMode: 'Never',
  };
  writeFileSync(
    join(folder, 'config'),
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'kind',
      clusters: [cluster('kind'), cluster('eks')],
      contexts: ['kind', 'eks'].map((name) => ({ name, context: { cluster: name, user: name } })),
      users: [
        { name: 'kind', user: { token: 'secret-of-kind' } },
        { name: 'eks', user: { exec: { ...exec, env: [{ name: 'AWS_PROFILE', value: 'theirs' }] } } },
      ],
    }),
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

const copy = (context: string) =>
  copyContext({
    context,
    stateFolder: folder,
    tools: { binFolder, python: { executable: '', version: '' }, versions: {}, missing: [] },
    environment: {
      PATH: '/usr/bin:/bin',
      HOME: '/home/user',
      KUBECONFIG: join(folder, 'config'),
      AWS_REGION: 'eu-west-1',
      SECRET: 'x',
    },
    signal: new AbortController().signal,
  });

test('the copy holds that context alone, current, and nobody else reads it', async () => {
  const copied = await copy('kind');
  if (!copied.ok) throw new Error(copied.errors.join('\n'));
  expect(copied.value.server).toBe('https://kind.example.com');
  const text = readFileSync(copied.value.kubeconfig, 'utf8');
  expect(JSON.parse(text)).toMatchObject({ 'current-context': 'kind', contexts: [{ name: 'kind' }] });
  expect(text).not.toContain('eks');
  expect(statSync(copied.value.kubeconfig).mode & 0o077).toBe(0);
});

test("a credential plugin gets the user's home and AWS settings back, not a build's keys or endpoint", async () => {
  const copied = await copy('eks');
  if (!copied.ok) throw new Error(copied.errors.join('\n'));
  const config = JSON.parse(readFileSync(copied.value.kubeconfig, 'utf8'));
  expect(config.users[0].user.exec.env).toEqual([
    { name: 'AWS_ACCESS_KEY_ID', value: '' },
    { name: 'AWS_SECRET_ACCESS_KEY', value: '' },
    { name: 'AWS_SESSION_TOKEN', value: '' },
    { name: 'AWS_SECURITY_TOKEN', value: '' },
    { name: 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', value: 'true' },
    { name: 'PATH', value: '/usr/bin:/bin' },
    { name: 'HOME', value: '/home/user' },
    { name: 'AWS_REGION', value: 'eu-west-1' },
    { name: 'AWS_PROFILE', value: 'theirs' },
  ]);
});

test('an unknown context is refused with the ones that there are', async () => {
  const copied = await copy('prod');
  expect(copied.ok ? [] : copied.errors).toEqual([
    expect.stringContaining('no usable context prod; there are: eks, kind'),
  ]);
});
