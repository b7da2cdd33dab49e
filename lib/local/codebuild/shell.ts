import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ProcessEnd, startProcess } from './process';
import { groupExists } from './process-tree';

/** `env.shell` of a buildspec that this host can run. CodeBuild's default on Linux is /bin/sh. */
export type ShellName = 'bash' | '/bin/sh';

export interface ShellOptions {
  readonly shell: ShellName;
  /** Absolute path of the program behind `shell`. */
  readonly program: string;
  /** Private folder for what is carried from command to command. It holds the environment: whoever makes it removes it. */
  readonly stateFolder: string;
  readonly directory: string;
  /** The environment of the first command. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that every process has, whatever the commands do to their environment. */
  readonly marker: Readonly<Record<string, string>>;
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void;
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
  /** Values that the last command left; a name without one is absent. */
  read(names: readonly string[]): Promise<Record<string, string>>;
  /** Groups of processes that are still alive. */
  groups(): readonly number[];
}

export function createShell(options: ShellOptions): Shell {
  const script = join(options.stateFolder, 'script.sh');
  const saved = join(options.stateFolder, 'env.sh');
  const directoryFile = join(options.stateFolder, 'dir.txt');
  mkdirSync(options.stateFolder, { recursive: true, mode: 0o700 });
  writeFileSync(saved, '', { mode: 0o600 });
  writeFileSync(directoryFile, `${options.directory}\n`);
  let groups: number[] = [];
  const added = new Map<string, string>();

  const start = async (text: string, onLine: ShellOptions['onLine']): Promise<ProcessEnd> => {
    writeFileSync(script, text, { mode: 0o600 });
    const carried = readFileSync(saved, 'utf8') !== '';
    const directory = readFileSync(directoryFile, 'utf8').slice(0, -1);
    const running = startProcess({
      program: options.program,
      arguments: [script],
      cwd: existsSync(directory) ? directory : options.directory,
      // What was saved is the whole environment: a variable that a command took away stays away.
      environment: { ...(carried ? {} : options.environment), ...options.marker },
      onLine,
    });
    if (running.group !== undefined) groups.push(running.group);
    const end = await running.ended;
    groups = groups.filter(groupExists);
    return end;
  };

  return {
    async run(command) {
      const lines = [
        // One stream, so that lines of stdout and stderr keep their order, as in CodeBuild's log.
        `exec 2>&1; cd -- ${quote(readFileSync(directoryFile, 'utf8').slice(0, -1))} || exit 1`,
        'set -a',
        `. ${quote(saved)}; ${[...added].map(([name, value]) => `${name}=${quote(value)}`).join('; ') || ':'}`,
        command,
        'CODEBUILD_LAST_EXIT=$?',
        `export -p > ${quote(saved)}`,
        `pwd > ${quote(directoryFile)}`,
        'exit $CODEBUILD_LAST_EXIT',
        '',
      ];
      return start(lines.join('\n'), options.onLine);
    },
    set(name, value) {
      added.set(name, value);
    },
    async read(names) {
      const target = join(options.stateFolder, 'values.txt');
      const prints = names.map((name) => `if [ "\${${name}+x}" ]; then printf '${name}=%s\\0' "$${name}"; fi`);
      await start(
        [`. ${quote(saved)}`, ...prints.map((print) => `${print} >> ${quote(target)}`), ''].join('\n'),
        () => {},
      );
      const text = existsSync(target) ? readFileSync(target, 'utf8') : '';
      const pairs = text.split('\0').slice(0, -1);
      return Object.fromEntries(
        pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
      );
    },
    groups: () => groups,
  };
}

/** A word that the shell takes literally. */
export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
