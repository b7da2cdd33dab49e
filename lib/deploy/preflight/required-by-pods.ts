import type { KubeObject } from '../objects';
import { type Fields, fieldsAt, itemsOf, textOf } from '../render/fields';
import { containersOf, podTemplateOf } from '../render/pod-template';

export interface Requirement {
  readonly kind: 'ConfigMap' | 'Secret' | 'ServiceAccount' | 'PersistentVolumeClaim';
  readonly name: string;
}

/** What must be there before a pod of this workload can start; what is marked `optional` need not. */
export function requiredByPods(workload: KubeObject): Requirement[] {
  const template = podTemplateOf(workload);
  const spec = fieldsAt(template, 'spec');
  const found: Requirement[] = [];
  const add = (kind: Requirement['kind'], holder: Fields | undefined, key = 'name'): void => {
    const name = textOf(holder?.[key]);
    if (name !== undefined && holder?.['optional'] !== true) found.push({ kind, name });
  };
  for (const container of containersOf(template)) {
    for (const source of itemsOf(container['envFrom'])) {
      add('ConfigMap', fieldsAt(source, 'configMapRef'));
      add('Secret', fieldsAt(source, 'secretRef'));
    }
    for (const variable of itemsOf(container['env'])) {
      add('ConfigMap', fieldsAt(variable, 'valueFrom', 'configMapKeyRef'));
      add('Secret', fieldsAt(variable, 'valueFrom', 'secretKeyRef'));
    }
  }
  for (const volume of itemsOf(spec?.['volumes'])) {
    add('ConfigMap', fieldsAt(volume, 'configMap'));
    add('Secret', fieldsAt(volume, 'secret'), 'secretName');
    add('PersistentVolumeClaim', fieldsAt(volume, 'persistentVolumeClaim'), 'claimName');
    for (const source of itemsOf(fieldsAt(volume, 'projected')?.['sources'])) {
      add('ConfigMap', fieldsAt(source, 'configMap'));
      add('Secret', fieldsAt(source, 'secret'));
    }
  }
  add('ServiceAccount', spec, 'serviceAccountName');
  return found;
}
