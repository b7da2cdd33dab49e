import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { extract, list } from 'tar';
import { dockerHost, runDocker } from '../../../lib/local/image/docker-command';
import { digestOf } from '../../../lib/local/image/manifest';
import { issuePassword, saveLogin } from '../../../lib/local/image/registry-login';
import { ImageStore } from '../../../lib/local/image/store';
import { files, folder, REGISTRY, SERVICE } from './fixture';

const bundle = join(folder(), 'docker.mjs');

beforeAll(() =>
  build({
    entryPoints: [join(__dirname, '../../../lib/local/image/docker.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  }),
);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine with the stand-in on it: `docker` runs a command line in this process, `program` as a process of its own. */
async function machine(environment: NodeJS.ProcessEnv = {}) {
  const home = folder();
  const store = new ImageStore(join(home, 'registry'));
  await store.createRepository('visits');
  const cwd = files(join(home, 'source'), SERVICE);
  const env = { PATH: process.env['PATH'], HOME: home, SLIPWAY_REGISTRY: store.folder, ...environment };
  const docker = async (command: string, stdin = ''): Promise<Ended> => {
    const output = { stdout: '', stderr: '' };
    const host = dockerHost(env, {
      cwd,
      stdin: async () => stdin,
      print: (line) => {
        output.stdout += `${line}\n`;
      },
      tell: (line) => {
        output.stderr += `${line}\n`;
      },
      signal: new AbortController().signal,
    });
    if (!host.ok) throw new Error(host.errors.join());
    return { code: await runDocker(command.split(' '), host.value), ...output };
  };
  const program = (command: string, stdin = '') =>
    new Promise<Ended>((resolve) => {
      const child = execFile(process.execPath, [bundle, ...command.split(' ')], { cwd, env }, (_, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
      child.stdin?.end(stdin);
    });
  const login = async (run = docker) =>
    run(`login --username AWS --password-stdin ${REGISTRY}`, (await issuePassword(store, new Date())).password);
  return { home, store, docker, program, login };
}

const PUSH = `--output type=image,name=${REGISTRY}/visits,push-by-digest=true,name-canonical=true,push=true --provenance=false`;

describe('docker buildx build', () => {
  it('builds, prepares, pushes by digest and tells the digest', async () => {
    const { home, store, program, login } = await machine({
      SLIPWAY_PREPARE: 'echo preparing; cp notes.md "$IMAGE_ROOT/app/"',
    });
    expect(await login(program)).toMatchObject({ code: 0, stdout: 'Login Succeeded\n' });
    const built = await program(
      `buildx build --builder slipway --platform linux/amd64 --file Dockerfile --build-arg VERSION=1 ${PUSH} --cache-from type=registry,ref=${REGISTRY}/cache:x --cache-to type=registry,ref=${REGISTRY}/cache:x,mode=max --metadata-file ../metadata.json --progress plain .`,
    );
    expect(built).toMatchObject({ code: 0, stdout: '' });
    expect(built.stderr).toContain('no layers to cache');
    expect(built.stderr).toContain('preparing\n');
    const metadata = JSON.parse(readFileSync(join(home, 'metadata.json'), 'utf8')) as Record<string, string>;
    const digest = metadata['containerimage.digest'] ?? '';
    expect(metadata['image.name']).toBe(`${REGISTRY}/visits`);
    expect(await store.find('visits', { digest })).toMatchObject({ ok: true, value: { tags: [] } });
    expect(existsSync(join(store.folder, 'roots', digest.slice(7), 'root/app/notes.md'))).toBe(true);
    expect(
      await program(`buildx imagetools inspect ${REGISTRY}/visits@${digest} --format {{.Manifest.Digest}}`),
    ).toMatchObject({ stdout: `${digest}\n` });
  });

  it('pushes tags, which never move', async () => {
    const { store, docker, login } = await machine();
    await login();
    const tag = (version: string) =>
      docker(`buildx build -t ${REGISTRY}/visits:1.0 --push --build-arg VERSION=${version} .`);
    expect(await tag('1')).toMatchObject({ code: 0 });
    expect(await tag('1')).toMatchObject({ code: 0 });
    const moved = await tag('2');
    expect(moved).toMatchObject({ code: 1 });
    expect(moved.stderr).toContain(
      "The image tag '1.0' already exists in the 'visits' repository and cannot be overwritten",
    );
    expect(await store.find('visits', { tag: '1.0' })).toMatchObject({ ok: true });
  });

  it('gives a tag to one of several builds at the same time', async () => {
    const { store, program, login } = await machine();
    await login();
    const builds = await Promise.all(
      [1, 2, 3].map((version) => program(`build -t ${REGISTRY}/visits:1.0 --push --build-arg VERSION=${version} .`)),
    );
    expect(builds.map(({ code }) => code).sort()).toEqual([0, 1, 1]);
    const images = await store.list('visits');
    expect(images.ok && images.value.length).toBe(3);
  });

  it('fails where prepare fails, with its words, and pushes nothing', async () => {
    const { store, docker, login } = await machine({ SLIPWAY_PREPARE: 'echo no such package >&2; exit 2' });
    await login();
    const failed = await docker(`buildx build ${PUSH} .`);
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.stderr.match(/^no such package$/gm)).toHaveLength(1);
    expect(failed.stderr).toContain('ERROR: local.prepare failed (exit 2)');
    expect(await store.list('visits')).toEqual({ ok: true, value: [] });
  });

  it('pushes nothing without a login, nor with another’s password', async () => {
    const { home, store, docker } = await machine();
    const refused = await docker(`buildx build ${PUSH} .`);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain(`no basic auth credentials for ${REGISTRY}`);
    const wrong = await docker(`login --username AWS --password-stdin ${REGISTRY}`, 'guess');
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('401 Unauthorized') });
    const old = await issuePassword(store, new Date(Date.now() - 13 * 60 * 60 * 1000));
    expect(await docker(`login --username AWS --password-stdin ${REGISTRY}`, old.password)).toMatchObject({ code: 1 });
    expect(existsSync(join(home, '.docker/config.json'))).toBe(false);
    expect(await store.list('visits')).toEqual({ ok: true, value: [] });
  });

  it('pushes nothing when the login has expired', async () => {
    const { home, store, docker } = await machine();
    const old = await issuePassword(store, new Date(Date.now() - 13 * 60 * 60 * 1000));
    await saveLogin(join(home, '.docker'), REGISTRY, 'AWS', old.password);
    expect((await docker(`buildx build ${PUSH} .`)).stderr).toContain('no basic auth credentials');
  });

  it('keeps a login for its user alone, until logout', async () => {
    const { home, docker, login } = await machine();
    await login();
    expect(statSync(join(home, '.docker/config.json')).mode & 0o777).toBe(0o600);
    await docker(`logout ${REGISTRY}`);
    expect((await docker(`buildx build ${PUSH} .`)).stderr).toContain('no basic auth credentials');
  });

  it('saves what was pushed as pods run it: the prepared root as one layer, with the configuration', async () => {
    const { home, store, docker, login } = await machine({ SLIPWAY_PREPARE: 'cp notes.md "$IMAGE_ROOT/app/"' });
    await login();
    await docker(`buildx build ${PUSH} .`);
    const images = await store.list('visits');
    const pushed = `${REGISTRY}/visits@${images.ok && images.value[0]?.digest}`;
    expect(await docker(`pull --quiet ${pushed}`)).toEqual({ code: 0, stdout: `${pushed}\n`, stderr: '' });
    expect(await docker(`save --output ../image.tar ${pushed}`)).toEqual({ code: 0, stdout: '', stderr: '' });

    const archive = folder();
    await extract({ file: join(home, 'image.tar'), cwd: archive });
    const json = (name: string): unknown => JSON.parse(readFileSync(join(archive, name), 'utf8'));
    const [entry] = json('manifest.json') as { Config: string; Layers: string[] }[];
    expect(entry).toEqual({ Config: expect.any(String), RepoTags: null, Layers: ['layer/layer.tar'] });
    const layer = join(archive, entry?.Layers[0] ?? '');
    expect(json(entry?.Config ?? '')).toMatchObject({
      architecture: 'amd64',
      config: { WorkingDir: '/app' },
      rootfs: { diff_ids: [digestOf(readFileSync(layer))] },
    });
    const names: string[] = [];
    await list({ file: layer, onReadEntry: ({ path }) => names.push(path) });
    expect(names).toEqual(expect.arrayContaining(['./app/notes.md', './app/run.sh', './app/src/a.txt']));
  });

  it('pulls nothing without a login', async () => {
    const { docker, login } = await machine();
    await login();
    await docker(`buildx build -t ${REGISTRY}/visits:1.0 --push .`);
    await docker(`logout ${REGISTRY}`);
    expect(await docker(`pull ${REGISTRY}/visits:1.0`)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('no basic auth credentials'),
    });
  });

  it.each<[string, string]>([
    ['buildx build --secret id=x .', '--secret is not supported by the stand-in for docker; known are --file'],
    ['buildx build --load .', '--load is not supported by the stand-in'],
    ['run debian', "docker run debian: not supported: this is Slipway's stand-in for docker"],
    ['buildx bake', 'docker buildx bake: not supported'],
    ['compose up', 'docker compose up: not supported'],
  ])('says of "docker %s" that it is not supported, and exits with 125', async (command, expected) => {
    const { docker } = await machine();
    const refused = await docker(command);
    expect(refused.code).toBe(125);
    expect(refused.stderr).toContain(expected);
  });

  it.each<[string, string]>([
    ['buildx build', 'expected one folder as build context, found none'],
    ['buildx build nope', 'the build context nope is no folder'],
    ['buildx build --file nope .', 'cannot read the Dockerfile'],
    ['buildx build --file', '--file needs a value'],
    ['buildx build --platform linux/amd64,linux/arm64 .', 'process images have one platform'],
    ['buildx build --provenance=mode=max .', 'process images carry no attestations: say --provenance=false'],
    ['buildx build --push .', '--push needs --tag'],
    ['buildx build --output type=docker .', 'expected type=image or type=registry'],
    [
      `buildx build --output type=image,name=${REGISTRY}/visits,push=true,compresion=zstd .`,
      'compresion is not supported; known are type, name',
    ],
    [
      `buildx build --output type=image,name=${REGISTRY}/visits:1,push-by-digest=true .`,
      'an image that is pushed by digest has no tag',
    ],
    ['buildx build --tag docker.io/me/visits --push .', 'the one registry that is here'],
    [
      `buildx build --tag ${REGISTRY}/other:1 --push .`,
      "The repository with name 'other' does not exist in the registry",
    ],
    ['login --username AWS --password-stdin docker.io', 'the one registry that is here'],
    [`pull ${REGISTRY}/visits:9`, "imageTag:'9'} does not exist"],
    ['pull debian', 'debian: expected one <account>.dkr.ecr'],
    [`save ${REGISTRY}/visits:9`, 'expected --output FILE'],
    [`save -o x ${REGISTRY}/visits:9`, "imageTag:'9'} does not exist"],
    [`buildx imagetools inspect ${REGISTRY}/visits:9`, "imageTag:'9'} does not exist"],
  ])('fails "docker %s" with a reason', async (command, expected) => {
    const { docker, login } = await machine();
    await login();
    const failed = await docker(command);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain(expected);
  });

  it.each([
    'version',
    'info',
    'buildx version',
    'buildx create --name x --driver docker-container --driver-opt image=y --use --bootstrap',
    'buildx inspect x',
    'buildx use x',
    'buildx rm --force x',
  ])('accepts "docker %s"', async (command) => {
    const { docker } = await machine();
    expect(await docker(command)).toMatchObject({ code: 0, stderr: '' });
  });

  it('says where it belongs when it is started elsewhere', async () => {
    const { program } = await machine({ SLIPWAY_REGISTRY: undefined });
    expect(await program('version')).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('SLIPWAY_REGISTRY is not set'),
    });
  });
});
