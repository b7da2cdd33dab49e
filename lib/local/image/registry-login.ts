import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageStore } from './store';

/** As ECR: GetAuthorizationToken's tokens are good for twelve hours. */
const LIFETIME = 12 * 60 * 60 * 1000;

export interface RegistryPassword {
  readonly password: string;
  readonly expiresAt: Date;
}

/** Issues a password for the store. Only its hash is kept, so the store's folder gives nothing away. */
export async function issuePassword(store: ImageStore, now: Date): Promise<RegistryPassword> {
  const password = randomBytes(48).toString('base64url');
  const expiresAt = new Date(now.getTime() + LIFETIME);
  await mkdir(tokens(store), { recursive: true });
  await writeFile(join(tokens(store), hash(password)), expiresAt.toISOString());
  return { password, expiresAt };
}

/** Whether a password was issued for the store and is still good. */
export async function isPassword(store: ImageStore, password: string, now: Date): Promise<boolean> {
  try {
    return new Date(await readFile(join(tokens(store), hash(password)), 'utf8')) > now;
  } catch {
    return false;
  }
}

/** The `auths` of docker's config.json: registry host -> base64 of `user:password`. */
interface DockerConfig {
  auths?: Record<string, { auth?: string }>;
  [other: string]: unknown;
}

export async function saveLogin(folder: string, host: string, user: string, password: string): Promise<void> {
  const config = await readConfig(folder);
  config.auths = { ...config.auths, [host]: { auth: Buffer.from(`${user}:${password}`).toString('base64') } };
  await writeConfig(folder, config);
}

/** Gives whether there was a login. */
export async function removeLogin(folder: string, host: string): Promise<boolean> {
  const config = await readConfig(folder);
  const { [host]: removed, ...rest } = config.auths ?? {};
  if (removed) await writeConfig(folder, { ...config, auths: rest });
  return removed !== undefined;
}

/** Whether docker keeps a good password for a registry. */
export async function isLoggedIn(
  { store, configFolder, now }: { store: ImageStore; configFolder: string; now: () => Date },
  registry: string,
): Promise<boolean> {
  const password = await savedPassword(configFolder, registry);
  return password !== undefined && isPassword(store, password, now());
}

async function savedPassword(folder: string, host: string): Promise<string | undefined> {
  const auth = (await readConfig(folder)).auths?.[host]?.auth;
  return auth === undefined ? undefined : Buffer.from(auth, 'base64').toString('utf8').split(/:(.*)/s)[1];
}

const tokens = (store: ImageStore): string => join(store.folder, 'passwords');

const hash = (password: string): string => createHash('sha256').update(password).digest('hex');

async function readConfig(folder: string): Promise<DockerConfig> {
  try {
    return JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as DockerConfig;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

async function writeConfig(folder: string, config: DockerConfig): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `config.json.${process.pid}`);
  await writeFile(draft, JSON.stringify(config, null, 2), { mode: 0o600 });
  await rename(draft, join(folder, 'config.json'));
}
