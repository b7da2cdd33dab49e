import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { err, type Result } from '../result';
import type { ConfigError } from './error';
import { parseConfig } from './parse';
import type { Config } from './schema';

export { type ConfigError, formatConfigError } from './error';
export type { Config } from './schema';

/**
 * Reads slipway.yaml and what overrides it in the environment (SLIPWAY_ACCOUNT, SLIPWAY_REGION).
 * Gives the configuration with every default applied, or every error at once; it throws nothing.
 */
export const loadConfig = (path: string, environment: NodeJS.ProcessEnv): Result<Config, ConfigError> => {
  const fail = (message: string): Result<never, ConfigError> =>
    err({ file: path, line: 0, column: 0, path: '', message });
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    return fail(unreadable(error as NodeJS.ErrnoException));
  }
  if (bytes.length > MAX_BYTES) return fail(`expected at most ${MAX_BYTES / 1024} KiB, got ${bytes.length} bytes`);
  let source: string;
  try {
    source = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail('expected UTF-8 text; save the file in that encoding');
  }
  return parseConfig(path, source, environment, (folder) =>
    Boolean(statSync(join(dirname(path), folder), { throwIfNoEntry: false })?.isDirectory()),
  );
};

/** Far above any real file; keeps hostile ones cheap. */
const MAX_BYTES = 64 * 1024;

const unreadable = ({ code, message }: NodeJS.ErrnoException): string => {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'no such file; write one (docs/configuration.md shows the smallest) or name it with --config';
    case 'EISDIR':
      return 'expected a file, got a folder';
    case 'EACCES':
    case 'EPERM':
      return 'the file may not be read; check its permissions';
    default:
      return `cannot be read: ${message}`;
  }
};
