import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { podSecurity } from './admission/pod-security';
import { quota } from './admission/quota';
import { serviceAccount } from './admission/service-account';
import { Resources } from './api/resources';
import { routes } from './api/routes';
import { ApiServer } from './api/server';
import { Authenticator } from './auth/authenticator';
import { Authorizer } from './auth/authorizer';
import { eksTokens } from './auth/eks-token';
import { Rbac } from './auth/rbac';
import { AccountTokens, knownTokens } from './auth/tokens';
import { sameRole } from './auth/user';
import { type Clock, systemClock } from './clock';
import { ClaimController } from './controllers/claims';
import { DaemonSetController } from './controllers/daemonset';
import { DeploymentController } from './controllers/deployment';
import { JobController } from './controllers/job';
import { GarbageCollector, NamespaceController } from './controllers/lifecycle';
import { Manager } from './controllers/manager';
import { ReplicaSetController } from './controllers/replicaset';
import { Scheduler } from './controllers/scheduler';
import { ServiceController } from './controllers/service';
import { StatefulSetController } from './controllers/statefulset';
import { StatusController } from './controllers/status';
import { DefinitionController, restoreDefinitions } from './custom/controller';
import { Recorder } from './events';
import { answerFaults } from './faults/endpoint';
import { Faults } from './faults/faults';
import { Outage } from './faults/outage';
import type { Images } from './images';
import { KindTable } from './kind-table';
import { kubeconfigOf } from './kubeconfig';
import { BACK_OFF } from './kubelet/context';
import { Kubelet } from './kubelet/kubelet';
import { MEMORY_INTERVAL, MemoryWatch, readMemory } from './kubelet/memory';
import { ServicePorts } from './network/services';
import { bootstrap, resizeNode } from './node';
import { clusterFolder } from './record';
import { Registry } from './registry';
import { type ClusterSettings, Settings } from './settings';
import { Store } from './store/store';
import { identityOf } from './tls';

export interface ClusterOptions {
  /** The project's `.slipway`; the cluster keeps everything below `<stateFolder>/cluster`. */
  readonly stateFolder: string;
  readonly settings: ClusterSettings;
  /** Where images come from under the settings of the moment. */
  readonly images: (settings: Readonly<ClusterSettings>) => Images;
  readonly clock?: Clock;
  /** What broke inside the cluster itself, one message a call. */
  readonly onError?: (message: string) => void;
}

export interface RunningCluster {
  readonly url: string;
  readonly port: number;
  /** PEM of the authority, base64: a kubeconfig's certificate-authority-data. */
  readonly caData: string;
  /** The administrator's bearer token. */
  readonly token: string;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Ends every pod (within `grace` seconds) and the API; objects stay on disk. */
  stop(grace?: number): Promise<void>;
}

const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';
const STOP_GRACE = 5;

/** Starts the API, its controllers and the pods that the state folder knows. */
export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const folder = clusterFolder(options.stateFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { clock = systemClock, onError = () => {} } = options;
  let settings = Settings.parse(options.settings);
  const identity = await identityOf(folder);
  const token = secretOf(join(folder, 'admin.token'));
  const store = Store.open(join(folder, 'objects.jsonl'));
  const recorder = new Recorder(store, clock);
  const faults = new Faults();
  const kinds = new KindTable();
  restoreDefinitions(store, kinds);
  const registry = new Registry(store, clock, [serviceAccount, podSecurity, quota, faults.admission]);
  const ports = new ServicePorts(registry, recorder);
  registry.onService((service) => ports.reserve(service));
  bootstrap(store, clock, settings.node);
  await ports.restore();
  const kubelet = new Kubelet({
    registry,
    recorder,
    clock,
    images: { resolve: (reference) => options.images(settings).resolve(reference) },
    commands: () => settings.commands,
    path: () => settings.path ?? SYSTEM_PATH,
    folder,
    backOff: () => settings.backOff ?? BACK_OFF,
    memory: new MemoryWatch(readMemory, () => settings.memoryInterval ?? MEMORY_INTERVAL),
    onError,
  });
  const manager = new Manager(
    store,
    [
      new Scheduler(registry, clock, recorder),
      new DeploymentController(registry, clock, recorder),
      new ReplicaSetController(registry, clock, recorder),
      new StatefulSetController(registry, clock, recorder),
      new DaemonSetController(registry, clock, recorder),
      new ClaimController(registry),
      new JobController(registry, clock, recorder),
      new ServiceController(registry, clock, ports),
      new DefinitionController(registry, clock),
      new NamespaceController(registry, clock),
      new GarbageCollector(registry, clock),
      new StatusController(registry, recorder),
    ],
    onError,
  );
  store.subscribe((change) => ports.see(change));
  kubelet.start();
  const eks = eksTokens({
    clusterName: () => settings.name,
    stsUrl: () => settings.stsUrl,
    clock,
    onRefusal: onError,
  });
  const authorizer = new Authorizer(() => settings.access, new Rbac(store));
  const accounts = new AccountTokens(clock);
  const groupsOf = (name: string) =>
    settings.access.flatMap((entry) => (sameRole(entry.principalArn, name) ? (entry.groups ?? []) : []));
  const resources = new Resources(
    registry,
    clock,
    authorizer,
    (pod, container) => kubelet.log(pod, container),
    accounts,
  );
  const configure = (given: ClusterSettings) => {
    settings = Settings.parse(given);
    resizeNode(store, settings.node ?? {});
  };
  const portFile = join(folder, 'port');
  const server = await ApiServer.listen(
    identity,
    existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : 0,
    new Authenticator(token, [knownTokens(() => settings.users), accounts.read, eks], groupsOf),
    routes(resources, authorizer, configure),
    onError,
    async (exchange, path) =>
      (await answerFaults(exchange, path, faults, outage)) || (await faults.intercept(exchange, path)),
  );
  const outage = new Outage([server, manager], onError);
  writeFileSync(portFile, String(server.port));
  const access = {
    url: `https://127.0.0.1:${server.port}`,
    caData: Buffer.from(identity.cert).toString('base64'),
    token,
  };
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigOf(access), { mode: 0o600 });
  let stopped: Promise<void> | undefined;
  const stop = async (grace: number) => {
    outage.stop();
    manager.stop();
    await server.close();
    await kubelet.stop(grace);
    ports.close();
    store.close();
  };
  return {
    ...access,
    port: server.port,
    kubeconfig,
    stop: (grace = STOP_GRACE) => {
      stopped ??= stop(grace);
      return stopped;
    },
  };
}

function secretOf(file: string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const secret = randomBytes(32).toString('base64url');
  writeFileSync(file, secret, { mode: 0o600 });
  return secret;
}
