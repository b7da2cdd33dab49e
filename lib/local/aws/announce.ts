import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Bindings } from '../plan';
import { identify, isAlive } from '../process-identity';
import type { Endpoint } from './endpoint';

/** How other programs of this user reach the endpoint of a running slipway: the AWS SDK's settings, and whose process it is. */
export interface Announcement {
  /** AWS_ENDPOINT_URL. */
  readonly url: string;
  readonly region: string;
  readonly account: string;
  /** Of the principal `arn:<partition>:iam::<account>:role/slipway-operator`. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly pid: number;
  /** When the process started (see processStart). */
  readonly start: string;
}

const SHAPE = z.object({
  url: z.string(),
  region: z.string(),
  account: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  pid: z.number(),
  start: z.string(),
});

const fileOf = (stateFolder: string): string => join(stateFolder, 'endpoint.json');

/** Writes `endpoint.json` into the state folder, for this user alone; `withdraw` removes it, if it is still this process's. */
export function announceEndpoint(
  options: Bindings & { readonly stateFolder: string; readonly endpoint: Pick<Endpoint, 'url' | 'operator'> },
): { withdraw(): void } {
  const { stateFolder, endpoint, region, account } = options;
  const self = identify(process.pid);
  if (!self) throw new Error(`cannot read the start time of process ${process.pid}`);
  const announcement: Announcement = { url: endpoint.url, region, account, ...endpoint.operator, ...self };
  const file = fileOf(stateFolder);
  const draft = `${file}.${process.pid}`;
  mkdirSync(stateFolder, { recursive: true });
  rmSync(draft, { force: true });
  writeFileSync(draft, `${JSON.stringify(announcement, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(draft, file);
  return {
    withdraw() {
      const now = read(file);
      if (now?.pid === self.pid && now.start === self.start && now.url === endpoint.url) rmSync(file, { force: true });
    },
  };
}

/** What the running slipway of this state folder announced; undefined where none runs. */
export function readAnnouncement(stateFolder: string): Announcement | undefined {
  const found = read(fileOf(stateFolder));
  return found && isAlive(found) ? found : undefined;
}

function read(file: string): Announcement | undefined {
  try {
    return SHAPE.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
