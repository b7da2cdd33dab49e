import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { err, ok, type Result } from '../../../result';
import type { Store } from '../store/store';
import type { ConfigMap, DownwardFile, KeyToPath, PersistentVolumeClaim, Pod, Secret, Volume } from '../types';
import { podField, resourceField } from './downward';

/** Content of a volume's files by relative path. */
type Files = Map<string, Buffer>;

/**
 * Makes a pod's volumes as folders below `folder/volumes/<name>`: emptyDir, configMap, secret, downwardAPI, projected; and finds
 * those of claims below `claims`. Others are an error that names the kind. Gives each volume's folder.
 */
export function makeVolumes(
  pod: Pod,
  folder: string,
  claims: string,
  store: Store,
): Result<Record<string, string>, string> {
  const folders: Record<string, string> = {};
  const errors: string[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    if (volume.persistentVolumeClaim) {
      const claim = claimed(volume.persistentVolumeClaim.claimName, pod, claims, store);
      if (claim.ok) folders[volume.name] = claim.value;
      else errors.push(...claim.errors);
      continue;
    }
    const path = join(folder, 'volumes', volume.name);
    const content = filesOf(volume, pod, store);
    if (!content.ok) {
      errors.push(...content.errors);
      continue;
    }
    if (content.value) writeAll(path, content.value);
    else mkdirSync(path, { recursive: true });
    folders[volume.name] = path;
  }
  return errors.length > 0 ? err(...errors) : ok(folders);
}

/** A claim's folder, made when it is first used; it outlives the pod. */
function claimed(name: string, pod: Pod, claims: string, store: Store): Result<string, string> {
  const claim = store.get<PersistentVolumeClaim>('PersistentVolumeClaim', pod.metadata.namespace, name);
  if (claim?.status?.phase !== 'Bound')
    return err(`persistentvolumeclaim "${name}" ${claim ? 'is not bound' : 'not found'}`);
  const path = join(claims, claim.metadata.uid);
  mkdirSync(path, { recursive: true });
  return ok(path);
}

/** Undefined: an empty, writable folder. */
function filesOf(volume: Volume, pod: Pod, store: Store): Result<Files | undefined, string> {
  if (volume.emptyDir) return ok(undefined);
  const files: Files = new Map();
  const { namespace } = pod.metadata;
  const errors: string[] = [];
  const add = (
    source: Source | undefined,
    items: KeyToPath[] | undefined,
    optional: boolean | undefined,
    what: string,
  ) => {
    if (!source) {
      if (!optional) errors.push(`MountVolume.SetUp failed for volume "${volume.name}" : ${what} not found`);
      return;
    }
    const wanted = items ?? [...source.keys()].map((key) => ({ key, path: key }));
    for (const { key, path } of wanted) {
      const value = source.get(key);
      if (value) files.set(path, value);
      else if (!optional)
        errors.push(
          `MountVolume.SetUp failed for volume "${volume.name}" : references non-existent config key: ${key}`,
        );
    }
  };
  const configMap = (name: string, items?: KeyToPath[], optional?: boolean) =>
    add(configMapData(store.get<ConfigMap>('ConfigMap', namespace, name)), items, optional, `configmap "${name}"`);
  const secret = (name: string, items?: KeyToPath[], optional?: boolean) =>
    add(secretData(store.get<Secret>('Secret', namespace, name)), items, optional, `secret "${name}"`);
  const downward = (items: DownwardFile[] = []) => {
    for (const item of items) {
      const value = item.fieldRef
        ? podField(pod, item.fieldRef.fieldPath)
        : item.resourceFieldRef
          ? resourceField(
              pod,
              item.resourceFieldRef.containerName ?? '',
              item.resourceFieldRef.resource,
              item.resourceFieldRef.divisor,
            )
          : undefined;
      if (value === undefined) errors.push(`volume "${volume.name}": ${item.path}: unsupported fieldPath`);
      else files.set(item.path, Buffer.from(value));
    }
  };
  if (volume.configMap) configMap(volume.configMap.name, volume.configMap.items, volume.configMap.optional);
  else if (volume.secret) secret(volume.secret.secretName, volume.secret.items, volume.secret.optional);
  else if (volume.downwardAPI) downward(volume.downwardAPI.items);
  else if (volume.projected) {
    for (const source of volume.projected.sources ?? []) {
      if (source.configMap) configMap(source.configMap.name, source.configMap.items, source.configMap.optional);
      if (source.secret) secret(source.secret.name, source.secret.items, source.secret.optional);
      if (source.downwardAPI) downward(source.downwardAPI.items);
      if (source.serviceAccountToken)
        errors.push(`volume "${volume.name}": the embedded cluster issues no service account tokens`);
    }
  } else {
    const kind = Object.keys(volume).find((key) => key !== 'name') ?? 'nothing';
    errors.push(
      `volume "${volume.name}": the embedded cluster has no ${kind} volumes; use emptyDir, configMap, secret, downwardAPI, projected or persistentVolumeClaim`,
    );
  }
  return errors.length > 0 ? err(...errors) : ok(files);
}

type Source = ReadonlyMap<string, Buffer>;

export function configMapData(object: ConfigMap | undefined): Source | undefined {
  if (!object) return undefined;
  const text = Object.entries(object.data ?? {}).map(([key, value]) => [key, Buffer.from(value)] as const);
  const binary = Object.entries(object.binaryData ?? {}).map(
    ([key, value]) => [key, Buffer.from(value, 'base64')] as const,
  );
  return new Map([...text, ...binary]);
}

export function secretData(object: Secret | undefined): Source | undefined {
  if (!object) return undefined;
  return new Map(Object.entries(object.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')] as const));
}

/** Puts the files in place of the folder, so that a reader never sees half of them. */
function writeAll(folder: string, files: Files): void {
  const draft = `${folder}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  for (const [path, content] of files) {
    const target = join(draft, normalize(`/${path}`));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content, { mode: 0o600 });
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
}
