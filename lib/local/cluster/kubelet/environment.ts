import { delimiter, join } from 'node:path';
import { err, ok, type Result } from '../../../result';
import { isProxied } from '../network/services';
import type { Store } from '../store/store';
import type { ConfigMap, Container, EnvVar, Pod, Secret, Service } from '../types';
import { podField, resourceField } from './downward';
import { configMapData, secretData } from './volumes';

export type Environment = Record<string, string>;

export interface EnvironmentInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly store: Store;
  readonly imageEnv: Readonly<Environment>;
  /** What every process gets: tools and the system. */
  readonly path: string;
  /** Container port -> loopback port. */
  readonly ports: Readonly<Record<string, number>>;
  /** Volume name -> folder. */
  readonly volumes: Readonly<Record<string, string>>;
  /** A folder of the container's own. */
  readonly home: string;
}

/**
 * The environment of a container, and nothing of this process's own. In rising precedence: HOME and TMPDIR; the image's; the
 * services' of the namespace; envFrom; env; HOST and PORT of the cluster, since a port of the manifest is not the port here.
 * `$(NAME)` is expanded as Kubernetes does. A mount path in a value of `env` becomes the volume's folder.
 */
export function environmentOf(input: EnvironmentInput): Result<Environment, string> {
  const { pod, container, store } = input;
  const errors: string[] = [];
  const base: Environment = { HOME: input.home, TMPDIR: input.home, LANG: 'C.UTF-8', HOSTNAME: pod.metadata.name };
  const env: Environment = { ...base, ...input.imageEnv };
  env['PATH'] = [input.imageEnv['PATH'], input.path].filter(Boolean).join(delimiter);
  Object.assign(env, pod.spec.enableServiceLinks === false ? {} : serviceVariables(store, pod.metadata.namespace));
  const fixed = portVariables(container, input.ports);
  Object.assign(env, fixed);
  for (const source of container.envFrom ?? []) {
    const data = fromSource(source, pod, store, errors);
    for (const [key, value] of data) env[`${source.prefix ?? ''}${key}`] = value.toString();
  }
  for (const variable of container.env ?? []) {
    const value = variableValue(variable, input, env, errors);
    if (value !== undefined) env[variable.name] = value;
  }
  const tmp = container.volumeMounts?.find((mount) => mount.mountPath === '/tmp');
  if (tmp && env['TMPDIR'] === input.home) env['TMPDIR'] = mountFolder(tmp, input.volumes);
  return errors.length > 0 ? err(...errors) : ok({ ...env, ...fixed });
}

function fromSource(source: NonNullable<Container['envFrom']>[number], pod: Pod, store: Store, errors: string[]) {
  const { namespace } = pod.metadata;
  const { configMapRef, secretRef } = source;
  const data = configMapRef
    ? configMapData(store.get<ConfigMap>('ConfigMap', namespace, configMapRef.name))
    : secretData(store.get<Secret>('Secret', namespace, secretRef?.name ?? ''));
  const reference = configMapRef ?? secretRef;
  if (!data && !reference?.optional) {
    errors.push(`${configMapRef ? 'configmap' : 'secret'} "${reference?.name}" not found`);
  }
  return data ?? new Map<string, Buffer>();
}

function variableValue(
  variable: EnvVar,
  input: EnvironmentInput,
  env: Environment,
  errors: string[],
): string | undefined {
  const from = variable.valueFrom;
  const { pod, container, store } = input;
  if (!from) return expand(mapMounts(variable.value ?? '', container, input.volumes), env);
  const { namespace } = pod.metadata;
  if (from.fieldRef) {
    const value = podField(pod, from.fieldRef.fieldPath);
    if (value === undefined) errors.push(`env ${variable.name}: unsupported fieldPath: ${from.fieldRef.fieldPath}`);
    return value;
  }
  if (from.resourceFieldRef) {
    const { containerName = container.name, resource, divisor } = from.resourceFieldRef;
    return resourceField(pod, containerName, resource, divisor);
  }
  const reference = from.configMapKeyRef ?? from.secretKeyRef;
  if (!reference) return undefined;
  const [kind, title] = from.configMapKeyRef ? ['configmap', 'ConfigMap'] : ['secret', 'Secret'];
  const data = from.configMapKeyRef
    ? configMapData(store.get<ConfigMap>('ConfigMap', namespace, reference.name))
    : secretData(store.get<Secret>('Secret', namespace, reference.name));
  const value = data?.get(reference.key);
  if (value === undefined && !reference.optional) {
    const what = `${kind} "${reference.name}" not found`;
    errors.push(data ? `couldn't find key ${reference.key} in ${title} ${namespace}/${reference.name}` : what);
  }
  return value?.toString();
}

/** `$(NAME)` of a known variable; `$$` is a dollar; the rest stays. */
export const expand = (text: string, env: Readonly<Environment>): string =>
  text.replace(/\$(\$|\(([-._a-zA-Z0-9]+)\))/g, (whole, inner: string, name: string) =>
    inner === '$' ? '$' : (env[name] ?? whole),
  );

/** HOST, PORT (of the first port), PORT_<number> and PORT_<NAME>. */
function portVariables(container: Container, ports: Readonly<Record<string, number>>): Environment {
  const result: Environment = { HOST: '127.0.0.1' };
  for (const port of container.ports ?? []) {
    const real = ports[String(port.containerPort)];
    if (real === undefined) continue;
    result['PORT'] ??= String(real);
    result[`PORT_${port.containerPort}`] = String(real);
    if (port.name) result[`PORT_${constant(port.name)}`] = String(real);
  }
  return result;
}

/** As https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables, with the node port for the port. */
function serviceVariables(store: Store, namespace: string | undefined): Environment {
  const result: Environment = {};
  for (const service of store.list<Service>('Service', namespace)) {
    const ports = (service.spec.ports ?? []).filter((port) => port.nodePort !== undefined);
    const [first] = ports;
    if (!isProxied(service) || !first) continue;
    const name = constant(service.metadata.name);
    result[`${name}_SERVICE_HOST`] = '127.0.0.1';
    result[`${name}_SERVICE_PORT`] = String(first.nodePort);
    result[`${name}_PORT`] = `tcp://127.0.0.1:${first.nodePort}`;
    for (const port of ports) {
      if (port.name) result[`${name}_SERVICE_PORT_${constant(port.name)}`] = String(port.nodePort);
      const link = `${name}_PORT_${port.port}_${port.protocol}`;
      result[link] = `tcp://127.0.0.1:${port.nodePort}`;
      result[`${link}_PROTO`] = port.protocol.toLowerCase();
      result[`${link}_PORT`] = String(port.nodePort);
      result[`${link}_ADDR`] = '127.0.0.1';
    }
  }
  return result;
}

const constant = (name: string): string => name.toUpperCase().replaceAll('-', '_');

/**
 * There is no mount namespace: wherever a mount path stands as a path of its own, or at the front of one, the volume's folder takes
 * its place (`/etc/app`, `--config=/etc/app/a.yaml`, `cat /etc/app/a; exit`).
 */
export function mapMounts(text: string, container: Container, volumes: Readonly<Record<string, string>>): string {
  // Longer paths first, so that a mount within a mount wins.
  const mounts = [...(container.volumeMounts ?? [])].sort((a, b) => b.mountPath.length - a.mountPath.length);
  if (mounts.length === 0) return text;
  const folders = new Map(mounts.map((mount) => [trimmed(mount.mountPath), mountFolder(mount, volumes)]));
  const paths = [...folders.keys()].map((path) => path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const pattern = new RegExp(`(^|[\\s"'=:,;<>(|&@])(${paths})(?=$|[/\\s"':,;<>)|&])`, 'g');
  return text.replace(pattern, (_, before: string, path: string) => `${before}${folders.get(path) ?? path}`);
}

const trimmed = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path);

const mountFolder = (mount: { name: string; subPath?: string }, volumes: Readonly<Record<string, string>>): string =>
  join(volumes[mount.name] ?? '', mount.subPath ?? '');
