import { stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { err, ok, type Result } from '../../result';
import { buildProcessImage } from './build';
import type { DockerHost } from './docker-command';
import { type FlagTable, type ParsedFlags, parseFlags } from './docker-flags';
import { type Manifest, MediaType, parseManifest } from './manifest';
import { materialize } from './materialize';
import { type ImageReference, isPrivateRegistry, parseReference } from './reference';
import { isLoggedIn } from './registry-login';

const FLAGS: FlagTable = {
  file: 'value',
  'build-arg': 'value',
  label: 'value',
  platform: 'value',
  target: 'value',
  'cache-from': 'value',
  'cache-to': 'value',
  output: 'value',
  'metadata-file': 'value',
  iidfile: 'value',
  provenance: 'value',
  sbom: 'value',
  progress: 'value',
  builder: 'value',
  tag: 'value',
  push: 'switch',
  pull: 'switch',
  'no-cache': 'switch',
};

/** Where a build's result goes. */
interface Destination {
  readonly name: ImageReference & { readonly written: string };
  readonly byDigest: boolean;
}

/** `docker buildx build`: builds a process image, makes it ready, and pushes it to the store. */
export async function dockerBuild(args: readonly string[], host: DockerHost): Promise<Result<void, string>> {
  const flags = parseFlags('docker buildx build', args, FLAGS, { f: 'file', t: 'tag', o: 'output' });
  if (!flags.ok) return flags;
  const checked = checkFlags(flags.value);
  if (!checked.ok) return checked;
  const { platform, destinations, context: written } = checked.value;
  const context = resolve(host.cwd, written);
  if (!(await stat(context).catch(() => undefined))?.isDirectory())
    return err(`docker buildx build: the build context ${written} is no folder`);
  const told = flags.value.all('cache-from').length + flags.value.all('cache-to').length > 0;
  if (told) host.tell('process image: no layers to cache; --cache-from and --cache-to have no effect');

  const file = flags.value.last('file');
  const image = await buildProcessImage(host.store, {
    context,
    dockerfile: file === undefined ? join(context, 'Dockerfile') : resolve(host.cwd, file),
    buildArguments: pairs(flags.value.all('build-arg'), host.environment),
    labels: pairs(flags.value.all('label'), {}),
    target: flags.value.last('target'),
    platform,
    prepare: host.environment['SLIPWAY_PREPARE'] || undefined,
  });
  if (!image.ok) return image;
  const { digest, manifest, config, notes } = image.value;
  for (const note of notes) host.tell(note);

  const ready = await materialize(
    host.store,
    digest,
    parseManifest(manifest) as Manifest,
    { environment: host.environment, onOutput: host.tell },
    host.signal,
  );
  if (!ready.ok) return ready;
  for (const destination of destinations) {
    const pushed = await push(destination, digest, manifest, host);
    if (!pushed.ok) return pushed;
  }
  if (destinations.length === 0) host.tell('built, and pushed nowhere: say --push, or --output type=image,push=true,…');
  host.tell(`process image ${digest}`);

  const metadata = {
    'containerimage.config.digest': config.digest,
    'containerimage.descriptor': { mediaType: MediaType.manifest, digest, size: manifest.length },
    'containerimage.digest': digest,
    ...(destinations.length > 0 && { 'image.name': destinations.map((each) => each.name.written).join(',') }),
  };
  const metadataFile = flags.value.last('metadata-file');
  if (metadataFile) await writeFile(resolve(host.cwd, metadataFile), `${JSON.stringify(metadata, null, 2)}\n`);
  const idFile = flags.value.last('iidfile');
  if (idFile) await writeFile(resolve(host.cwd, idFile), digest);
  return ok(undefined);
}

function checkFlags(
  flags: ParsedFlags,
): Result<{ platform?: string; destinations: Destination[]; context: string }, string> {
  const errors: string[] = [];
  const platform = flags.last('platform');
  if (platform !== undefined && !/^linux\/[a-z0-9]+(\/v\d+)?$/.test(platform))
    errors.push(`--platform ${platform}: process images have one platform: expected linux/<architecture>`);
  for (const flag of ['provenance', 'sbom']) {
    if (!['false', undefined].includes(flags.last(flag)))
      errors.push(`--${flag} ${flags.last(flag)}: process images carry no attestations: say --${flag}=false`);
  }
  for (const flag of ['build-arg', 'label']) {
    for (const value of flags.all(flag))
      if (/^=|^$/.test(value)) errors.push(`--${flag} "${value}": expected NAME=value`);
  }
  if (flags.positional.length !== 1 || flags.positional[0] === '-')
    errors.push(`expected one folder as build context, found ${flags.positional.join(' ') || 'none'}`);
  const destinations: Destination[] = [];
  const add = (written: string, byDigest: boolean): void => {
    const name = parseReference(written);
    if (!name || !isPrivateRegistry(name.registry))
      errors.push(
        `${written}: expected <account>.dkr.ecr.<region>.amazonaws.com/<repository>, the one registry that is here`,
      );
    else if (byDigest && (name.tag || name.digest))
      errors.push(`${written}: an image that is pushed by digest has no tag`);
    else destinations.push({ name: { ...name, written }, byDigest });
  };
  const tags = flags.all('tag');
  for (const output of flags.all('output')) readOutput(output, tags, add, errors);
  if (flags.last('push') === 'true') {
    if (tags.length === 0) errors.push('--push needs --tag: it says what to push, and where');
    for (const tag of tags) add(tag, false);
  }
  return errors.length > 0
    ? err(...errors.map((error) => `docker buildx build: ${error}`))
    : ok({ platform, destinations, context: flags.positional[0] as string });
}

/** `type=image,name=…,push=true`: buildx's exporters, of which the image is the one that is here. */
function readOutput(
  output: string,
  tags: readonly string[],
  add: (name: string, byDigest: boolean) => void,
  errors: string[],
): void {
  const known = ['type', 'name', 'push', 'push-by-digest', 'name-canonical', 'oci-mediatypes', 'compression'];
  const fields = new Map(
    [...output.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map((match): [string, string] => {
      const [key = '', value = ''] = (match[1] ?? match[2] ?? '').split(/=(.*)/s);
      return [key, value];
    }),
  );
  const type = fields.get('type');
  if (type !== 'image' && type !== 'registry')
    return void errors.push(
      `--output ${output}: expected type=image or type=registry, process images have no other form`,
    );
  for (const key of fields.keys()) {
    if (!known.includes(key)) errors.push(`--output ${output}: ${key} is not supported; known are ${known.join(', ')}`);
  }
  if (type === 'image' && fields.get('push') !== 'true' && fields.get('push-by-digest') !== 'true') return;
  const names = (fields.get('name') ?? tags.join(',')).split(',').filter(Boolean);
  if (names.length === 0) errors.push(`--output ${output}: expected name=<registry>/<repository>, or --tag`);
  for (const name of names) add(name, fields.get('push-by-digest') === 'true');
}

/** `NAME=value`, or `NAME` alone, whose value the environment has, as docker's --build-arg. */
function pairs(values: readonly string[], environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    values.flatMap((each): [string, string][] => {
      const [name = '', value = environment[name]] = each.split(/=(.*)/s);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

async function push(
  { name, byDigest }: Destination,
  digest: string,
  manifest: Buffer,
  host: DockerHost,
): Promise<Result<void, string>> {
  if (!(await isLoggedIn(host, name.registry as string)))
    return err(
      `failed to push ${name.written}: no basic auth credentials for ${name.registry}: say first aws ecr get-login-password | docker login --username AWS --password-stdin ${name.registry}`,
    );
  const pushed = await host.store.pushByDigest(name.repository, manifest);
  if (!pushed.ok) return err(...pushed.errors.map((error) => `failed to push ${name.written}: ${error.message}`));
  if (!byDigest) {
    const tagged = await host.store.putTag(name.repository, name.tag ?? 'latest', digest);
    const failures = tagged.ok ? [] : tagged.errors.filter((error) => error.code !== 'ImageAlreadyExistsException');
    if (failures.length > 0) return err(...failures.map((error) => `failed to push ${name.written}: ${error.message}`));
  }
  host.tell(`pushed ${name.written}${byDigest ? `@${digest}` : ''}`);
  return ok(undefined);
}
