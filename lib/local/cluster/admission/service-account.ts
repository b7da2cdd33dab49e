import { ok } from '../../../result';
import type { Admission } from '../registry';
import { forbidden, refuse } from '../status';
import type { PodSpec } from '../types';

/** A pod names a service account that exists. The default one is made with each namespace. */
export const serviceAccount: Admission = (kind, object, store) => {
  if (kind.kind !== 'Pod') return ok([]);
  const { name, namespace } = object.metadata;
  const account = (object['spec'] as PodSpec).serviceAccountName ?? 'default';
  if (account === 'default' || store.get('ServiceAccount', namespace, account)) return ok([]);
  const why = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
  return refuse(forbidden(kind, name, why));
};
