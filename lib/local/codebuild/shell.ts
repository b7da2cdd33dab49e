import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Room, RoomScript } from '../rooms/room';
import type { ProcessEnd } from './process';

/** `env.shell` of a buildspec that can run here. CodeBuild's default on Linux is /bin/sh. */
export type ShellName = 'bash' | '/bin/sh';

export interface ShellOptions {
  readonly room: Room;
  /** Private folder for what is carried from command to command, as this machine knows it (Room.scripts as the build does). It holds the environment: whoever makes it removes it. */
  readonly stateFolder: string;
  /** As the build sees it. */
  readonly directory: string;
  /** The environment of the first command. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onOutput: RoomScript['onOutput'];
}

/**
 * Runs the commands of one build as CodeBuild's agent does for buildspec 0.2: each command is a script of its own, and what
 * the next one finds is the directory and the variables that the last one left (all of them: `set -a`). Functions,
 * aliases, options and traps end with their command; a command that calls `exit` leaves nothing. The command's text
 * starts at line 4 of its script, and error messages of the shell say so.
 */
export interface Shell {
  run(command: string): Promise<ProcessEnd>;
  /** Sets a variable for the commands to come. */
  set(name: string, value: string): void;
  /** Values that the last command left; a name without one is absent. After it this machine may read the build's files. */
  read(names: readonly string[]): Promise<Record<string, string>>;
  /** Where the next command starts, as the build sees it. */
  directory(): string;
  /** Whether a command has left an environment yet. */
  hasSaved(): boolean;
  /** Keeps what is carried from command to command; the function given puts it back. */
  keep(): () => void;
}

export function createShell(options: ShellOptions): Shell {
  const { room } = options;
  const saved = join(options.stateFolder, 'env.sh');
  const directoryFile = join(options.stateFolder, 'dir.txt');
  const inside = (leaf: string): string => quote(`${room.scripts}/${leaf}`);
  mkdirSync(options.stateFolder, { recursive: true, mode: 0o700 });
  writeFileSync(saved, '', { mode: 0o600 });
  writeFileSync(directoryFile, `${options.directory}\n`);
  const added = new Map<string, string>();
  const directory = (): string => readFileSync(directoryFile, 'utf8').slice(0, -1);

  const hasSaved = (): boolean => statSync(saved).size > 0;

  const start = (text: string, onOutput: ShellOptions['onOutput']): Promise<ProcessEnd> => {
    writeFileSync(join(options.stateFolder, 'script.sh'), text, { mode: 0o600 });
    // What was saved is the whole environment: a variable that a command took away stays away.
    const environment = hasSaved() ? {} : { environment: options.environment };
    return room.run({ name: 'script.sh', directory: directory(), ...environment, onOutput });
  };

  return {
    async run(command) {
      const lines = [
        // One stream, so that lines of stdout and stderr keep their order, as in CodeBuild's log.
        `exec 2>&1; cd -- ${quote(directory())} || exit 1`,
        'set -a',
        `. ${inside('env.sh')}; ${[...added].map(([name, value]) => `${name}=${quote(value)}`).join('; ') || ':'}`,
        command,
        'CODEBUILD_LAST_EXIT=$?',
        `export -p > ${inside('env.sh')}`,
        `pwd > ${inside('dir.txt')}`,
        'exit $CODEBUILD_LAST_EXIT',
        '',
      ];
      return start(lines.join('\n'), options.onOutput);
    },
    set(name, value) {
      added.set(name, value);
    },
    async read(names) {
      const target = join(options.stateFolder, 'values.txt');
      const prints = names.map((name) => `if [ "\${${name}+x}" ]; then printf '${name}=%s\\0' "$${name}"; fi`);
      await start(
        [`. ${inside('env.sh')}`, ...prints.map((print) => `${print} >> ${inside('values.txt')}`), ''].join('\n'),
        () => {},
      );
      await room.handOver();
      const text = existsSync(target) ? readFileSync(target, 'utf8') : '';
      const pairs = text.split('\0').slice(0, -1);
      return Object.fromEntries(
        pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
      );
    },
    directory,
    hasSaved,
    keep() {
      const kept = [saved, directoryFile].map((file) => [file, readFileSync(file)] as const);
      return () => {
        for (const [file, content] of kept) writeFileSync(file, content);
      };
    },
  };
}

/** A word that the shell takes literally. */
export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
