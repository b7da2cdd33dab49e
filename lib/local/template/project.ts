import { ENVIRONMENT_TYPES } from '../codebuild/batch-spec';
import { DEFAULT_BUILDSPEC } from '../codebuild/buildspec-source';
import { checkSecretReference } from '../codebuild/secret-reference';
import type { BuildProject, EnvironmentVariable } from '../plan';
import { readBuildspecText } from './buildspec';
import type { Resource } from './find-resource';
import { KEYS } from './keys';
import type { Node } from './node';

export const VARIABLE_TYPES = ['PLAINTEXT', 'PARAMETER_STORE', 'SECRETS_MANAGER'] as const;

const QUEUED_MINUTES = { least: 5, most: 480 };

/** Default and range of a build's timeout, in minutes. Source: CodeBuild user guide, limits. */
const BUILD_MINUTES = { fallback: 60, least: 5, most: 2160 };

export interface ReadProject {
  readonly project: BuildProject;
  /** Where its buildspec stands; undefined where there is no project. */
  readonly buildspec: Node | undefined;
  /** BuildBatchConfig. */
  readonly batch: Node | undefined;
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
  buildspec: undefined,
  batch: undefined,
};

/** Reads an AWS::CodeBuild::Project that a pipeline starts. */
export function readProject(resource: Resource): ReadProject {
  const properties = resource.properties.object(KEYS.project);
  const environment = properties.member('Environment').object(KEYS.projectEnvironment);
  checkEnvironment(environment);
  checkSource(properties);
  const { fallback, least, most } = BUILD_MINUTES;
  const privileged = environment.member('PrivilegedMode').flag() ?? false;
  const cache = readCache(properties.member('Cache'), resource.ref, privileged);
  const queued = properties.member('QueuedTimeoutInMinutes');
  if (queued.integer(QUEUED_MINUTES.least, QUEUED_MINUTES.most) !== undefined) {
    const property = 'AWS::CodeBuild::Project.QueuedTimeoutInMinutes';
    const reason = 'A build here starts at once; nothing queues.';
    properties.findings.ignored.push({ path: queued.path, property, reason });
  }
  const key = properties.member('EncryptionKey');
  const encryptionKey = key.text();
  if (encryptionKey !== undefined) {
    const property = 'AWS::CodeBuild::Project.EncryptionKey';
    const reason = "Artifacts are kept in the run's own folder, readable by its user only.";
    properties.findings.ignored.push({ path: key.path, property, reason });
  }
  const buildspec = properties.member('Source').member('BuildSpec');
  const project = {
    name: resource.ref,
    logicalId: resource.logicalId,
    arn: resource.arn,
    roleArn: properties.member('ServiceRole').requiredText(),
    image: environment.member('Image').requiredText(),
    computeType: environment.member('ComputeType').requiredText(),
    privileged,
    buildspec: buildspec.absent ? DEFAULT_BUILDSPEC : (readBuildspecText(buildspec) ?? ''),
    environment: readEnvironment(environment.member('EnvironmentVariables')),
    timeoutMinutes: properties.member('TimeoutInMinutes').integer(least, most) ?? fallback,
    ...cache,
    ...(encryptionKey !== undefined && { encryptionKey }),
  };
  return { project, buildspec, batch: properties.member('BuildBatchConfig') };
}

/** Source: CodeBuild API, ProjectSource and ProjectArtifacts. */
const SOURCES = [
  'CODEPIPELINE',
  'BITBUCKET',
  'CODECOMMIT',
  'GITHUB',
  'GITHUB_ENTERPRISE',
  'GITLAB',
  'GITLAB_SELF_MANAGED',
  'NO_SOURCE',
  'S3',
] as const;
const ARTIFACTS = ['CODEPIPELINE', 'NO_ARTIFACTS', 'S3'] as const;

/**
 * A project with a source and artifacts of its own can be an action's, too: CodePipeline's StartBuild overrides both (CodeBuild
 * user guide, how-to-create-pipeline: "CodePipeline overrides them"). The two types go together: one alone is never CODEPIPELINE.
 */
function checkSource(properties: Node): void {
  const source = properties.member('Source').object(KEYS.projectSource).member('Type');
  const artifacts = properties.member('Artifacts').object(KEYS.projectArtifacts).member('Type');
  const triggers = properties.member('Triggers');
  const from = source.required().oneOf(SOURCES);
  const to = artifacts.required().oneOf(ARTIFACTS);
  if (from === undefined || to === undefined) return;
  if ((from === 'CODEPIPELINE') !== (to === 'CODEPIPELINE')) {
    artifacts.fail(
      `Expected ${from === 'CODEPIPELINE' ? from : 'NO_ARTIFACTS or S3'}, since the type of Source is ${from}, found "${to}".`,
    );
  } else if (from !== 'CODEPIPELINE') {
    const reason = 'In a pipeline CodePipeline hands over the source and takes the artifacts, on AWS too.';
    source.findings.ignored.push({ path: source.path, property: 'AWS::CodeBuild::Project.Source.Type', reason });
  }
  if (triggers.absent) return;
  if (from === 'CODEPIPELINE') triggers.fail('A project whose source is CodePipeline has no webhook; remove it.');
  else {
    const reason = 'No webhook comes here; the pipeline starts the project.';
    triggers.findings.ignored.push({ path: triggers.path, property: 'AWS::CodeBuild::Project.Triggers', reason });
  }
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
    const type = item.member('Type').oneOf(VARIABLE_TYPES) ?? 'PLAINTEXT';
    const text = value.text() ?? '';
    const problem = type === 'SECRETS_MANAGER' && text !== '' ? checkSecretReference(text) : undefined;
    if (problem !== undefined) value.fail(`${problem}.`);
    return { name, value: text, type };
  });
}

const MODES = ['LOCAL_SOURCE_CACHE', 'LOCAL_DOCKER_LAYER_CACHE', 'LOCAL_CUSTOM_CACHE'] as const;

/** Source: CodeBuild API, ProjectCache. */
function readCache(
  cache: Node,
  project: string,
  privileged: boolean,
): Pick<BuildProject, 'cacheNamespace' | 'cacheModes'> {
  if (cache.absent) return {};
  cache.object(KEYS.cache);
  const type = cache.member('Type').required().oneOf(['S3', 'NO_CACHE', 'LOCAL']);
  const modes = cache.member('Modes');
  const cacheModes = modes.items().flatMap((item) => {
    const mode = item.oneOf(MODES);
    if (mode === 'LOCAL_DOCKER_LAYER_CACHE' && !privileged)
      item.fail('A Docker layer cache needs a privileged build; set Environment.PrivilegedMode to true.');
    return mode === undefined ? [] : [mode];
  });
  if (type === 'LOCAL' && modes.absent)
    modes.fail(`Is required with a local cache: one or more of ${MODES.join(', ')}.`);
  if (type !== 'LOCAL' && cacheModes.length > 0) modes.fail('Only a cache of type LOCAL has modes; remove them.');
  for (const mode of cacheModes)
    cache.findings.ignored.push({
      path: modes.path,
      property: `AWS::CodeBuild::Project.Cache.Modes`,
      reason: HERE[mode],
    });
  if (type === 'S3') return { cacheNamespace: cache.member('CacheNamespace').text() ?? project };
  return type === 'LOCAL' ? { cacheModes } : {};
}

const HERE: Readonly<Record<(typeof MODES)[number], string>> = {
  LOCAL_SOURCE_CACHE:
    'It is for sources that CodeBuild clones; here, as under CodePipeline, the source comes as a zip.',
  LOCAL_DOCKER_LAYER_CACHE: 'The docker command of the machine keeps its layers as it always does.',
  LOCAL_CUSTOM_CACHE: 'It is kept for the project from build to build; on AWS it is there by chance only.',
};

/** What cannot be here is refused by its name. Source: CodeBuild API, ProjectEnvironment. */
function checkEnvironment(environment: Node): void {
  const type = environment.member('Type').required();
  const text = type.text();
  const why = Object.keys(OTHER_MACHINES).find((part) => text?.includes(part));
  type.oneOf(
    ENVIRONMENT_TYPES,
    why === undefined ? "The buildspec's commands run in a POSIX shell of this machine." : OTHER_MACHINES[why],
  );
  const compute = environment.member('ComputeType');
  const size = compute.text();
  if (size?.startsWith('BUILD_LAMBDA_'))
    compute.fail(`${size}: ${OTHER_MACHINES['LAMBDA']} Use a type BUILD_GENERAL1_….`);
  else compute.oneOf(COMPUTE_TYPES);
}

const OTHER_MACHINES: Readonly<Record<string, string>> = {
  LAMBDA: 'Builds on Lambda compute do not run here.',
  WINDOWS: 'Builds on Windows do not run here.',
  GPU: 'Builds with a GPU do not run here.',
  MAC: 'Builds on macOS do not run here.',
  EC2: 'Builds on instances of EC2 do not run here; use an environment of containers.',
};

/** Source: CodeBuild API, ComputeType. */
const COMPUTE_TYPES = [
  'BUILD_GENERAL1_SMALL',
  'BUILD_GENERAL1_MEDIUM',
  'BUILD_GENERAL1_LARGE',
  'BUILD_GENERAL1_XLARGE',
  'BUILD_GENERAL1_2XLARGE',
  'ATTRIBUTE_BASED_COMPUTE',
  'CUSTOM_INSTANCE_TYPE',
] as const;
