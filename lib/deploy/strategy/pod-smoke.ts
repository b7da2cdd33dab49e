import type { End, RollOutContext } from '../roll-out';
import type { PodAnswer, PodRequest } from './pod-requests';

type Ask = (request: PodRequest) => Promise<PodAnswer>;

const PAUSE = 250;
const LONGEST_PAUSE = 2000;

/**
 * The smoke test on pods themselves, before users get to them: each must be ready and say the right version. Pods that the API
 * server cannot get through to are no failure of the release; that is said.
 */
export async function podSmoke(context: RollOutContext, pods: readonly string[], port: number, ask: Ask): Promise<End> {
  const { ports, request } = context;
  const { log, clock } = ports;
  const deadline = clock.now().getTime() + request.limits.smoke * 1000;
  for (const pod of pods) {
    for (let pause = PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
      const look = await lookAt(context, pod, port, ask);
      if (look.status === 'right') break;
      if (look.status === 'unreachable') {
        log.info(`pods are not asked by themselves: ${look.why}`);
        return { status: 'ready' };
      }
      if (look.status === 'denied') {
        const message = `the deployer may not send requests to pods (get pods/proxy): ${look.why}`;
        return { status: 'error', reason: { code: 'Forbidden', object: `Pod/${pod}`, message } };
      }
      if (clock.now().getTime() >= deadline)
        return {
          status: 'failed',
          reason: { code: 'SmokeTest', object: `Pod/${pod}`, message: look.why },
          pods: [pod],
        };
      const stop = await context.interrupted();
      if (stop) return stop;
      await clock.sleep(pause * (0.5 + ports.random() / 2), ports.signal);
    }
  }
  log.info(
    `${pods.length} ${pods.length === 1 ? 'pod answers' : 'pods answer'} by ${pods.length === 1 ? 'itself' : 'themselves'}`,
  );
  return { status: 'ready' };
}

type Look =
  | { readonly status: 'right' }
  | { readonly status: 'wrong' | 'unreachable' | 'denied'; readonly why: string };

async function lookAt({ request, release }: RollOutContext, pod: string, port: number, ask: Ask): Promise<Look> {
  const { readyPath, versionPath } = request.smoke;
  const ready = await ask({ pod, port, path: readyPath });
  if (ready.kind !== 'answered') return { status: ready.kind, why: ready.why };
  if (ready.status !== 200) return { status: 'wrong', why: `${readyPath} answers ${said(ready)}, expected 200` };
  if (versionPath === undefined) return { status: 'right' };
  const version = await ask({ pod, port, path: versionPath });
  if (version.kind !== 'answered') return { status: version.kind, why: version.why };
  const found = version.status === 200 ? versionIn(version.body) : undefined;
  return found === release.version
    ? { status: 'right' }
    : {
        status: 'wrong',
        why: `${versionPath} answers ${found === undefined ? said(version) : `version ${found}`}, expected version ${release.version}`,
      };
}

const said = ({ status, body }: { readonly status: number; readonly body: string }): string =>
  status === 0 ? body : `${status} (${body.replace(/\s+/g, ' ').trim().slice(0, 100) || 'empty'})`;

function versionIn(body: string): string | undefined {
  try {
    const version = (JSON.parse(body) as { version?: unknown } | null)?.version;
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
