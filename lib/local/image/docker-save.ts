import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { create } from 'tar';
import { err, ok, type Result } from '../../result';
import type { DockerHost } from './docker-command';
import { parseFlags } from './docker-flags';
import { digestOf, digestOfFile, type ImageConfig, type Manifest, parseManifest } from './manifest';
import { materialize } from './materialize';
import { isPrivateRegistry, parseReference } from './reference';
import { isLoggedIn } from './registry-login';
import type { StoredImage } from './store';

/** `docker pull`: what is pushed is on this machine already, so it only tells whether it is there. */
export async function dockerPull(args: readonly string[], host: DockerHost): Promise<Result<void, string>> {
  const flags = parseFlags('docker pull', args, { quiet: 'switch', platform: 'value' }, { q: 'quiet' });
  if (!flags.ok) return flags;
  const found = await findImage(flags.value.positional, host);
  if (!found.ok) return found;
  const { written, registry, image } = found.value;
  if (!(await isLoggedIn(host, registry)))
    return err(`failed to pull ${written}: no basic auth credentials for ${registry}: say first docker login`);
  if (flags.value.last('quiet') !== 'true') host.print(`Digest: ${image.digest}`);
  host.print(written);
  return ok(undefined);
}

/**
 * `docker save`: the archive holds the image as pods run it here, its prepared root as one layer. So what reads the archive sees what
 * `local.prepare` installed, and nothing of the Dockerfile's base image, of which a process image has nothing.
 */
export async function dockerSave(args: readonly string[], host: DockerHost): Promise<Result<void, string>> {
  const flags = parseFlags('docker save', args, { output: 'value' }, { o: 'output' });
  if (!flags.ok) return flags;
  const output = flags.value.last('output');
  if (output === undefined) return err('docker save: expected --output FILE');
  const found = await findImage(flags.value.positional, host);
  if (!found.ok) return found;
  const { digest, manifest: bytes } = found.value.image;
  const manifest = parseManifest(bytes) as Manifest;
  const options = { environment: host.environment, onOutput: host.tell };
  const root = await materialize(host.store, digest, manifest, options, host.signal);
  if (!root.ok) return root;
  const config = JSON.parse((await host.store.blob(manifest.config.digest))?.toString('utf8') ?? '{}') as ImageConfig;
  const folder = await mkdtemp(join(tmpdir(), 'slipway-save-'));
  try {
    await writeArchive(folder, root.value, config, resolve(host.cwd, output));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return ok(undefined);
}

/** Docker image specification 1.2, "Combined Image JSON + Filesystem Changeset Format": manifest.json, configuration, layers. */
async function writeArchive(folder: string, root: string, config: ImageConfig, output: string): Promise<void> {
  await mkdir(join(folder, 'layer'));
  const layer = join('layer', 'layer.tar');
  await create({ file: join(folder, layer), cwd: root, portable: true }, ['.']);
  const rootfs = { type: 'layers', diff_ids: [await digestOfFile(join(folder, layer))] };
  const configBytes = JSON.stringify({ ...config, rootfs });
  const name = `${digestOf(configBytes).slice('sha256:'.length)}.json`;
  await writeFile(join(folder, name), configBytes);
  await writeFile(join(folder, 'manifest.json'), JSON.stringify([{ Config: name, RepoTags: null, Layers: [layer] }]));
  await create({ file: output, cwd: folder }, ['manifest.json', name, 'layer']);
}

/** The image that one argument names, by tag or digest. */
export async function findImage(
  positional: readonly string[],
  host: DockerHost,
): Promise<Result<{ written: string; registry: string; image: StoredImage }, string>> {
  const [written = '', ...more] = positional;
  const reference = parseReference(written);
  const registry = reference?.registry;
  if (more.length > 0 || !reference || registry === undefined || !isPrivateRegistry(registry))
    return err(
      `${positional.join(' ') || 'nothing'}: expected one <account>.dkr.ecr.<region>.amazonaws.com/<repository>[:tag][@digest]`,
    );
  const { repository, digest, tag } = reference;
  const id = { digest, tag: tag ?? (digest === undefined ? 'latest' : undefined) };
  const found = await host.store.find(repository, id);
  return found.ok
    ? ok({ written, registry, image: found.value })
    : err(...found.errors.map((error) => `${written}: ${error.message}`));
}
