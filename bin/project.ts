import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatConfigError, loadConfig } from '../lib/config/load';
import type { Config } from '../lib/config/schema';
import { exitCode } from './exit-codes';
import { Failure } from './failure';

/** Options that every command has. */
export interface GlobalOptions {
  readonly config?: string;
}

/** Where things are. Slipway's own program and the user's configuration may live in different folders. */
export interface Project {
  /** Slipway's folder: cdk.json, buildspecs, node_modules, dist. */
  readonly root: string;
  readonly configFile: string;
  /** `.slipway` beside the configuration: the only folder that a run writes to. */
  readonly state: string;
  readonly config: Config;
}

export const packageRoot = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

export function locateConfig({ config }: GlobalOptions): string {
  if (config) return resolve(config);
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const candidate = join(folder, 'slipway.yaml');
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) break;
  }
  throw new Failure(
    `no slipway.yaml in ${process.cwd()} or a folder above it: change to your project, or name the file with --config`,
    exitCode['usage, configuration or template is wrong'],
  );
}

export const stateFolder = (configFile: string): string => join(dirname(configFile), '.slipway');

/** The project with its configuration read; every error of the file at once ends the command. */
export function openProject(options: GlobalOptions): Project {
  const configFile = locateConfig(options);
  const loaded = loadConfig(configFile, process.env);
  if (!loaded.ok) {
    const lines = loaded.errors.map((error) =>
      formatConfigError({ ...error, file: relative('', error.file) || error.file }),
    );
    throw new Failure(
      `${lines.join('\n')}\n${lines.length === 1 ? '1 error' : `${lines.length} errors`} in the configuration; docs/configuration.md lists every key`,
      exitCode['usage, configuration or template is wrong'],
    );
  }
  return { root: packageRoot, configFile, state: stateFolder(configFile), config: loaded.value };
}

/** Root of the service's source. */
export const serviceFolder = ({ configFile, config }: Project): string =>
  resolve(dirname(configFile), config.service.path);
