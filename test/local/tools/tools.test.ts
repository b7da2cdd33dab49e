import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify } from '../../../lib/local/process-identity';
import { KUBECTL_LAYER } from '../../../lib/local/tools/kubectl';
import { ensureTools, type Installer, type ToolsOptions } from '../../../lib/local/tools/tools';
import { err, ok } from '../../../lib/result';
import { temporaryFolder, writeTree } from '../codebuild/host';

const slipway = join(__dirname, '../../..');
const root = temporaryFolder();
/** Long, with spaces and letters outside ASCII: `#!` lines of installed scripts break on such a path. */
const home = join(root, 'Söhne & Töchter it’s a "long" path', 'x'.repeat(120));
const state = join(home, '.slipway');
const standIn = join(home, 'stand in.mjs');

const ensure = (options: Partial<ToolsOptions> = {}, installer?: Installer) =>
  ensureTools(
    {
      projectRoot: slipway,
      stateFolder: state,
      environment: process.env,
      standIns: { docker: standIn },
      onProgress: () => {},
      signal: new AbortController().signal,
      ...options,
    },
    installer,
  );

/** A Slipway whose node_modules and tools are links and copies: to break. */
function project(): string {
  const folder = join(root, `project-${readdirSync(root).length}`);
  cpSync(join(slipway, 'tools'), join(folder, 'tools'), { recursive: true, filter: (path) => !path.endsWith('.venv') });
  mkdirSync(join(folder, KUBECTL_LAYER, '..'), { recursive: true });
  symlinkSync(join(slipway, KUBECTL_LAYER), join(folder, KUBECTL_LAYER));
  return folder;
}

const leftovers = (folder: string): string[] =>
  existsSync(join(folder, 'tools')) ? readdirSync(join(folder, 'tools')) : [];

/** Makes an installation at once: what surrounds it is what is tested. */
const fake: Installer = async ({ draft, folder }) => {
  writeTree(draft, { 'bin/uv*': `#!/bin/sh\necho ${folder}\n` });
  return ok({ python: { executable: process.execPath, version: '3.12.1' }, versions: { uv: '1' }, missing: [] });
};

describe('around an installation', () => {
  const folder = join(root, 'around');
  const install = (installer: Installer = fake, options: Partial<ToolsOptions> = {}) =>
    ensure({ stateFolder: folder, ...options }, installer);
  const never: Installer = () => Promise.reject(new Error('installs again'));
  beforeEach(() => rmSync(folder, { recursive: true, force: true }));

  test('it is made once', async () => {
    const first = await install();
    expect(first).toMatchObject({
      ok: true,
      value: { versions: { uv: '1' }, binFolder: expect.stringMatching(/tools\/[0-9a-f]{16}\/bin$/) },
    });
    expect(await install(never)).toEqual(first);
  });

  test('of two at once one stays, whole', async () => {
    const [one, two] = await Promise.all([install(), install()]);
    expect(one.ok && existsSync(join(one.value.binFolder, 'uv'))).toBe(true);
    expect(two).toEqual(one);
    expect(leftovers(folder)).toHaveLength(1);
  });

  test('one that fails or breaks leaves nothing', async () => {
    expect(await install(async () => err('no space'))).toEqual({ ok: false, errors: [{ message: 'no space' }] });
    await expect(install(never)).rejects.toThrow('installs again');
    expect(leftovers(folder)).toEqual([]);
  });

  test('what a killed process left is removed, what a living one makes is not', async () => {
    const start = identify(process.pid)?.start.replace(/\W/g, '_');
    const living = `.draft-${process.pid}-${start}-x`;
    writeTree(join(folder, 'tools'), {
      '.draft-999999999-1-dead/left': '',
      [`.draft-${process.pid}-0-reused/left`]: '',
      [`${living}/left`]: '',
    });
    await install();
    expect(leftovers(folder)).toEqual([living, expect.stringMatching(/^[0-9a-f]{16}$/)]);
  });

  test('when the Python that it stands on is gone, it is made anew', async () => {
    await install(async (installation) => {
      const made = await fake(installation);
      return made.ok ? ok({ ...made.value, python: { executable: '/no/longer', version: '3.12.0' } }) : made;
    });
    expect(await install()).toMatchObject({ ok: true, value: { python: { executable: process.execPath } } });
    expect(leftovers(folder)).toHaveLength(1);
  });

  test('another Python, another lock and another stand-in are another installation', async () => {
    const projectRoot = project();
    const folders = new Set<string>();
    const add = async (options: Partial<ToolsOptions>) => {
      const made = await install(fake, options);
      if (made.ok) folders.add(made.value.binFolder);
    };
    await add({ projectRoot });
    await add({ projectRoot, environment: { SLIPWAY_PYTHON: '/opt/python' } });
    await add({ projectRoot, standIns: {} });
    writeFileSync(join(projectRoot, 'tools/uv.lock'), 'changed');
    await add({ projectRoot });
    expect(folders.size).toBe(4);
  });
});

test('the installed programs run wherever the folder lies', async () => {
  mkdirSync(home, { recursive: true });
  writeFileSync(standIn, 'console.log("stand-in", ...process.argv.slice(2));');
  const tools = await ensure();
  if (!tools.ok) throw new Error(JSON.stringify(tools.errors));
  const { binFolder, versions, python } = tools.value;
  expect(leftovers(state)).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);

  const say = (program: string, ...parameters: string[]): string =>
    execFileSync(join(binFolder, program), parameters, { env: { PATH: '/usr/bin:/bin' }, encoding: 'utf8' }).trim();
  expect(say('uv', '--version')).toContain(`uv ${versions['uv']}`);
  expect(say('aws', '--version')).toContain(`aws-cli/${versions['aws']}`);
  expect(say('redis-server', '--version')).toContain('Valkey server v=9.1.2');
  expect(say('python3', '-c', 'import sys; print(sys.executable)')).toBe(python.executable);
  expect(say('docker', 'a b', "it's")).toBe("stand-in a b it's");
  if (process.platform === 'linux' && process.arch === 'x64') {
    expect(say('kubectl', 'version', '--client')).toContain('v1.35');
    expect(say('syft', '--version')).toBe(`syft ${versions['syft']}`);
  }
}, 180_000);

test('without an index: the failing command’s own words and what it needed, and nothing is left', async () => {
  const folder = join(root, 'offline');
  const result = await ensure({
    stateFolder: folder,
    environment: { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: undefined },
  });
  expect(result).toMatchObject({
    ok: false,
    errors: [
      {
        message: expect.stringMatching(
          /^pip could not install uv:\n[\s\S]*No matching distribution found for uv[\s\S]*PIP_INDEX_URL/,
        ),
      },
    ],
  });
  expect(leftovers(folder)).toEqual([]);
});

test('a wheel whose hash is not in the lock is refused', async () => {
  const projectRoot = project();
  const file = join(projectRoot, 'tools/uv-requirements.txt');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/sha256:\w{8}/g, 'sha256:00000000'));
  const result = await ensure({ projectRoot, stateFolder: join(projectRoot, '.slipway') });
  expect(result).toMatchObject({
    ok: false,
    errors: [{ message: expect.stringMatching(/DO NOT MATCH THE HASHES|hash/i) }],
  });
});

test('every file that is missing is told at once, with what to do', async () => {
  const projectRoot = project();
  rmSync(join(projectRoot, 'tools/uv.lock'));
  rmSync(join(projectRoot, 'node_modules'), { recursive: true });
  expect(await ensure({ projectRoot, stateFolder: join(projectRoot, '.slipway') })).toEqual({
    ok: false,
    errors: [
      { message: 'cannot read tools/uv.lock (ENOENT); restore it from git' },
      { message: `cannot read ${KUBECTL_LAYER}/package.json (ENOENT); run npm ci` },
    ],
  });
});

test('a Python with neither pip nor ensurepip: says which package to install', async () => {
  const folder = join(root, 'bare');
  writeTree(folder, {
    'python3*': `#!/bin/sh\necho '{"executable": "/usr/bin/python3", "version": [3, 12, 1], "pip": false, "ensurepip": false}'\n`,
  });
  const result = await ensure({ stateFolder: join(folder, '.slipway'), environment: { PATH: folder } });
  expect(result).toMatchObject({
    ok: false,
    errors: [
      {
        message:
          '/usr/bin/python3 has neither pip nor ensurepip: install pip for it (Debian, Ubuntu: apt install python3.12-venv)',
      },
    ],
  });
  expect(leftovers(join(folder, '.slipway'))).toEqual([]);
});

test('a state folder that cannot be made is told', async () => {
  writeTree(root, { file: '' });
  expect(await ensure({ stateFolder: join(root, 'file', '.slipway') })).toMatchObject({
    ok: false,
    errors: [{ message: expect.stringMatching(/^cannot write to .*ENOTDIR/) }],
  });
});

test('a stop ends an installation and leaves nothing', async () => {
  const abort = new AbortController();
  const folder = join(root, 'stopped');
  const result = await ensure({ stateFolder: folder, signal: abort.signal, onProgress: () => abort.abort() });
  expect(result).toEqual({ ok: false, errors: [{ message: 'stopped while the tools were being installed' }] });
  expect(leftovers(folder)).toEqual([]);
});
