import { violations } from '../../../pod-security';
import { ok } from '../../../result';
import type { Admission } from '../registry';
import { forbidden, refuse } from '../status';
import type { PodSpec, PodTemplate } from '../types';

const LABEL = 'pod-security.kubernetes.io';

/**
 * Pod Security Admission: a pod that breaks the level of its namespace's `enforce` label is refused, a pod or workload that breaks
 * that of `warn` is let in with a warning. https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export const podSecurity: Admission = (kind, object, store) => {
  const spec = kind.kind === 'Pod' ? (object['spec'] as PodSpec) : templateOf(object['spec']);
  const labels = store.get('Namespace', undefined, object.metadata.namespace ?? '')?.metadata.labels ?? {};
  if (!spec) return ok([]);
  const judge = (mode: string) => {
    const level = labels[`${LABEL}/${mode}`] ?? 'privileged';
    const broken = violations(spec, level);
    const version = labels[`${LABEL}/${mode}-version`] ?? 'latest';
    return broken.length > 0 ? `violate PodSecurity "${level}:${version}": ${broken.join(', ')}` : undefined;
  };
  const refused = kind.kind === 'Pod' ? judge('enforce') : undefined;
  if (refused) return refuse(forbidden(kind, object.metadata.name, refused.replace('violate', 'violates')));
  const warning = judge('warn');
  return ok(warning ? [`would ${warning}`] : []);
};

const templateOf = (spec: unknown): PodSpec | undefined =>
  (spec as { template?: PodTemplate } | undefined)?.template?.spec;
