import type { KindTable } from '../kind-table';
import { apiVersionOf, type Kind } from '../kinds';
import { REVIEWS, type Review } from './reviews';

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const AGGREGATED = /application\/json;g=apidiscovery\.k8s\.io;v=(v2(?:beta1)?);as=APIGroupDiscoveryList/;

/** What the client's Accept header asks for: an aggregated discovery version, or undefined for the plain form. */
export const aggregatedVersion = (accept: string): string | undefined => AGGREGATED.exec(accept)?.[1];

export const aggregatedType = (version: string): string =>
  `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;

const STATUS_VERBS = ['get', 'patch', 'update'];
/** What differs from `status`. */
const SUBRESOURCES: Readonly<Record<string, { kind?: object; verbs: readonly string[] }>> = {
  scale: { kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, verbs: STATUS_VERBS },
  eviction: { kind: { group: 'policy', version: 'v1', kind: 'Eviction' }, verbs: ['create'] },
  token: { kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' }, verbs: ['create'] },
  log: { verbs: ['get'] },
  proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'] },
};

/** Every group of `/apis`, or the core group of `/api`, with its resources in one answer. */
export function aggregated(kinds: KindTable, core: boolean, version: string): object {
  const groups = new Map<string, { version: string; resources: object[] }[]>();
  for (const entry of kinds.groupVersions()) {
    if ((entry.group === '') !== core) continue;
    const versions = groups.get(entry.group) ?? [];
    versions.push({ version: entry.version, resources: entry.kinds.map(aggregatedResource) });
    groups.set(entry.group, versions);
  }
  for (const review of core ? [] : REVIEWS) {
    const [{ resources } = { resources: [] as object[] }] = groups.get(review.group) ?? [];
    groups.set(review.group, [{ version: review.version, resources: [...resources, aggregatedReview(review)] }]);
  }
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: [...groups].map(([group, versions]) => ({
      metadata: group ? { name: group, creationTimestamp: null } : { creationTimestamp: null },
      versions: versions.map((v) => ({ ...v, freshness: 'Current' })),
    })),
  };
}

function aggregatedResource(kind: Kind): object {
  const responseKind = { group: kind.group, version: kind.version, kind: kind.kind };
  return {
    resource: kind.plural,
    responseKind,
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: [...READ, ...WRITE].sort(),
    ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
    ...(kind.subresources.length > 0
      ? {
          subresources: kind.subresources.map((subresource) => ({
            subresource,
            responseKind: SUBRESOURCES[subresource]?.kind ?? responseKind,
            verbs: SUBRESOURCES[subresource]?.verbs ?? STATUS_VERBS,
          })),
        }
      : {}),
  };
}

const aggregatedReview = ({ group, version, kind, plural, namespaced }: Review): object => ({
  resource: plural,
  responseKind: { group, version, kind },
  scope: namespaced ? 'Namespaced' : 'Cluster',
  singularResource: kind.toLowerCase(),
  verbs: ['create'],
});

/** `/api`. */
export const apiVersions = () => ({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] });

/** `/apis`. */
export function apiGroups(kinds: KindTable): object {
  const named = new Map<string, { groupVersion: string; version: string }[]>();
  for (const { group, version } of [...kinds.groupVersions(), ...REVIEWS]) {
    if (group === '' || named.get(group)?.some((known) => known.version === version)) continue;
    named.set(group, [...(named.get(group) ?? []), { groupVersion: `${group}/${version}`, version }]);
  }
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [...named].map(([name, versions]) => ({ name, versions, preferredVersion: versions[0] })),
  };
}

/** `/api/v1` or `/apis/<group>/<version>`; undefined when it is not served. */
export function apiResources(kinds: KindTable, groupVersion: string): object | undefined {
  const reviews = REVIEWS.filter(({ group, version }) => groupVersion === `${group}/${version}`);
  if (reviews.length > 0) {
    const resources = reviews.map(({ plural, kind, namespaced }) => ({
      ...{ name: plural, singularName: kind.toLowerCase(), namespaced, kind },
      verbs: ['create'],
    }));
    return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
  }
  const entry = kinds.groupVersions().find(({ kinds: [first] }) => first && apiVersionOf(first) === groupVersion);
  if (!entry) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: entry.kinds.flatMap((kind) => [
      {
        name: kind.plural,
        singularName: kind.singular,
        namespaced: kind.namespaced,
        kind: kind.kind,
        verbs: [...READ, ...WRITE].sort(),
        ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
        ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
      },
      ...kind.subresources.map((subresource) => ({
        name: `${kind.plural}/${subresource}`,
        singularName: '',
        namespaced: kind.namespaced,
        kind: kind.kind,
        ...SUBRESOURCES[subresource]?.kind,
        verbs: SUBRESOURCES[subresource]?.verbs ?? STATUS_VERBS,
      })),
    ]),
  };
}
