import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildSetting } from '../../../lib/local/codebuild/environment';
import type { ShellName } from '../../../lib/local/codebuild/shell';
import { containerRooms } from '../../../lib/local/rooms/container-rooms';
import { type Engine, type EngineName, findEngine } from '../../../lib/local/rooms/engine';
import { hostRooms } from '../../../lib/local/rooms/host-room';
import type { Room, RoomKind } from '../../../lib/local/rooms/room';
import { findProgram } from '../../../lib/local/tools/kubectl';

export type RoomName = 'host' | EngineName;

/** Image of the container tests: any with sh, bash and the usual small programs of Debian. */
export const TEST_IMAGE = process.env['SLIPWAY_TEST_IMAGE'] ?? 'docker.io/library/debian:12-slim';

/** Why the tests cannot run in this room here; undefined: they can. */
export function obstacle(name: RoomName): string | undefined {
  if (name === 'host') return undefined;
  const program = findProgram(name, process.env['PATH'] ?? '');
  if (!program) return `${name} is not on PATH`;
  const asked = spawnSync(program, ['image', 'inspect', '--format', '{{.Id}}', TEST_IMAGE], { encoding: 'utf8' });
  if (asked.status === 0) return undefined;
  const words = asked.stderr.trim().split('\n').at(-1);
  return `${words}; with an engine: ${name} pull ${TEST_IMAGE}, or let SLIPWAY_TEST_IMAGE name an image that is there`;
}

/** The same tests in every room; where a room cannot be had, one test that says NOT RUN and why. */
export function inEveryRoom(tests: (name: RoomName) => void): void {
  for (const name of ['host', 'docker', 'podman'] as const) {
    const reason = obstacle(name);
    describe(name, () => {
      if (reason === undefined) tests(name);
      else test.skip(`NOT RUN: ${reason}`, () => {});
    });
  }
}

export async function kindOf(name: RoomName, stateFolder: string, change: Partial<Engine> = {}): Promise<RoomKind> {
  if (name === 'host') return hostRooms(stateFolder);
  const engine = await findEngine(name, process.env, new AbortController().signal);
  if (!engine.ok) throw new Error(engine.errors.join('; '));
  return containerRooms({ engine: { ...engine.value, ...change }, stateFolder, images: { [IMAGE]: TEST_IMAGE } });
}

/** The projects' image in the tests. */
export const IMAGE = 'aws/codebuild/amazonlinux-x86_64-standard:5.0';

export interface OpenRoom {
  readonly room: Room;
  /** This machine's. */
  readonly scripts: string;
  readonly source: string;
  /** The same as the build sees it. */
  readonly directory: string;
  readonly notes: readonly string[];
}

/** A room for commands in a folder whose path has a blank and a quote in it. */
export async function openRoom(
  name: RoomName,
  root: string,
  shell: ShellName,
  project: Partial<Parameters<RoomKind['open']>[0]['project']> = {},
  user: Readonly<Record<string, string>> = {},
): Promise<OpenRoom> {
  const folder = join(root, `it's ${Math.random().toString(36).slice(2)}`);
  const scripts = join(folder, 'state');
  const source = join(folder, 'src dir');
  for (const each of [scripts, source, join(folder, 'tmp')]) mkdirSync(each, { recursive: true });
  const kind = await kindOf(name, join(root, '.slipway'));
  const setting = settingOf(folder, source);
  const view = kind.view(setting, {}, user);
  const notes: string[] = [];
  const room = await kind.open({
    uuid: Math.random().toString(16).slice(2),
    project: { image: IMAGE, computeType: 'BUILD_GENERAL1_SMALL', privileged: false, ...project },
    shell,
    scripts,
    setting,
    view,
    grace: 1_000,
    note: (text) => notes.push(text),
    signal: new AbortController().signal,
  });
  if (typeof room === 'string') throw new Error(room);
  return { room, scripts, source, directory: view.setting.sourceFolder, notes };
}

/** What a room looks at; the rest of a setting is the environment's. */
const settingOf = (folder: string, sourceFolder: string): BuildSetting =>
  ({
    id: 'p:b',
    arn: 'arn',
    projectArn: 'arn',
    image: IMAGE,
    initiator: 'codepipeline/p',
    region: 'eu-west-1',
    startTime: new Date(0),
    sourceFolder,
    secondarySources: {},
    sourceVersion: '',
    resolvedSourceVersion: '',
    home: join(folder, 'home'),
    temporary: join(folder, 'tmp'),
    log: join(folder, 'log.txt'),
    cacheFolder: join(folder, 'cache'),
    binFolder: join(folder, 'bin'),
    endpoint: 'http://127.0.0.1:1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's', sessionToken: 't' },
  }) as Partial<BuildSetting> as BuildSetting;
