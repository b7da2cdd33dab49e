import type { Json } from '../../lib/cloud/rules/rule';

/** Names by kind, of what is still there. */
export type Left = Readonly<Record<string, readonly string[]>>;

/** Who was there. */
export interface Owners {
  readonly service: string;
  /** It had a repository of its own. */
  readonly source?: boolean;
  /** Its buckets of artifacts and attestations, where other accounts must know their names. */
  readonly artifacts?: string;
  readonly attestations?: string;
  /** The cluster that its stacks made. */
  readonly cluster?: string;
}

/** What a destroyed service keeps on purpose, by kind: each as docs/deploy.md's table "Remove" says it, and under which names. */
export const KEPT: readonly {
  readonly kind: string;
  readonly says: RegExp;
  readonly names: (owners: Owners) => readonly string[];
}[] = [
  {
    kind: 'repositories',
    says: /^the source repository$/,
    names: ({ service, source }) => (source ? [service] : []),
  },
  { kind: 'images', says: /^images and layer cache$/, names: ({ service }) => [service, `${service}-cache`] },
  {
    kind: 'buckets',
    says: /^artifact bucket, buckets of releases and of attestations \(all versions\), and their access-log bucket$/,
    names: ({
      service,
      artifacts = `${service}delivery-artifactsbucket`,
      attestations = `${service}delivery-attestationsbucket`,
    }) => [artifacts, `${service}delivery-artifactsaccesslogs`, `${service}delivery-releasesbucket`, attestations],
  },
  {
    kind: 'keys',
    says: /^the keys of source, cluster and delivery, which open the above$/,
    names: ({ service, source, cluster }) => [
      `Artifacts, images and logs of ${service}`,
      ...(cluster === undefined ? [] : [`Secrets and logs of the cluster ${cluster}`]),
      ...(source ? [`Source of ${service}`] : []),
    ],
  },
  {
    kind: 'signingKeys',
    says: /^the key that signs what is attested of images; without it nobody can verify them any more$/,
    names: ({ service }) => [`Signs how images of ${service} came about`],
  },
];

/** Rows of that table for what no template makes: Lambda itself makes the group when the function writes its first line. */
export const NOT_OF_TEMPLATES: readonly RegExp[] = [/^the log group of the function with which CDK closes/];

export const retained = (owners: Owners): Left =>
  Object.fromEntries(
    KEPT.map(({ kind, names }) => [kind, names(owners)] as const)
      .filter(([, names]) => names.length > 0)
      .map(([kind, names]) => [kind, [...names].sort()]),
  );

/** What is there after and was not before (emulator/observe.py), of every kind of which something is. */
export function leftOf(before: Json, after: Json): Left {
  const kinds = [...Object.keys(after).filter((kind) => kind !== 'stacks'), 'signingKeys'];
  return Object.fromEntries(
    kinds
      .map((kind) => {
        const earlier = new Set(namesOf(kind, before));
        return [kind, namesOf(kind, after).filter((name) => !earlier.has(name))] as const;
      })
      .filter(([, names]) => names.length > 0)
      .map(([kind, names]) => [kind, names.map((name) => readable(kind, name)).sort()]),
  );
}

const namesOf = (kind: string, seen: Json): string[] => {
  const found: Json = seen[kind];
  if (kind === 'keys' || kind === 'signingKeys')
    return Object.values<Json>(seen['keys'])
      .filter(
        ({ state, description }) =>
          state !== 'PendingDeletion' && /^Signs/.test(description) === (kind === 'signingKeys'),
      )
      .map(({ description }) => description);
  if (kind === 'approvalRules') return Object.keys(found).filter((repository) => found[repository].length > 0);
  return Array.isArray(found) ? found.map((item) => JSON.stringify(item)) : Object.keys(found);
};

/** A bucket without what CDK and CloudFormation put after its name. */
const readable = (kind: string, name: string): string =>
  kind === 'buckets' ? name.replace(/[0-9a-f]{8}-[0-9a-f]{12}$/, '') : name;
