import { createInterface } from 'node:readline';
import { processImages } from '../image/process-images';
import { ImageStore } from '../image/store';
import { acquireLock } from '../lock';
import { identify } from '../process-identity';
import { type RunningCluster, startCluster } from './cluster';
import type { Images } from './images';
import { type ClusterRecord, clusterFolder, type FirstLine, removeRecord, writeRecord } from './record';
import type { ClusterSettings } from './settings';

/**
 * The cluster as a process of its own. The first line of its standard input is a FirstLine; it answers with one line, a
 * ClusterRecord or `{"error": …}`. When standard input ends it stops its pods and itself, unless a line `detach` came before.
 */
async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  const iterator = lines[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) return;
  const { stateFolder, settings } = JSON.parse(first.value) as FirstLine;
  const lock = acquireLock(`${clusterFolder(stateFolder)}/lock`, 'embedded cluster');
  if (!lock.held) {
    answer({ error: `process ${lock.by.pid} runs the cluster of this folder already` });
    process.exitCode = 1;
    return;
  }
  let cluster: RunningCluster;
  try {
    cluster = await startCluster({ stateFolder, settings, images: imagesOf, onError: complain });
  } catch (error) {
    answer({ error: error instanceof Error ? error.message : String(error) });
    lock.release();
    process.exitCode = 1;
    return;
  }
  const { url, port, caData, token, kubeconfig } = cluster;
  const self = identify(process.pid);
  const record: ClusterRecord = {
    url,
    port,
    caData,
    token,
    kubeconfig,
    pid: process.pid,
    start: self?.start ?? '',
    detached: false,
  };
  writeRecord(stateFolder, record);
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    void cluster.stop().finally(() => {
      removeRecord(stateFolder);
      lock.release();
      process.exit(0);
    });
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  // The terminal that started it may go without it.
  process.on('SIGHUP', () => {});
  answer(record);
  for (let line = await iterator.next(); !line.done; line = await iterator.next()) {
    if (line.value !== 'detach') continue;
    writeRecord(stateFolder, { ...record, detached: true });
    answer({ detached: true });
    return;
  }
  end();
}

function imagesOf(settings: Readonly<ClusterSettings>): Images {
  if (settings.registry === undefined) return { resolve: async () => undefined };
  const environment = { ...process.env, ...(settings.path ? { PATH: settings.path } : {}) };
  return processImages(new ImageStore(settings.registry), { environment });
}

const answer = (value: object): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
};

const complain = (message: string): void => {
  process.stderr.write(`${new Date().toISOString()} ${message}\n`);
};

process.stdout.on('error', () => {});
main().catch((error: unknown) => {
  complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(70);
});
