import { type Fields, fieldsAt, groupOf, itemsOf, textOf } from './fields';
import { containersOf, podTemplateOf } from './pod-template';

/** A place that names a ConfigMap or a Secret. */
export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  rename(name: string): void;
}

/** Where a pod template names ConfigMaps and Secrets (Kubernetes API reference, PodSpec). `rename` writes into the template. */
export function referencesOfPods(template: Fields | undefined): Reference[] {
  const spec = fieldsAt(template, 'spec');
  const found: Reference[] = [];
  const add = (kind: Reference['kind'], holder: Fields | undefined, key: string): void => {
    const name = textOf(holder?.[key]);
    if (holder && name !== undefined) found.push({ kind, name, rename: renamer(holder, key) });
  };
  for (const container of containersOf(template)) {
    for (const source of itemsOf(container['envFrom'])) {
      add('ConfigMap', fieldsAt(source, 'configMapRef'), 'name');
      add('Secret', fieldsAt(source, 'secretRef'), 'name');
    }
    for (const variable of itemsOf(container['env'])) {
      add('ConfigMap', fieldsAt(variable, 'valueFrom', 'configMapKeyRef'), 'name');
      add('Secret', fieldsAt(variable, 'valueFrom', 'secretKeyRef'), 'name');
    }
  }
  for (const volume of itemsOf(spec?.['volumes'])) {
    add('ConfigMap', fieldsAt(volume, 'configMap'), 'name');
    add('Secret', fieldsAt(volume, 'secret'), 'secretName');
    for (const source of itemsOf(fieldsAt(volume, 'projected')?.['sources'])) {
      add('ConfigMap', fieldsAt(source, 'configMap'), 'name');
      add('Secret', fieldsAt(source, 'secret'), 'name');
    }
    // Drivers that keep their credentials in a Secret.
    for (const driver of [
      'azureFile',
      'cephfs',
      'cinder',
      'flexVolume',
      'iscsi',
      'rbd',
      'scaleIO',
      'storageos',
      'csi',
    ]) {
      add('Secret', fieldsAt(volume, driver), 'secretName');
      add('Secret', fieldsAt(volume, driver, 'secretRef'), 'name');
      add('Secret', fieldsAt(volume, driver, 'nodePublishSecretRef'), 'name');
    }
  }
  for (const secret of itemsOf(spec?.['imagePullSecrets'])) add('Secret', secret, 'name');
  return found;
}

/** Every place of an object's draft that names one: its pods, and what other built-in kinds say. */
export function referencesOf(draft: Fields): Reference[] {
  const found = referencesOfPods(podTemplateOf(draft));
  const kind = `${groupOf(draft as { apiVersion: string } & Fields)}/${draft['kind']}`;
  const add = (target: Reference['kind'], holder: Fields, key: string): void => {
    const name = textOf(holder[key]);
    if (name !== undefined) found.push({ kind: target, name, rename: renamer(holder, key) });
  };
  if (kind === '/ServiceAccount')
    for (const list of ['secrets', 'imagePullSecrets'])
      for (const secret of itemsOf(draft[list])) add('Secret', secret, 'name');
  if (kind === 'networking.k8s.io/Ingress')
    for (const tls of itemsOf(fieldsAt(draft, 'spec')?.['tls'])) add('Secret', tls, 'secretName');
  if (kind === 'rbac.authorization.k8s.io/Role')
    for (const rule of itemsOf(draft['rules'])) {
      const { resources, resourceNames } = rule;
      if (!Array.isArray(resources) || !Array.isArray(resourceNames)) continue;
      for (const [resource, target] of [
        ['configmaps', 'ConfigMap'],
        ['secrets', 'Secret'],
      ] as const)
        if (resources.includes(resource))
          for (const index of resourceNames.keys()) add(target, resourceNames as unknown as Fields, `${index}`);
    }
  return found;
}

const renamer =
  (holder: Fields, key: string): Reference['rename'] =>
  (name) => {
    holder[key] = name;
  };
