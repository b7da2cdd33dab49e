import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { FaultClient } from '../local/cluster/faults/client';
import type { Access } from '../local/cluster/kubeconfig';
import type { ClusterSettings } from '../local/cluster/settings';
import { ImageStore } from '../local/image/store';
import { pushImage, REPOSITORY } from './image';
import type { Programs } from './programs';
import { type KubectlProxy, startProxy } from './proxy';

/** Where drills run. */
export interface Venue {
  readonly kind: 'embedded' | 'context';
  readonly programs: Programs;
  /** Everything that drills write. */
  readonly folder: string;
  readonly kubeconfig: string;
  /** Absent: each drill has a namespace of its own. */
  readonly namespace?: string;
  /** Absent: a Service is of type LoadBalancer, and reached by its address. */
  readonly proxy?: KubectlProxy;
  /** Repository and digest of the release with this environment. */
  image(
    environment: Readonly<Record<string, string>>,
  ): Promise<{ readonly repository: string; readonly digest: string }>;
  /** Undefined: its API has no faults on demand. */
  faults(name: string): FaultClient | undefined;
  close(): Promise<void>;
}

/** A cluster that was started for drills. */
export interface DrillCluster extends Access {
  readonly kubeconfig: string;
  stop(grace?: number): Promise<void>;
}

export interface EmbeddedOptions {
  readonly programs: Programs;
  /** Starts an embedded cluster whose state is in the folder. */
  readonly start: (stateFolder: string, settings: ClusterSettings) => Promise<DrillCluster>;
}

/** Back-off of crashed containers and failed pulls, in milliseconds: shorter than Kubernetes' own, for drills that do not take minutes. */
const BACK_OFF = { initial: 500, maximum: 4_000 };

/** A cluster of its own, gone with everything that drills wrote when it is closed. */
export async function embeddedVenue({ programs, start }: EmbeddedOptions): Promise<Venue> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-drill-'));
  const registry = join(folder, 'registry');
  const store = new ImageStore(registry);
  const path = [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter);
  const cluster = await start(folder, { name: 'drills', registry, path, backOff: BACK_OFF });
  return {
    kind: 'embedded',
    programs,
    folder,
    kubeconfig: cluster.kubeconfig,
    image: async (environment) => ({
      repository: REPOSITORY.uri,
      digest: await pushImage(store, programs.server, environment),
    }),
    faults: (name) => new FaultClient(cluster, name),
    async close() {
      await cluster.stop(1);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface ContextOptions {
  readonly programs: Programs;
  /** A kubeconfig whose current context is the cluster. */
  readonly kubeconfig: string;
  readonly namespace: string;
  /** `repository@sha256:…` of lib/drill/server, where the cluster can pull it. */
  readonly image: string;
}

/** A namespace of a real cluster. Drills leave nothing there but the namespace. */
export async function contextVenue({ programs, kubeconfig, namespace, image }: ContextOptions): Promise<Venue> {
  const folder = mkdtempSync(join(tmpdir(), `slipway-drill-${randomBytes(2).toString('hex')}-`));
  const [repository = '', digest = ''] = image.split('@');
  const proxy = await startProxy(programs.kubectl, kubeconfig);
  return {
    kind: 'context',
    programs,
    folder,
    kubeconfig,
    namespace,
    proxy,
    image: async () => ({ repository, digest }),
    faults: () => undefined,
    async close() {
      await proxy.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
