import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../tools/command';

/** A container that was started for a state folder. */
export interface ContainerRecord {
  /** Absolute path of the engine's command line. */
  readonly program: string;
  readonly name: string;
}

/** What removes a container at once: Podman's `rm --force` alone waits ten seconds for it. */
export const REMOVAL = [['kill'], ['rm', '--force']] as const;

const folderOf = (stateFolder: string): string => join(stateFolder, 'rooms');
const fileOf = (stateFolder: string, name: string): string => join(folderOf(stateFolder), `${name}.json`);

/** Written before the container is, so that one whose runner was killed at any point is found. */
export function recordContainer(stateFolder: string, record: ContainerRecord): void {
  mkdirSync(folderOf(stateFolder), { recursive: true });
  writeFileSync(fileOf(stateFolder, record.name), JSON.stringify(record));
}

export const forgetContainer = (stateFolder: string, name: string): void =>
  rmSync(fileOf(stateFolder, name), { force: true });

/** Removes the containers that runs of this state folder left. They end by themselves when their runner is gone; this is for the ones that could not. */
export async function removeStrayContainers(
  stateFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<void> {
  for (const { program, name } of readRecords(stateFolder)) {
    // An engine that is gone keeps no container; its words help nobody here.
    for (const words of REMOVAL) await runCommand(program, [...words, name], { environment, signal, timeout: 60_000 });
    forgetContainer(stateFolder, name);
  }
}

function readRecords(stateFolder: string): ContainerRecord[] {
  let names: string[];
  try {
    names = readdirSync(folderOf(stateFolder)).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      const { program, name: container } = JSON.parse(readFileSync(join(folderOf(stateFolder), name), 'utf8'));
      return typeof program === 'string' && typeof container === 'string' ? [{ program, name: container }] : [];
    } catch {
      return [];
    }
  });
}
