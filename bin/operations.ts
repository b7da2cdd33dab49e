import { existsSync } from 'node:fs';
import { loadConfig } from '../lib/config/load';
import { readAnnouncement } from '../lib/local/aws/announce';
import { deliveryPipelines } from '../lib/model/delivery-pipelines';
import { type Aws, type Connection, connect } from '../lib/ops/aws';
import type { OpsError } from '../lib/ops/ops-error';
import { findPipelines, type ProjectNames } from '../lib/ops/pipelines';
import type { Result } from '../lib/result';
import { exitCode } from './exit-codes';
import { Failure } from './failure';
import { type GlobalOptions, locateConfig, openProject, stateFolder } from './project';
import { untilStopped } from './stop';

/** Options of every command that operates pipelines. */
export interface PlaceOptions extends GlobalOptions {
  readonly aws?: boolean;
  readonly local?: boolean;
  readonly profile?: string;
  readonly region?: string;
}

/** One command's way to the pipelines. */
export interface Operations {
  readonly aws: Aws;
  readonly project?: ProjectNames;
  /** `.slipway` of the project, where there is one. */
  readonly state?: string;
  /** The options that a command to copy needs to reach the same place, with a space before each. */
  readonly options: string;
  readonly signal: AbortSignal;
}

/**
 * Where the pipelines are: AWS where --aws, --profile or --region say so; else the endpoint of the Slipway that runs in this
 * project; else AWS, or with --local an error.
 */
export function choosePlace(options: PlaceOptions): { readonly connection: Connection; readonly state?: string } {
  const state = projectState(options);
  const wantsAws = options.aws || options.profile !== undefined || options.region !== undefined;
  if (options.local && wantsAws)
    throw new Failure(
      '--local excludes --aws, --profile and --region',
      exitCode['usage, configuration or template is wrong'],
    );
  const announced = wantsAws || state === undefined ? undefined : readAnnouncement(state);
  const place = { ...(state !== undefined && { state }) };
  if (announced) {
    const { url, region, account, accessKeyId, secretAccessKey } = announced;
    return { ...place, connection: { kind: 'local', url, region, account, accessKeyId, secretAccessKey } };
  }
  if (options.local)
    throw new Failure(
      'no Slipway runs in this project: `slipway up` or `slipway run` starts one',
      exitCode['the operation is refused, or its service cannot be reached'],
    );
  const { profile, region = configuredRegion(options) } = options;
  return {
    ...place,
    connection: { kind: 'aws', ...(profile !== undefined && { profile }), ...(region !== undefined && { region }) },
  };
}

/** Whether nothing runs in the project, and nobody spoke of AWS: what concerns past runs is then read from their journals. */
export function isOffline(options: PlaceOptions): boolean {
  const wantsAws = options.aws || options.profile !== undefined || options.region !== undefined;
  if (wantsAws || options.local) return false;
  const { connection, state } = choosePlace(options);
  return connection.kind === 'aws' && state !== undefined;
}

/** Runs a command on the pipelines; gives its exit code to the process. */
export async function operate(
  options: PlaceOptions,
  work: (operations: Operations) => Promise<number>,
  quiet = false,
): Promise<void> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const { connection, state } = choosePlace(options);
  const project = projectNames(options);
  const words = [
    connection.kind === 'local' || !options.aws ? '' : ' --aws',
    options.profile === undefined ? '' : ` --profile ${options.profile}`,
    options.region === undefined ? '' : ` --region ${options.region}`,
  ].join('');
  process.exitCode = await untilStopped(
    async (signal) =>
      work({
        aws: connect(connection, signal),
        ...(project && { project }),
        ...(state !== undefined && { state }),
        options: words,
        signal,
      }),
    quiet,
  );
}

/** The value; an error ends the command with its sentence. */
export function orFail<T>(result: Result<T, OpsError>): T {
  if (result.ok) return result.value;
  const codes: Readonly<Record<OpsError['kind'], number>> = {
    usage: exitCode['usage, configuration or template is wrong'],
    access: exitCode['this machine lacks something (slipway doctor)'],
    refused: exitCode['the operation is refused, or its service cannot be reached'],
    unreachable: exitCode['the operation is refused, or its service cannot be reached'],
    throttled: exitCode['the operation is refused, or its service cannot be reached'],
    stopped: exitCode['stopped by Ctrl-C'],
  };
  const [first] = result.errors;
  throw new Failure(result.errors.map(({ message }) => message).join('\n'), codes[first?.kind ?? 'refused']);
}

/** The pipelines that a word means, or without one all that matter here. */
export async function pipelinesOf(
  { aws, project }: Operations,
  wanted: string | undefined,
): Promise<readonly string[]> {
  return orFail(await findPipelines(aws, wanted, project));
}

/** The one pipeline that a command is about. */
export async function pipelineOf(operations: Operations, wanted: string | undefined): Promise<string> {
  const found = await pipelinesOf(operations, wanted);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new Failure(`which pipeline? ${found.join(', ')}`, exitCode['usage, configuration or template is wrong']);
}

/** `.slipway` of the project; undefined outside of one. */
export function projectState(options: GlobalOptions): string | undefined {
  const file = projectFile(options);
  return file === undefined ? undefined : stateFolder(file);
}

/** Commands work outside of a project as well, on AWS. */
function projectFile(options: GlobalOptions): string | undefined {
  try {
    const file = locateConfig(options);
    return existsSync(file) || options.config !== undefined ? file : undefined;
  } catch (cause) {
    if (cause instanceof Failure) return undefined;
    throw cause;
  }
}

function configuredRegion(options: GlobalOptions): string | undefined {
  const file = projectFile(options);
  const loaded = file === undefined ? undefined : loadConfig(file, process.env);
  return loaded?.ok ? loaded.value.aws.region : undefined;
}

function projectNames(options: GlobalOptions): ProjectNames | undefined {
  if (projectFile(options) === undefined) return undefined;
  const { config } = openProject(options);
  return { service: config.service.name, pipelines: deliveryPipelines(config).map(({ name }) => name) };
}
