import type { Container, Probe } from '../types';
import { type ProbeListener, type ProbeTarget, watchProbe } from './probe';

/** A running container as its probes see it. */
export interface HealthContext {
  container(): Container;
  target(): ProbeTarget;
  set(change: { readonly started?: boolean; readonly ready: boolean }): void;
  /** A probe failed once. */
  unhealthy(message: string): void;
  /** The container is to be ended and started anew. */
  condemn(probe: Probe, kind: 'startup' | 'liveness'): 'stop';
}

/** Runs a container's probes until the signal ends them: the startup probe alone, then readiness and liveness together. */
export async function superviseHealth(context: HealthContext, signal: AbortSignal): Promise<void> {
  const { startupProbe, readinessProbe, livenessProbe } = context.container();
  const watch = (probe: Probe, kind: string, eager: boolean, verdict: ProbeListener['verdict']) => {
    const failed = (message: string) => context.unhealthy(`${kind} probe failed: ${message}`);
    return watchProbe(probe, context.target(), signal, { verdict, failed }, eager);
  };
  if (startupProbe) {
    let passed = false;
    await watch(startupProbe, 'Startup', true, (healthy) => {
      passed = healthy;
      return healthy ? 'stop' : context.condemn(startupProbe, 'startup');
    });
    if (!passed) return;
  }
  context.set({ started: true, ready: !readinessProbe });
  const ready = (healthy: boolean) => {
    context.set({ ready: healthy });
    return 'continue' as const;
  };
  const alive = (probe: Probe) => (healthy: boolean) => (healthy ? 'continue' : context.condemn(probe, 'liveness'));
  await Promise.all([
    readinessProbe && watch(readinessProbe, 'Readiness', true, ready),
    livenessProbe && watch(livenessProbe, 'Liveness', false, alive(livenessProbe)),
  ]);
}
