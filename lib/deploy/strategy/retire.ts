import { ok, type Result } from '../../result';
import { itemsIn } from '../apply';
import type { KubectlFailure } from '../kubectl';
import { type KubeObject, SET_LABELS } from '../objects';
import type { RollOutContext } from '../roll-out';
import { KEEP_UNTIL_ANNOTATION } from '../roll-out';
import { replicaSetsOf } from './live';

type Context = Pick<RollOutContext, 'request' | 'ports' | 'remove'>;

/** Whether the object is of this service's and environment's set: nothing else is ever touched. */
export const isOurs = ({ metadata: { labels } }: KubeObject, { request }: Pick<Context, 'request'>): boolean =>
  labels?.[SET_LABELS.service] === request.service && labels[SET_LABELS.environment] === request.environment;

const PAUSE = 200;
/** Seconds: the controllers need far less to begin with the end of pods. */
const LIMIT = 60;

/**
 * Takes Deployments away for good. Comes back when none of their pods can get requests any more: they are gone or on their way out,
 * and a Service that would pick them does not.
 */
export async function retire(
  deployments: readonly KubeObject[],
  context: Context,
): Promise<Result<void, KubectlFailure>> {
  if (deployments.length === 0) return ok(undefined);
  const { request, ports, remove } = context;
  const { namespace } = request;
  const names = deployments.map(({ metadata }) => `deployment.apps/${metadata.name}`);
  const scaled = await ports.kubectl.run(['scale', ...names, '--replicas', '0', '--namespace', namespace]);
  if (!scaled.ok && scaled.errors[0]?.kind !== 'not-found') return scaled;
  const deadline = ports.clock.now().getTime() + LIMIT * 1000;
  while (ports.clock.now().getTime() < deadline) {
    const answer = await ports.kubectl.run(
      ['get', 'replicasets.apps,pods', '--namespace', namespace, '--output', 'json'],
      { quiet: true },
    );
    if (!answer.ok) return answer;
    const items = itemsIn(answer.value);
    const live = { deployments: [], services: [], replicaSets: items.filter(({ kind }) => kind === 'ReplicaSet') };
    const sets = new Set(deployments.flatMap((each) => replicaSetsOf(each, live)).map(({ metadata }) => metadata.uid));
    const left = items.some(
      ({ kind, metadata }) =>
        kind === 'Pod' &&
        metadata.deletionTimestamp === undefined &&
        metadata.ownerReferences?.some(({ uid }) => sets.has(uid)),
    );
    if (!left || (await ports.clock.sleep(PAUSE, ports.signal)) === 'aborted') break;
  }
  return remove(
    deployments.map(({ metadata: { name } }) => ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name })),
  );
}

/** Pruning takes it away after that time. */
export async function keepUntil(
  deployment: KubeObject,
  seconds: number,
  { request, ports }: Context,
): Promise<Result<string, KubectlFailure>> {
  const until = new Date(ports.clock.now().getTime() + seconds * 1000).toISOString();
  ports.log.info(`${deployment.metadata.name} is kept until ${until}, for an instant switch back`);
  return annotate(deployment, `${KEEP_UNTIL_ANNOTATION}=${until}`, { request, ports });
}

/** It is in use again. */
export const keepNoLonger = async (
  deployment: KubeObject,
  context: Omit<Context, 'remove'>,
): Promise<Result<unknown, KubectlFailure>> =>
  deployment.metadata.annotations?.[KEEP_UNTIL_ANNOTATION] === undefined
    ? ok(undefined)
    : annotate(deployment, `${KEEP_UNTIL_ANNOTATION}-`, context);

const annotate = ({ metadata }: KubeObject, what: string, { request, ports }: Omit<Context, 'remove'>) =>
  ports.kubectl.run([
    'annotate',
    `deployment.apps/${metadata.name}`,
    what,
    '--overwrite',
    '--namespace',
    request.namespace,
  ]);
