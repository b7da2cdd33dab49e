import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A build that is held, as `<state>/paused/<build>.json` tells other programs of this user (`slipway shell`). */
export interface PausedBuild {
  /** `project:uuid`. */
  readonly build: string;
  readonly execution: string;
  readonly stage: string;
  readonly action: string;
  /** INSTALL, PRE_BUILD …; absent for what runs outside a phase. */
  readonly phase?: string;
  /** The command that failed, or that stands at a breakpoint; masked. */
  readonly command: string;
  /** How it ended; `breakpoint` for codebuild-breakpoint. */
  readonly reason: string;
  /** Where the build stands, as it sees it. */
  readonly directory: string;
  /** Shell script with the build's environment, on this machine. Readable by this user alone; gone when the hold ends. */
  readonly environmentFile: string;
  /** Program and arguments of a shell in the build: its directory, its environment, its container. Wants a terminal. */
  readonly shell: readonly string[];
  /** Of the process that holds the build. */
  readonly pid: number;
}

export const pausedFolder = (stateFolder: string): string => join(stateFolder, 'paused');

/** A build's id without what a file name cannot hold. */
const fileOf = (stateFolder: string, build: string): string =>
  join(pausedFolder(stateFolder), `${build.replace(/[^A-Za-z0-9._-]/g, '_')}.json`);

/** Whoever removes the file lets the build go on as failed. */
export function announcePause(stateFolder: string, paused: PausedBuild): { isThere(): boolean; withdraw(): void } {
  const file = fileOf(stateFolder, paused.build);
  mkdirSync(pausedFolder(stateFolder), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.draft`, `${JSON.stringify(paused)}\n`, { mode: 0o600 });
  renameSync(`${file}.draft`, file);
  return { isThere: () => existsSync(file), withdraw: () => rmSync(file, { force: true }) };
}

/** Those that are there; what a killed run left is among them until the next run begins. */
export function readPaused(stateFolder: string): PausedBuild[] {
  const folder = pausedFolder(stateFolder);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(join(folder, name), 'utf8')) as PausedBuild];
      } catch {
        return [];
      }
    });
}

/** Ends a hold from another process: the build goes on, as failed if its command failed. */
export const releasePaused = (stateFolder: string, { build }: Pick<PausedBuild, 'build'>): void =>
  rmSync(fileOf(stateFolder, build), { force: true });

export const forgetPaused = (stateFolder: string): void =>
  rmSync(pausedFolder(stateFolder), { recursive: true, force: true });
