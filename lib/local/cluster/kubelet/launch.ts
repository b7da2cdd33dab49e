import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { err, ok, type Result } from '../../../result';
import { digestOf, type ProcessImage, repositoryOf } from '../images';
import type { Container, Pod } from '../types';
import type { KubeletContext } from './context';
import { type Environment, environmentOf, expand, mapMounts } from './environment';
import type { Command } from './process';

/** What is started for a container: an image's process, or the command that stands for an image. */
export type Runnable =
  | { readonly kind: 'image'; readonly image: ProcessImage; readonly imageID: string }
  | { readonly kind: 'command'; readonly argv: readonly string[]; readonly imageID: string };

/** Finds the image of a container; undefined: nobody has it. */
export async function pull(context: KubeletContext, reference: string): Promise<Runnable | undefined> {
  const repository = repositoryOf(reference);
  const commands = context.commands();
  const argv = commands[reference] ?? commands[repository];
  if (argv) {
    const digest = digestOf(reference) ?? `sha256:${createHash('sha256').update(JSON.stringify(argv)).digest('hex')}`;
    return { kind: 'command', argv, imageID: `${repository}@${digest}` };
  }
  const image = await context.images.resolve(reference);
  return image && { kind: 'image', image, imageID: `${repository}@${image.digest}` };
}

export interface Place {
  readonly pod: Pod;
  readonly ports: Readonly<Record<string, number>>;
  readonly volumes: Readonly<Record<string, string>>;
  /** The pod's folder. */
  readonly folder: string;
}

/** Why a container cannot be started, in the kubelet's own terms. */
export interface LaunchError {
  readonly reason: 'CreateContainerConfigError' | 'RunContainerError';
  readonly message: string;
}

/** The command line, environment and folder of a container. */
export function launchOf(
  context: KubeletContext,
  container: Container,
  what: Runnable,
  place: Place,
): Result<Command, LaunchError> {
  const home = join(place.folder, 'containers', container.name);
  mkdirSync(home, { recursive: true });
  const environment = environmentOf({
    pod: place.pod,
    container,
    store: context.registry.store,
    imageEnv: what.kind === 'image' ? what.image.env : {},
    path: context.path(),
    ports: place.ports,
    volumes: place.volumes,
    home,
  });
  if (!environment.ok) {
    return err({ reason: 'CreateContainerConfigError', message: environment.errors.join('; ') });
  }
  const env = environment.value;
  const argv = argvOf(container, what, env, place.volumes);
  const cwd = workingDir(container, what, home);
  const [program] = argv;
  const found = program === undefined ? undefined : findProgram(program, env['PATH'] ?? '', cwd);
  if (!found) {
    const message = `failed to create containerd task: exec: "${program ?? ''}": executable file not found in $PATH`;
    return err({ reason: 'RunContainerError', message });
  }
  return ok({ argv: [found, ...argv.slice(1)], env, cwd });
}

/** A mapped command takes the place of the image's and the manifest's; otherwise `command` replaces the entry point and `args` the rest. */
function argvOf(
  container: Container,
  what: Runnable,
  env: Readonly<Environment>,
  volumes: Readonly<Record<string, string>>,
): string[] {
  if (what.kind === 'command') {
    return what.argv.map((word) => word.replace(/\$\{?(PORT|HOST)\}?/g, (whole, name: string) => env[name] ?? whole));
  }
  const { image } = what;
  // The image's own words hold paths of this machine already.
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  const given = words.map((word) => expand(mapMounts(word, container, volumes), env));
  if (container.command) return given;
  return container.args ? [...image.entrypoint, ...given] : [...image.entrypoint, ...image.cmd];
}

function workingDir(container: Container, what: Runnable, home: string): string {
  if (what.kind === 'command') return home;
  const { root, workingDir } = what.image;
  if (!container.workingDir) return workingDir;
  const below = join(root, container.workingDir);
  return isFolder(below) ? below : container.workingDir;
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

function findProgram(program: string, path: string, cwd: string): string | undefined {
  if (program.includes('/')) {
    const absolute = isAbsolute(program) ? program : join(cwd, program);
    return isExecutable(absolute) ? absolute : undefined;
  }
  return path
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
