import { containerRooms } from '../lib/local/rooms/container-rooms';
import { type EngineName, findEngine } from '../lib/local/rooms/engine';
import type { ImageNames } from '../lib/local/rooms/image';
import type { RoomKind } from '../lib/local/rooms/room';
import { exitCode } from './exit-codes';
import { Failure } from './failure';
import type { Project } from './project';

export interface RoomOptions {
  /** Default: `local.executor` of slipway.yaml. */
  readonly executor?: 'host' | EngineName;
  /** Image of a build project -> image that stands for it; before `local.executorImages`. */
  readonly executorImage?: ImageNames;
}

/** Where the builds of a run happen; undefined: on this machine. Ends the program if the engine that was asked for cannot be had. */
export async function roomsOf(
  project: Project,
  options: RoomOptions,
  signal: AbortSignal,
): Promise<RoomKind | undefined> {
  const { local } = project.config;
  const executor = options.executor ?? local.executor;
  if (executor === 'host') return undefined;
  const engine = await findEngine(executor, process.env, signal);
  if (!engine.ok) {
    const words = `builds are to run with ${executor} (${options.executor ? '--executor' : 'local.executor'}), but ${engine.errors.join('; ')}`;
    const remedy = 'start the engine, or run with --executor host';
    throw new Failure(`${words}\n${remedy}`, exitCode['this machine lacks something (slipway doctor)']);
  }
  const images = { ...local.executorImages, ...options.executorImage };
  return containerRooms({ engine: engine.value, stateFolder: project.state, images });
}
