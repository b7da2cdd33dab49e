import type { Result } from '../result';
import { itemsIn } from './apply';
import type { KubectlFailure } from './kubectl';
import { type Holder, type LockPorts, takeLock } from './lock';
import type { KubeObject } from './objects';
import type { Parts } from './parts';
import type { Ports } from './ports';
import { preflight } from './preflight/preflight';
import { provenanceBeforeDeploy } from './provenance/before-deploy';
import { mistrustBeforeRestore } from './provenance/before-restore';
import { helmProcess } from './render/helm-process';
import { render } from './render/render';
import { autoscaledBy } from './render/replicas';
import type { Report } from './report';
import type { DeployRequest } from './request';
import type { RollOut } from './roll-out';
import { settle } from './verify/settle';
import { smoke } from './verify/smoke';
import { stillWell } from './verify/still-well';
import { waitForRollout } from './verify/wait';

export interface RealOptions {
  readonly request: Pick<DeployRequest, 'id' | 'service' | 'environment' | 'namespace' | 'version' | 'limits'>;
  readonly rollOut: RollOut;
  readonly lockPorts: LockPorts;
  /** Seconds that the lock lives without being renewed. */
  readonly lockDuration: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly report: Report;
  readonly keepDifference: (text: string) => void;
  readonly evidence: Parts['evidence'];
}

/** The parts of the program, as they are on a cluster. */
export function realParts(options: RealOptions): Parts {
  const { request, rollOut, report } = options;
  const warn = (message: string): void => report.warn(message);
  return {
    rollOut,
    takeLock: (requestedAt) => {
      const { service, environment, namespace, limits, id, version } = request;
      const holder: Holder = { id, version, requestedAt };
      const wait = limits.lock;
      return takeLock(
        { namespace, service, environment, holder, wait, duration: options.lockDuration },
        options.lockPorts,
      );
    },
    provenance: provenanceBeforeDeploy(warn),
    mistrust: oncePerRelease(mistrustBeforeRestore(warn)),
    render: (wanted, release, ports) => renderAll(wanted, release, ports, options.environment, warn),
    preflight: preflight({ keepDifference: options.keepDifference, warn }),
    wait: (expectations, { request: { namespace, limits }, ports, interrupted, startedAt, limit }) =>
      waitForRollout(
        expectations,
        { namespace, limits: { ...limits, rollout: limit }, onLook: interrupted, startedAt },
        ports,
      ),
    settle: (expectations, { request: { namespace, limits }, ports, interrupted, startedAt }) =>
      settle(expectations, { namespace, limits, onLook: interrupted, startedAt }, ports),
    smoke: (test, version, expectations, { request: { service, namespace, limits }, ports, interrupted, startedAt }) =>
      smoke(
        {
          test,
          service,
          namespace,
          version,
          limit: limits.smoke,
          onLook: interrupted,
          onWrong: () => stillWell(expectations, { namespace, limits, startedAt }, ports),
        },
        ports,
      ),
    evidence: options.evidence,
  };
}

/** A restore asks before it takes the lock and again before it puts the release back: the same bytes have the same answer. */
function oncePerRelease(mistrust: Parts['mistrust']): Parts['mistrust'] {
  const answers = new Map<string, ReturnType<Parts['mistrust']>>();
  return (release, request, ports) => {
    const bytes = JSON.stringify(release);
    const answer = answers.get(bytes) ?? mistrust(release, request, ports);
    answers.set(bytes, answer);
    return answer;
  };
}

async function renderAll(
  request: DeployRequest,
  release: string,
  ports: Ports,
  environment: RealOptions['environment'],
  warn: (message: string) => void,
): Promise<Result<readonly KubeObject[], string | KubectlFailure>> {
  const { manifests, image, service, namespace, version } = request;
  const scalers = await ports.kubectl.run(
    ['get', 'horizontalpodautoscalers.autoscaling', '--namespace', namespace, '--output', 'json'],
    { quiet: true },
  );
  if (!scalers.ok) {
    if (scalers.errors[0]?.kind !== 'forbidden') return scalers;
    warn(`autoscalers on the cluster are not known: ${scalers.errors[0].message}`);
  }
  const helm = helmProcess({ environment, signal: ports.signal, onCommand: (line) => ports.log.command(line) });
  const rendered = await render(
    {
      manifests,
      image,
      service,
      environment: request.environment,
      namespace,
      version,
      release,
      autoscaled: autoscaledBy(scalers.ok ? itemsIn(scalers.value) : []),
    },
    { kubectl: ports.kubectl, helm, log: { info: warn } },
  );
  if (rendered.ok) ports.log.info(`${rendered.value.length} objects`);
  return rendered;
}
