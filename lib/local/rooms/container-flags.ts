import { createHash } from 'node:crypto';
import type { BuildProject } from '../plan';
import type { Engine } from './engine';

/** Label that tells the containers of one state folder. */
export const STATE_LABEL = 'slipway.state';
export const BUILD_LABEL = 'slipway.build';

export const stateHash = (stateFolder: string): string =>
  createHash('sha256').update(stateFolder).digest('hex').slice(0, 8);

export const containerName = (stateFolder: string, uuid: string): string => `slipway-${stateHash(stateFolder)}-${uuid}`;

export interface Mount {
  /** This machine's absolute path. */
  readonly source: string;
  readonly target: string;
  readonly readOnly?: boolean;
}

export interface ContainerRequest {
  readonly name: string;
  readonly stateFolder: string;
  readonly uuid: string;
  readonly image: string;
  readonly project: Pick<BuildProject, 'computeType' | 'privileged'>;
  readonly mounts: readonly Mount[];
  /** Program and arguments of the first process; the image's own entry point has no say. */
  readonly command: readonly [string, ...string[]];
}

/** vCPUs and GiB of CodeBuild's compute types (CodeBuild user guide, build-env-ref-compute-types). */
const COMPUTE: Readonly<Record<string, readonly [cpus: number, gigabytes: number]>> = {
  BUILD_GENERAL1_SMALL: [2, 4],
  BUILD_GENERAL1_MEDIUM: [4, 8],
  BUILD_GENERAL1_LARGE: [8, 16],
  BUILD_GENERAL1_XLARGE: [36, 72],
  BUILD_GENERAL1_2XLARGE: [72, 144],
};

/**
 * Words after the engine's program that start a build's container in the foreground, as root, as CodeBuild does. The network
 * is this machine's, since the local endpoint and the embedded cluster listen on its loopback address alone.
 */
export function runFlags(engine: Engine, request: ContainerRequest): string[] {
  const [program, ...words] = request.command;
  return [
    'run', '--interactive', '--rm', '--pull', 'never', '--log-driver', 'none',
    '--name', request.name,
    '--label', `${STATE_LABEL}=${stateHash(request.stateFolder)}`, '--label', `${BUILD_LABEL}=${request.uuid}`,
    '--network', 'host', '--user', '0:0', '--workdir', '/', '--security-opt', 'label=disable',
    ...(request.project.privileged ? ['--privileged'] : []),
    ...limits(engine, request.project.computeType).flags,
    ...request.mounts.flatMap(({ source, target, readOnly }) => [
      '--mount', `type=bind,${field('source', source)},${field('target', target)}${readOnly ? ',readonly' : ''}`,
    ]),
    ...engine.flags,
    '--entrypoint', program, request.image, ...words,
  ]; // biome-ignore format: a command
}

/** As much of the compute type as this machine has and the engine can enforce, and what of it is not. */
export function limits(engine: Engine, computeType: string): { readonly flags: string[]; readonly notices: string[] } {
  const [cpus, gigabytes] = COMPUTE[computeType] ?? [];
  if (cpus === undefined || gigabytes === undefined)
    return { flags: [], notices: [`compute type ${computeType} sets no limit here`] };
  const less: string[] = [];
  const cannot: string[] = [];
  const flags: string[] = [];
  if (!engine.limits.cpus) cannot.push('CPUs');
  else {
    if (engine.cpus < cpus) less.push(`${engine.cpus} CPUs`);
    flags.push('--cpus', String(Math.min(cpus, engine.cpus)));
  }
  const bytes = Math.min(gigabytes * 2 ** 30, engine.memory);
  if (!engine.limits.memory) cannot.push('memory');
  else {
    if (bytes < gigabytes * 2 ** 30) less.push(`${(bytes / 2 ** 30).toFixed(1)} GiB`);
    flags.push('--memory', String(bytes));
  }
  return {
    flags,
    notices: [
      ...(less.length > 0
        ? [`${computeType} is ${cpus} vCPU and ${gigabytes} GiB; here are ${less.join(' and ')}`]
        : []),
      ...(cannot.length > 0 ? [`${engine.name} cannot limit ${cannot.join(' and ')} on this machine`] : []),
    ],
  };
}

/** `--mount` reads its value as one line of CSV. */
const field = (key: string, path: string): string =>
  /[",]/.test(path) ? `"${key}=${path.replaceAll('"', '""')}"` : `${key}=${path}`;
