import { reasonOf } from '../failure';
import type { KubeObject } from '../objects';
import type { Reason } from '../outcome';
import type { End } from '../roll-out';
import { STOPPED } from './looks';
import type { SmokePorts, SmokeRequest } from './smoke';

interface Service extends KubeObject {
  readonly spec?: {
    readonly type?: string;
    readonly ports?: readonly { readonly port?: number; readonly name?: string }[];
  };
  readonly status?: {
    readonly loadBalancer?: {
      readonly ingress?: readonly {
        readonly hostname?: string;
        readonly ip?: string;
        readonly ports?: readonly { readonly port?: number }[];
      }[];
    };
  };
}

/** Milliseconds between looks. */
const LONGEST = 15_000;

/**
 * Why a Service will never have an address from outside, so that nothing can be asked; undefined: it may get one. For checks
 * before anything is changed, too.
 */
export function addressProblem(service: KubeObject | undefined, name: string): Reason | undefined {
  const hint = `set \`url\` for the environment, or \`url: false\` for no request`;
  const object = `Service/${name}`;
  if (!service) return { code: 'NoService', object, message: `there is none that could be asked; ${hint}` };
  const { type = 'ClusterIP' } = (service as Service).spec ?? {};
  if (type === 'LoadBalancer') return undefined;
  return { code: 'NoAddress', object, message: `its type ${type} gives it no address from outside; ${hint}` };
}

/** Base URL of the Service's load balancer. A new one needs some minutes for its address. */
export async function findAddress(
  { service, namespace, addressLimit = 600, onLook }: SmokeRequest,
  { kubectl, clock, log, signal }: SmokePorts,
): Promise<{ readonly url: string } | End> {
  const began = clock.now().getTime();
  const args = ['get', 'service', service, '--namespace', namespace, '--ignore-not-found', '--output', 'json'];
  for (let pause = 500, looks = 0; ; pause = Math.min(LONGEST, pause * 2), looks++) {
    if (signal.aborted) return STOPPED;
    const interrupted = await onLook?.();
    if (interrupted && interrupted.status !== 'ready') return interrupted;
    const answer = await kubectl.run(args, { quiet: looks > 0 });
    const [failure] = answer.ok ? [] : answer.errors;
    if (failure) return { status: 'error', reason: reasonOf(failure) };
    const found = answer.ok && answer.value.trim() !== '' ? (JSON.parse(answer.value) as Service) : undefined;
    const problem = addressProblem(found, service);
    if (problem) return { status: 'failed', reason: problem, pods: [] };
    const url = found && urlOf(found);
    if (url) return { url };
    if (looks === 0) log.info(`waiting for the address of Service/${service}`);
    const seconds = (clock.now().getTime() - began) / 1000;
    if (seconds >= addressLimit) {
      const message = `it has no address after ${Math.round(seconds)} s: kubectl describe service ${service} --namespace ${namespace} says why`;
      return { status: 'failed', reason: { code: 'NoAddress', object: `Service/${service}`, message }, pods: [] };
    }
    if ((await clock.sleep(pause, signal)) === 'aborted') return STOPPED;
  }
}

function urlOf({ spec, status }: Service): string | undefined {
  const [ingress] = status?.loadBalancer?.ingress ?? [];
  const host = ingress?.hostname || ingress?.ip;
  if (!host) return undefined;
  const [first] = spec?.ports ?? [];
  // A load balancer that maps ports says so.
  const port = ingress?.ports?.[0]?.port ?? first?.port ?? 80;
  const scheme = port === 443 || first?.name === 'https' ? 'https' : 'http';
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
