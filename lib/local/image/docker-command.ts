import { join } from 'node:path';
import { err, ok, type Result } from '../../result';
import { dockerBuild } from './docker-build';
import { type FlagTable, parseFlags } from './docker-flags';
import { dockerPull, dockerSave, findImage } from './docker-save';
import { isPrivateRegistry } from './reference';
import { isPassword, removeLogin, saveLogin } from './registry-login';
import { ImageStore } from './store';

/** What the stand-in for docker needs of its surroundings. */
export interface DockerHost {
  readonly store: ImageStore;
  /** Where docker keeps its logins: DOCKER_CONFIG, or ~/.docker. */
  readonly configFolder: string;
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly stdin: () => Promise<string>;
  /** A line of output. */
  readonly print: (line: string) => void;
  /** A line of progress (standard error). */
  readonly tell: (line: string) => void;
}

type Command = (args: readonly string[], host: DockerHost) => Promise<Result<void, string>>;

const VERSION = 'process images of Slipway (no container engine)';

/** Commands by the words that begin them; the longest match wins. */
const COMMANDS: Readonly<Record<string, Command>> = {
  version: printing(VERSION, { format: 'value' }),
  '--version': printing(VERSION, {}),
  info: printing(VERSION, { format: 'value' }),
  login,
  logout,
  build: dockerBuild,
  'buildx build': dockerBuild,
  pull: dockerPull,
  save: dockerSave,
  'buildx version': printing(VERSION, {}),
  'buildx create': builder({
    name: 'value',
    driver: 'value',
    'driver-opt': 'value',
    use: 'switch',
    bootstrap: 'switch',
  }),
  'buildx use': builder({ default: 'switch', global: 'switch' }),
  'buildx inspect': builder({ bootstrap: 'switch', builder: 'value' }),
  'buildx rm': builder({ force: 'switch', builder: 'value' }),
  'buildx imagetools inspect': inspect,
};

/** Runs one command line. Exit code: 0; 1 where the command failed; 125 for what this stand-in does not support, as docker's own. */
export async function runDocker(args: readonly string[], host: DockerHost): Promise<number> {
  const name = [3, 2, 1].map((count) => args.slice(0, count).join(' ')).find((words) => Object.hasOwn(COMMANDS, words));
  if (name === undefined) {
    host.tell(
      `docker ${args.slice(0, 2).join(' ')}: not supported: this is Slipway's stand-in for docker, which makes process images. It knows ${Object.keys(
        COMMANDS,
      ).join(', ')}. Move the step into local.prepare of slipway.yaml, or run the pipeline on AWS`,
    );
    return 125;
  }
  const result = await (COMMANDS[name] as Command)(args.slice(name.split(' ').length), host);
  if (result.ok) return 0;
  for (const error of result.errors) host.tell(`ERROR: ${error}`);
  return result.errors.some((error) => error.includes('not supported by the stand-in')) ? 125 : 1;
}

/** The host of a process: its environment says where the store is (SLIPWAY_REGISTRY). */
export function dockerHost(
  environment: NodeJS.ProcessEnv,
  streams: Pick<DockerHost, 'cwd' | 'stdin' | 'print' | 'tell' | 'signal'>,
): Result<DockerHost, string> {
  const folder = environment['SLIPWAY_REGISTRY'];
  if (!folder)
    return err("SLIPWAY_REGISTRY is not set: this is Slipway's stand-in for docker, for builds of `slipway run` only");
  const home = environment['HOME'];
  const configFolder = environment['DOCKER_CONFIG'] || (home && join(home, '.docker'));
  if (!configFolder) return err('neither DOCKER_CONFIG nor HOME is set: there is no place for logins');
  return ok({ ...streams, environment, configFolder, store: new ImageStore(folder), now: () => new Date() });
}

function printing(line: string, flags: FlagTable): Command {
  return async (args, host) => {
    const parsed = parseFlags('docker', args, flags);
    if (!parsed.ok) return parsed;
    host.print(line);
    return ok(undefined);
  };
}

/** Builders do not exist here; making, choosing and removing one is accepted, with its name as the answer. */
function builder(flags: FlagTable): Command {
  return async (args, host) => {
    const parsed = parseFlags('docker buildx', args, flags);
    if (!parsed.ok) return parsed;
    host.print(parsed.value.last('name') ?? parsed.value.positional[0] ?? 'slipway');
    return ok(undefined);
  };
}

async function login(args: readonly string[], host: DockerHost): Promise<Result<void, string>> {
  const flags = parseFlags('docker login', args, { username: 'value', 'password-stdin': 'switch' }, { u: 'username' });
  if (!flags.ok) return flags;
  const [registry = ''] = flags.value.positional;
  const address = registry.replace(/^https:\/\//, '').replace(/\/.*$/, '');
  if (!isPrivateRegistry(address))
    return err(
      `docker login ${registry}: expected <account>.dkr.ecr.<region>.amazonaws.com, the one registry that is here`,
    );
  if (flags.value.last('password-stdin') !== 'true' || flags.value.last('username') !== 'AWS')
    return err(
      'docker login: expected --username AWS --password-stdin, with the password of aws ecr get-login-password',
    );
  const password = (await host.stdin()).trim();
  if (!(await isPassword(host.store, password, host.now())))
    return err(
      `docker login ${registry}: 401 Unauthorized: the password was not issued by ECR's local endpoint, or has expired`,
    );
  await saveLogin(host.configFolder, address, 'AWS', password);
  host.print('Login Succeeded');
  return ok(undefined);
}

async function logout(args: readonly string[], host: DockerHost): Promise<Result<void, string>> {
  const flags = parseFlags('docker logout', args, {});
  if (!flags.ok) return flags;
  const [registry] = flags.value.positional;
  if (registry === undefined) return err('docker logout: expected a registry');
  const removed = await removeLogin(host.configFolder, registry.replace(/^https:\/\//, '').replace(/\/.*$/, ''));
  host.print(removed ? `Removing login credentials for ${registry}` : `Not logged in to ${registry}`);
  return ok(undefined);
}

async function inspect(args: readonly string[], host: DockerHost): Promise<Result<void, string>> {
  const flags = parseFlags('docker buildx imagetools inspect', args, { raw: 'switch', format: 'value' });
  if (!flags.ok) return flags;
  const found = await findImage(flags.value.positional, host);
  if (!found.ok) return found;
  const { written, image } = found.value;
  const format = flags.value.last('format');
  if (flags.value.last('raw') === 'true') host.print(image.manifest.toString('utf8'));
  else if (format === '{{.Manifest.Digest}}' || format === '{{ .Manifest.Digest }}') host.print(image.digest);
  else if (format === '{{json .Manifest}}' || format === '{{ json .Manifest }}')
    host.print(JSON.stringify({ mediaType: image.mediaType, digest: image.digest, size: image.manifest.length }));
  else if (format !== undefined)
    return err(
      `--format ${format} is not supported by the stand-in for docker; known are {{json .Manifest}}, {{.Manifest.Digest}}`,
    );
  else
    for (const line of [`Name:      ${written}`, `MediaType: ${image.mediaType}`, `Digest:    ${image.digest}`])
      host.print(line);
  return ok(undefined);
}
