import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '../process-identity';
import type { Access } from './kubeconfig';
import type { ClusterSettings } from './settings';

/** What a starter writes to the daemon's standard input first. */
export interface FirstLine {
  readonly stateFolder: string;
  readonly settings: ClusterSettings;
}

/** `<state>/cluster/cluster.json`: the daemon that runs there. */
export interface ClusterRecord extends Access, ProcessIdentity {
  readonly port: number;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Whether it goes on without whoever started it. */
  readonly detached: boolean;
}

/** Everything of the cluster that is on disk. */
export const clusterFolder = (stateFolder: string): string => join(stateFolder, 'cluster');

/** Where whoever takes a running cluster over tells it the settings of the new run. */
export const SETTINGS_PATH = '/slipway/settings';

const fileOf = (stateFolder: string): string => join(clusterFolder(stateFolder), 'cluster.json');

export function writeRecord(stateFolder: string, record: ClusterRecord): void {
  const file = fileOf(stateFolder);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

export function readRecord(stateFolder: string): ClusterRecord | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(stateFolder), 'utf8')) as ClusterRecord;
  } catch {
    return undefined;
  }
}

export const removeRecord = (stateFolder: string): void => rmSync(fileOf(stateFolder), { force: true });
