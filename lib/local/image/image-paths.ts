import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs';
import { delimiter, join, posix } from 'node:path';

/** Folders that a process needs from the host, since the base image's files are not here. */
const SYSTEM = new Set(['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']);
/** Longest `#!` line that every supported kernel honours (Linux before 5.1: BINPRM_BUF_SIZE 128 with its end). */
const LONGEST_SHEBANG = 127;

/** An absolute path of the image, where it lies on this machine; any other text, and what the image has not, as it is. */
function mapPath(root: string, path: string): string {
  if (!path.startsWith('/') || path === '/') return path;
  const mapped = join(root, posix.normalize(path));
  return existsSync(mapped) ? mapped : path;
}

/** Maps an argument that is a path, or an option with one: `--config=/app/gunicorn.conf.py`. */
export function mapArgument(root: string, argument: string): string {
  const option = /^(--?[\w.-]+=)(\/.*)$/s.exec(argument);
  return option ? `${option[1]}${mapPath(root, option[2] as string)}` : mapPath(root, argument);
}

/** Maps each part, between colons, of a variable's value; a search path keeps the host's system folders, after the image's. */
export function mapVariable(root: string, name: string, value: string): string {
  return value
    .split(':')
    .flatMap((part) => {
      const mapped = mapPath(root, part);
      return name === 'PATH' && mapped !== part && SYSTEM.has(part) ? [mapped, part] : [mapped];
    })
    .join(':');
}

/**
 * A command as this machine can start it: paths mapped, the program found on the image's search path, and a script whose
 * `#!` line the kernel would not honour (an interpreter of the image, white space in its path, too long) started by its
 * interpreter. `environment` is mapped already.
 */
export function runnable(
  root: string,
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
): string[] {
  const [program, ...rest] = command.map((argument) => mapArgument(root, argument));
  if (program === undefined) return [];
  const file = program.includes('/') ? program : findInImage(root, program, environment['PATH'] ?? '');
  return file === undefined ? [program, ...rest] : [...withInterpreter(root, file), ...rest];
}

function findInImage(root: string, program: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder.startsWith(root))
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

function withInterpreter(root: string, file: string): string[] {
  const line = shebang(file);
  if (line === undefined) return [file];
  const whole = [line, mapPath(root, line)].find((each) => isExecutable(each));
  const [first = '', option] = line.split(/[ \t]+(.*)/s);
  const interpreter = whole ?? mapPath(root, first);
  const isHonoured = interpreter === line.split(/[ \t]/)[0] && line.length + 2 <= LONGEST_SHEBANG;
  if (isHonoured || !isExecutable(interpreter)) return [file];
  return [interpreter, ...(whole === undefined && option ? [option] : []), file];
}

/** What follows `#!` on the first line; undefined where there is none. */
function shebang(file: string): string | undefined {
  let handle: number | undefined;
  try {
    handle = openSync(file, 'r');
    const bytes = Buffer.alloc(4096);
    const text = bytes.toString('utf8', 0, readSync(handle, bytes));
    return /^#![ \t]*([^\n]+)/.exec(text)?.[1]?.trimEnd();
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
