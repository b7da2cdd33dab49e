import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { systemClock } from '../clock';
import { type BuildSetting, passedOn } from '../codebuild/environment';
import { limits, type Mount } from './container-flags';
import { openContainer } from './container-room';
import { CACHE, OUTPUT, OWN, SCRIPTS, TEMPORARY } from './container-script';
import type { Engine } from './engine';
import { type ImageNames, imageFor, imageProvider } from './image';
import { answerRequests } from './requests';
import type { Room, RoomKind, RoomRequest, RoomView } from './room';

export interface ContainerRoomsOptions {
  readonly engine: Engine;
  /** `.slipway`. */
  readonly stateFolder: string;
  readonly images: ImageNames;
}

/** Programs of Slipway's tools that run in any image, being one file each. */
const TOOLS = ['kubectl'];
/** Programs that stand for others and run on this machine, since what they make is for it: process images. */
const HANDED_OVER = ['docker'];

/** One container of the engine a build, with CodeBuild's folders. */
export function containerRooms({ engine, stateFolder, images }: ContainerRoomsOptions): RoomKind {
  const provide = imageProvider(engine, images);
  return {
    provisions: true,
    view: (setting, extra, user) => insideView(setting, extra, user),
    async open(request) {
      const { image } = request.project;
      const problem = await provide(image, request.note, request.signal);
      if (problem !== undefined) return problem;
      const wanted = imageFor(image, images);
      const cpus = limits(engine, request.project.computeType).notices;
      const named = wanted === image ? image : `${wanted} (for ${image})`;
      const room = await openContainer(
        {
          engine,
          stateFolder,
          image: wanted,
          mounts: mountsOf(request.setting, request.view),
          notices: [`in a container of ${named}, ${engine.name} ${engine.version}`, ...cpus],
          request,
        },
        request.signal,
      );
      return typeof room === 'string' ? room : withHandedOver(room, request);
    },
  };
}

/** Lets the build call the programs that run on this machine (see HANDED_OVER). */
function withHandedOver(room: Room, { scripts, setting, view }: RoomRequest): Room {
  const programs = HANDED_OVER.map((name) => ({ name, program: join(setting.binFolder ?? '', name) }));
  const sources = Object.entries(view.setting.secondarySources).map(([name, seen]) => [
    seen,
    setting.secondarySources[name] ?? '',
  ]);
  const end = answerRequests({
    scripts,
    seen: SCRIPTS,
    programs: programs.filter(({ program }) => existsSync(program)),
    folders: {
      [view.setting.sourceFolder]: setting.sourceFolder,
      [TEMPORARY]: setting.temporary,
      ...Object.fromEntries(sources),
    },
    environment: view.outsideEnvironment,
    clock: systemClock,
  });
  return {
    ...room,
    async endAll() {
      await Promise.all([end(), room.endAll()]);
    },
  };
}

/** CodeBuild's folder of a source: nine digits make it unique there. */
const sourceFolder = (index: number): string => `${OUTPUT}/src${100_000_000 + index}/src`;

function insideView(
  setting: BuildSetting,
  extra: Readonly<Record<string, string>>,
  user: Readonly<Record<string, string | undefined>>,
): RoomView {
  const shown: Record<string, string> = {};
  /** A variable that names a file of this machine names its place in the container. */
  const show = <T extends string | undefined>(name: string, value: T): T | string => {
    if (!value?.startsWith('/') || name === 'PATH' || !existsSync(value)) return value;
    shown[value] ??= `${OWN}/files/${Object.keys(shown).length + 1}/${value.split('/').at(-1)}`;
    return shown[value];
  };
  const secondary = Object.keys(setting.secondarySources).map((name, index) => [name, sourceFolder(index + 1)]);
  const { binFolder, ...rest } = setting;
  return {
    setting: {
      ...rest,
      sourceFolder: sourceFolder(0),
      secondarySources: Object.fromEntries(secondary),
      home: '/root',
      temporary: TEMPORARY,
      cacheFolder: CACHE,
    },
    extraEnvironment: Object.fromEntries(Object.entries(extra).map(([name, value]) => [name, show(name, value)])),
    userEnvironment: Object.fromEntries(
      Object.entries(user).map(([name, value]) => [name, PASSED.test(name) ? show(name, value) : value]),
    ),
    outsideEnvironment: {
      ...passedOn(user),
      ...extra,
      PATH: [binFolder, user['PATH']].filter(Boolean).join(delimiter),
      HOME: setting.home,
      TMPDIR: setting.temporary,
      UV_CACHE_DIR: join(setting.cacheFolder, 'uv'),
      PIP_CACHE_DIR: join(setting.cacheFolder, 'pip'),
      UV_PYTHON_DOWNLOADS: 'never',
    },
    shown,
  };
}

/** Those of the user's variables that may name a file and reach a build (see passedOn). */
const PASSED = /CERT|CA_BUNDLE|CAINFO|CONFIG_FILE|FIND_LINKS|cafile|userconfig/i;

function mountsOf(setting: BuildSetting, view: RoomView): Mount[] {
  const caches = join(setting.cacheFolder, 'containers');
  mkdirSync(caches, { recursive: true });
  const sources = Object.entries(setting.secondarySources).map(([name, source]) => ({
    source,
    target: view.setting.secondarySources[name] ?? '',
  }));
  const { binFolder } = setting;
  const tools = TOOLS.filter((name) => binFolder !== undefined && existsSync(join(binFolder, name)));
  return [
    { source: setting.sourceFolder, target: view.setting.sourceFolder },
    ...sources,
    { source: caches, target: CACHE },
    { source: setting.temporary, target: TEMPORARY },
    ...tools.map((name) => ({ source: join(binFolder ?? '', name), target: `${OWN}/bin/${name}`, readOnly: true })),
    ...Object.entries(view.shown).map(([source, target]) => ({ source, target, readOnly: true })),
  ];
}
