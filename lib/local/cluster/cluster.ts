import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { podSecurity } from './admission/pod-security';
import { Resources } from './api/resources';
import { routes } from './api/routes';
import { ApiServer } from './api/server';
import { Authenticator, type TokenReader } from './auth/authenticator';
import { Authorizer } from './auth/authorizer';
import type { AccessEntry } from './auth/user';
import { type Clock, systemClock } from './clock';
import { DeploymentController } from './controllers/deployment';
import { GarbageCollector, NamespaceController } from './controllers/lifecycle';
import { Manager } from './controllers/manager';
import { ReplicaSetController } from './controllers/replicaset';
import { ServiceController } from './controllers/service';
import { Recorder } from './events';
import type { Images } from './images';
import { BACK_OFF, type BackOff } from './kubelet/context';
import { Kubelet } from './kubelet/kubelet';
import { ServicePorts } from './network/services';
import { bootstrap } from './node';
import { Registry } from './registry';
import { Store } from './store/store';
import { identityOf } from './tls';

export interface ClusterOptions {
  /** The project's `.slipway`; the cluster keeps everything below `<stateFolder>/cluster`. */
  readonly stateFolder: string;
  readonly images: Images;
  /** Image repository (`registry/name`, without tag and digest) -> the command that stands for it; `$PORT`, `$HOST` are filled in. */
  readonly commands?: Readonly<Record<string, readonly string[]>>;
  /** PATH of every pod; default: the system's folders. */
  readonly path?: string;
  /** Port of the API; default: the one of the last life, else any. */
  readonly port?: number;
  /** Reads tokens beside the administrator's, e.g. EKS's. */
  readonly readers?: readonly TokenReader[];
  readonly access?: readonly AccessEntry[];
  readonly backOff?: BackOff;
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
  /** Ends every pod (within `grace` seconds) and the API; objects stay on disk. */
  stop(grace?: number): Promise<void>;
}

const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';
const STOP_GRACE = 5;

/** Starts the API, its controllers and the pods that the state folder knows. */
export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const folder = join(options.stateFolder, 'cluster');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { clock = systemClock, onError = () => {} } = options;
  const identity = await identityOf(folder);
  const token = secretOf(join(folder, 'admin.token'));
  const store = Store.open(join(folder, 'objects.jsonl'));
  const recorder = new Recorder(store, clock);
  const registry = new Registry(store, clock, [podSecurity]);
  const ports = new ServicePorts(registry, recorder);
  registry.onService((service) => ports.reserve(service));
  bootstrap(store, clock);
  await ports.restore();
  const kubelet = new Kubelet({
    registry,
    recorder,
    clock,
    images: options.images,
    commands: options.commands ?? {},
    path: options.path ?? SYSTEM_PATH,
    folder,
    backOff: options.backOff ?? BACK_OFF,
    onError,
  });
  const manager = new Manager(
    store,
    [
      new DeploymentController(registry, clock, recorder),
      new ReplicaSetController(registry, clock, recorder),
      new ServiceController(registry, clock, ports),
      new NamespaceController(registry, clock),
      new GarbageCollector(registry, clock),
    ],
    onError,
  );
  store.subscribe((change) => ports.see(change));
  kubelet.start();
  const authenticator = new Authenticator(token, options.readers ?? []);
  const authorizer = new Authorizer(options.access ?? []);
  const resources = new Resources(registry, clock, authorizer, (pod, container) => kubelet.log(pod, container));
  const portFile = join(folder, 'port');
  const wanted = options.port ?? (existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : 0);
  const server = await ApiServer.listen(identity, wanted, authenticator, routes(resources), onError);
  writeFileSync(portFile, String(server.port));
  let stopped: Promise<void> | undefined;
  const stop = async (grace: number) => {
    manager.stop();
    await server.close();
    await kubelet.stop(grace);
    ports.close();
    store.close();
  };
  return {
    url: `https://127.0.0.1:${server.port}`,
    port: server.port,
    caData: Buffer.from(identity.cert).toString('base64'),
    token,
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
