import type { BuildSetting } from '../codebuild/environment';
import type { ProcessEnd } from '../codebuild/process';
import type { ShellName } from '../codebuild/shell';
import type { BuildProject } from '../plan';

/** What a room is opened for. Paths are this machine's, absolute. */
export interface RoomRequest {
  /** Of the build. */
  readonly uuid: string;
  readonly project: Pick<BuildProject, 'image' | 'computeType' | 'privileged'>;
  /** Of the buildspec. */
  readonly shell: ShellName;
  /** Holds the scripts and what is carried from command to command; it exists and is private. */
  readonly scripts: string;
  readonly setting: BuildSetting;
  /** The same as the build sees it (RoomKind.view). */
  readonly view: RoomView;
  /** Between SIGTERM and SIGKILL for what is left of the build, milliseconds. */
  readonly grace: number;
  /** Tells the build's log what is done. */
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
}

/** A build's setting and environment as the build sees them. */
export interface RoomView {
  readonly setting: BuildSetting;
  readonly extraEnvironment: Readonly<Record<string, string>>;
  readonly userEnvironment: Readonly<Record<string, string | undefined>>;
  /** For programs of this machine that the build calls from inside the room. */
  readonly outsideEnvironment: Readonly<Record<string, string>>;
  /** Path of this machine -> path in the room, for the files that the environment names and the room must show (read-only). */
  readonly shown: Readonly<Record<string, string>>;
}

/** A kind of place in which builds run: this machine, or containers of an engine. */
export interface RoomKind {
  /** Whether there is a phase PROVISIONING worth telling. */
  readonly provisions: boolean;
  view(
    setting: BuildSetting,
    extraEnvironment: Readonly<Record<string, string>>,
    userEnvironment: Readonly<Record<string, string | undefined>>,
  ): RoomView;
  /** Gives a room for one build, or in words why there is none. */
  open(request: RoomRequest): Promise<Room | string>;
}

/** Where the commands of one build run. */
export interface Room {
  /** Said at the start of the build's log. */
  readonly notices: readonly string[];
  /** Where the build finds the scripts' folder. */
  readonly scripts: string;
  run(script: RoomScript): Promise<ProcessEnd>;
  /** Gives every file that the build has made so far to whoever started Slipway. */
  handOver(): Promise<void>;
  /** Ends every process of the build: SIGTERM, and after the grace SIGKILL. What a room of its own was is gone after it. */
  endAll(): Promise<void>;
  /** After endAll: nothing is listened to any more. */
  close(): void;
  /** Program and arguments that open a shell in the room: in the given folder (as the build sees it), with the environment of that file of the scripts' folder. */
  enter(directory: string, environment: string): readonly string[];
}

export interface RoomScript {
  /** Name of a file in the scripts' folder. */
  readonly name: string;
  /** Where it starts, as the build sees it. */
  readonly directory: string;
  /** The environment to start with; absent: the script brings its own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Gets whole lines, with newlines between them and none at the end. `more`: the last one is a piece of a very long line, which goes on in the next call. */
  readonly onOutput: (stream: 'stdout' | 'stderr', text: string, more?: boolean) => void;
}
