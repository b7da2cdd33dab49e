import type * as z from 'zod';
import { approvalStageName, stageName } from '../model/names';
import { accountRules } from './account-rules';
import { clusterRules, networkRules } from './cluster-rules';
import { type Complaint, key, value } from './complaints';
import { type EnvironmentFile, environmentSchema } from './environments';
import { defaultApprovals, defaultNamespace } from './resolve';
import { fileSchema } from './schema';
import { signingRules } from './signing-rules';

/**
 * What is wrong between values that are right each by itself. Works on the raw file, section by section: a section that the
 * schema refuses is left to the schema, and the rules of the others still speak.
 */
export const brokenRules = (file: unknown, isFolder: (path: string) => boolean): Complaint[] => {
  const { shape } = fileSchema;
  const at = (key: string): unknown => (isMapping(file) ? file[key] : undefined);
  const source = read(shape.source, at('source'));
  const branches = read(shape.branches, at('branches'));
  const cluster = read(shape.cluster, at('cluster'));
  const network = read(shape.network, at('network'));
  const images = read(shape.images, at('images'));
  const tags = read(shape.tags, at('tags'));
  const service = read(shape.service, at('service'));
  const environments = readEnvironments(at('environments'));
  return [
    ...(service === undefined || isFolder(service.path)
      ? []
      : [value(['service', 'path'], `expected a folder, got "${service.path}"; there is none beside this file`)]),
    ...(source === undefined ? [] : [...sourceRules(source), ...pullRequestRules(source, at('source'))]),
    ...(branches === undefined ? [] : branchRules(branches)),
    ...(network === undefined ? [] : networkRules(network, [])),
    ...(cluster === undefined || network === undefined ? [] : clusterRules(cluster, network, [])),
    ...(images === undefined || tags === undefined ? [] : signingRules(images, tags)),
    ...environmentRules(environments, service?.name),
    ...accountRules(environments, read(shape.aws, at('aws'))),
  ];
};

const read = <S extends z.ZodType>(schema: S, raw: unknown): z.output<S> | undefined => {
  const result = schema.safeParse(raw);
  return result.success ? result.data : undefined;
};

const isMapping = (raw: unknown): raw is Record<string, unknown> =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw);

type Section<K extends keyof typeof fileSchema.shape> = z.output<(typeof fileSchema.shape)[K]>;

const sourceRules = ({ provider, repository, existing, connectionArn }: Section<'source'>): Complaint[] => {
  const found: Complaint[] = [];
  if (provider === 'connection') {
    if (connectionArn === undefined) {
      found.push(key(['source', 'connectionArn'], 'missing; `provider: connection` needs the ARN of the connection'));
    }
    if (repository === undefined) {
      found.push(key(['source', 'repository'], 'missing; `provider: connection` needs owner/name'));
    } else if (!/^[^/]+(?:\/[^/]+)+$/.test(repository)) {
      found.push(value(['source', 'repository'], `expected owner/name, got "${repository}"`));
    }
    if (existing) {
      found.push(
        key(['source', 'existing'], 'belongs to `provider: codecommit`; a connection never makes a repository'),
      );
    }
  } else {
    if (connectionArn !== undefined) {
      found.push(key(['source', 'connectionArn'], 'needs `provider: connection`'));
    }
    // CodeCommit API, RepositoryName, and its user guide on names that end in .git.
    if (repository !== undefined && (!/^[\w.-]{1,100}$/.test(repository) || repository.endsWith('.git'))) {
      const expected = 'the name of a CodeCommit repository: letters, digits and . _ -, without .git at the end';
      found.push(value(['source', 'repository'], `expected ${expected}, got "${repository}"`));
    }
  }
  return found;
};

/** Their defaults are for a repository that Slipway makes; elsewhere nothing would come of them. */
const pullRequestRules = ({ provider, existing }: Section<'source'>, raw: unknown): Complaint[] => {
  if (!isMapping(raw) || raw['pullRequests'] === undefined || (provider === 'codecommit' && !existing)) return [];
  const where = provider === 'connection' ? "with your provider's means" : 'there';
  return [
    key(
      ['source', 'pullRequests'],
      `is for a CodeCommit repository that Slipway makes; set the rules of this one ${where}`,
    ),
  ];
};

const branchRules = ({ development, production }: Section<'branches'>): Complaint[] =>
  development === production
    ? [value(['branches'], `expected two branches, got ${development} for both; a push would start both pipelines`)]
    : [];

/** The environments that the schema accepts, in order. */
const readEnvironments = (raw: unknown): [string, EnvironmentFile][] =>
  isMapping(raw)
    ? Object.entries(raw).flatMap(([name, one]) => {
        const environment = read(environmentSchema, one);
        return environment === undefined ? [] : [[name, environment] as [string, EnvironmentFile]];
      })
    : [];

/** Namespaces of the cluster itself, and the one that every other user of the cluster shares. */
const FOREIGN_NAMESPACE = /^(?:kube-.*|default|amazon-cloudwatch)$/;
const FIXED_STAGES = ['Source', 'Build', 'Test'];

const environmentRules = (environments: [string, EnvironmentFile][], service: string | undefined): Complaint[] => {
  const found: Complaint[] = [];
  const namespaces = new Map<string, string>();
  const stages = new Map(FIXED_STAGES.map((stage) => [stage, 'every pipeline has']));
  for (const [name, environment] of environments) {
    const path = ['environments', name];

    const namespace = environment.namespace ?? (service === undefined ? undefined : defaultNamespace(service, name));
    if (namespace !== undefined) {
      const other = namespaces.get(namespace);
      if (other !== undefined) {
        found.push(value([...path, 'namespace'], `the namespace ${namespace} is that of ${other}; give each its own`));
      } else if (FOREIGN_NAMESPACE.test(namespace)) {
        found.push(value([...path, 'namespace'], `the namespace ${namespace} is not for services; name another`));
      }
      namespaces.set(namespace, other ?? name);
    }

    const approvals = environment.approvals ?? defaultApprovals(name);
    for (const stage of [...(approvals.length > 0 ? [approvalStageName(name)] : []), stageName(name)]) {
      const owner = stages.get(stage);
      if (owner !== undefined) {
        found.push(
          key(path, `its stage would be named ${stage}, which ${owner} already; name the environment otherwise`),
        );
      }
      stages.set(stage, owner ?? `${name} has`);
    }

    approvals.forEach((approval, index) => {
      if (approvals.findIndex((one) => one.name === approval.name) < index) {
        found.push(value([...path, 'approvals', index, 'name'], `the approval ${approval.name} is there twice`));
      }
    });
  }
  return found;
};
