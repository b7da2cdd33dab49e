import type { BuildProject, EnvironmentVariable } from '../plan';
import { readBuildspec } from './buildspec';
import type { Resource } from './find-resource';
import { KEYS } from './keys';
import type { Node } from './node';

export const VARIABLE_TYPES = ['PLAINTEXT', 'PARAMETER_STORE', 'SECRETS_MANAGER'] as const;

/** Default and range of a build's timeout, in minutes. Source: CodeBuild user guide, limits. */
const BUILD_MINUTES = { fallback: 60, least: 5, most: 2160 };

export interface ReadProject {
  readonly project: BuildProject;
  /** Variables that its buildspec exports; undefined where that cannot be read. */
  readonly exported: readonly string[] | undefined;
}

/** Stands for a project that was not found, which is reported. */
export const NO_PROJECT: ReadProject = {
  project: {
    name: '',
    logicalId: '',
    arn: '',
    roleArn: '',
    image: '',
    computeType: '',
    privileged: false,
    buildspec: '',
    environment: [],
    timeoutMinutes: BUILD_MINUTES.fallback,
  },
  exported: undefined,
};

/** Reads an AWS::CodeBuild::Project that a pipeline starts. */
export function readProject(resource: Resource): ReadProject {
  const properties = resource.properties.object(KEYS.project);
  const environment = properties.member('Environment').object(KEYS.projectEnvironment);
  environment
    .member('Type')
    .required()
    .oneOf(['LINUX_CONTAINER', 'ARM_CONTAINER'], "The buildspec's commands run in a POSIX shell of this machine.");
  const artifacts = properties.member('Artifacts').object(KEYS.projectArtifacts);
  checkCodePipeline(artifacts.member('Type'));
  const { fallback, least, most } = BUILD_MINUTES;
  const cacheNamespace = readCache(properties.member('Cache'), resource.ref);
  const source = properties.member('Source').object(KEYS.projectSource);
  checkCodePipeline(source.member('Type'));
  const buildspec = source.member('BuildSpec');
  if (buildspec.absent) {
    buildspec.fail('Is missing, so the buildspec.yml of the repository that is built would run; inline the buildspec.');
  }
  const exported = readBuildspec(buildspec)?.exportedVariables;
  const project = {
    name: resource.ref,
    logicalId: resource.logicalId,
    arn: resource.arn,
    roleArn: properties.member('ServiceRole').requiredText(),
    image: environment.member('Image').requiredText(),
    computeType: environment.member('ComputeType').requiredText(),
    privileged: environment.member('PrivilegedMode').flag() ?? false,
    buildspec: buildspec.text() ?? '',
    environment: readEnvironment(environment.member('EnvironmentVariables')),
    timeoutMinutes: properties.member('TimeoutInMinutes').integer(least, most) ?? fallback,
    ...(cacheNamespace !== undefined && { cacheNamespace }),
  };
  return { project, exported };
}

function checkCodePipeline(type: Node): void {
  type
    .required()
    .oneOf(['CODEPIPELINE'], 'A project that a pipeline starts takes its source and hands over its output there.');
}

function readEnvironment(list: Node): EnvironmentVariable[] {
  const names = new Set<string>();
  return list.items().map((item) => {
    item.object(KEYS.environmentVariable);
    const name = item.member('Name').requiredText();
    if (name.startsWith('CODEBUILD_')) item.fail(`The name ${name} is reserved; CodeBuild sets CODEBUILD_… itself.`);
    if (name !== '' && names.has(name)) item.fail(`The variable ${name} stands here twice.`);
    names.add(name);
    const value = item.member('Value').required();
    return { name, value: value.text() ?? '', type: item.member('Type').oneOf(VARIABLE_TYPES) ?? 'PLAINTEXT' };
  });
}

/** Namespace of an S3 cache; undefined: no cache. */
function readCache(cache: Node, project: string): string | undefined {
  if (cache.absent) return undefined;
  cache.object(KEYS.cache);
  const type = cache.member('Type').oneOf(['S3', 'NO_CACHE', 'LOCAL']);
  return type === 'S3' ? (cache.member('CacheNamespace').text() ?? project) : undefined;
}
