import { err, ok, type Result } from '../result';
import type { EksAction, EnvironmentVariable, Plan, PlannedAction } from './plan';

/** Namespace -> its variables. `codepipeline` and `variables` are reserved; the others belong to actions. */
export type Scope = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** A reference `#{namespace.variable}`; the text between the braces is checked apart, so that a malformed one is an error. */
const REFERENCE = /#\{([^{}]*)\}/g;

/**
 * Replaces every `#{namespace.variable}` of a text, in one pass: a value that looks like a reference stays as it is.
 * Case-sensitive (CodePipeline, reference-variables). Errors: one a reference that cannot be resolved.
 */
export function resolveText(text: string, scope: Scope): Result<string, string> {
  const errors: string[] = [];
  const value = text.replace(REFERENCE, (reference, path: string) => {
    const found = lookUp(path, scope);
    if (found.ok) return found.value;
    errors.push(...found.errors.map((reason) => `${reference} cannot be resolved: ${reason}`));
    return reference;
  });
  return errors.length > 0 ? err(...errors) : ok(value);
}

function lookUp(path: string, scope: Scope): Result<string, string> {
  const dot = path.indexOf('.');
  if (dot < 1 || dot === path.length - 1) return err('expected the form #{namespace.variable}');
  const namespace = path.slice(0, dot);
  const name = path.slice(dot + 1);
  const variables = scope.get(namespace);
  if (variables === undefined) {
    const known = [...scope.keys()].join(', ');
    return err(`no action that has run gave variables to the namespace "${namespace}" (there are: ${known || 'none'})`);
  }
  if (!Object.hasOwn(variables, name)) {
    const known = Object.keys(variables).join(', ');
    return err(`the namespace "${namespace}" has no variable "${name}" (it has: ${known || 'none'})`);
  }
  return ok(variables[name] as string);
}

/** CodePipeline, limits: resolved configuration of one action, in bytes. */
const LARGEST_CONFIGURATION = 102_400;

/** The action with every reference of its configuration resolved. */
export function resolveAction(action: PlannedAction, scope: Scope): Result<PlannedAction, string> {
  const errors: string[] = [];
  let size = 0;
  const text = (value: string, key: string): string => {
    const resolved = resolveText(value, scope);
    if (resolved.ok) {
      size += Buffer.byteLength(resolved.value);
      return resolved.value;
    }
    errors.push(...resolved.errors.map((reason) => `${key}: ${reason}`));
    return value;
  };
  const resolved = resolveFields(action, text);
  if (size > LARGEST_CONFIGURATION)
    errors.push(`the resolved configuration takes ${size} bytes; at most ${LARGEST_CONFIGURATION} are allowed`);
  return errors.length > 0 ? err(...errors) : ok(resolved);
}

function resolveFields(action: PlannedAction, text: (value: string, key: string) => string): PlannedAction {
  switch (action.kind) {
    case 'codecommit':
      return {
        ...action,
        repository: text(action.repository, 'RepositoryName'),
        branch: text(action.branch, 'BranchName'),
      };
    case 'connection':
      return {
        ...action,
        repository: text(action.repository, 'FullRepositoryId'),
        branch: text(action.branch, 'BranchName'),
      };
    case 'codebuild':
      return {
        ...action,
        environment: resolveEnvironment(action.environment, text),
        ...(action.buildspecOverride !== undefined && {
          buildspecOverride: text(action.buildspecOverride, 'BuildspecOverride'),
        }),
      };
    case 'approval':
      return {
        ...action,
        ...(action.message !== undefined && { message: text(action.message, 'CustomData') }),
        ...(action.link !== undefined && { link: text(action.link, 'ExternalEntityLink') }),
      };
    case 'lambda':
      return {
        ...action,
        ...(action.userParameters !== undefined && { userParameters: text(action.userParameters, 'UserParameters') }),
      };
    case 's3-deploy':
      return {
        ...action,
        bucket: text(action.bucket, 'BucketName'),
        ...(action.objectKey !== undefined && { objectKey: text(action.objectKey, 'ObjectKey') }),
      };
    case 'ecr-build':
      return {
        ...action,
        repository: text(action.repository, 'ECRRepositoryName'),
        dockerfile: text(action.dockerfile, 'DockerFilePath'),
        tags: text(action.tags, 'ImageTags'),
      };
    case 'eks':
      return resolveEks(action, text);
    case 'cloudformation':
      return {
        ...action,
        stackName: text(action.stackName, 'StackName'),
        ...(action.changeSetName !== undefined && { changeSetName: text(action.changeSetName, 'ChangeSetName') }),
        ...(action.parameterOverrides !== undefined && {
          parameterOverrides: text(action.parameterOverrides, 'ParameterOverrides'),
        }),
      };
    case 'pipeline-invoke':
      return {
        ...action,
        variables: action.variables.map(({ name, value }) => ({ name, value: text(value, `Variables.${name}`) })),
        sourceRevisions: action.sourceRevisions.map((revision) => ({
          ...revision,
          value: text(revision.value, `SourceRevisions.${revision.action}`),
        })),
      };
    case 'commands':
      return {
        ...action,
        commands: action.commands.map((command, index) => text(command, `Commands[${index}]`)),
        environment: resolveEnvironment(action.environment, text),
      };
  }
}

function resolveEks(action: EksAction, text: (value: string, key: string) => string): EksAction {
  const { deployment, namespaceName } = action;
  return {
    ...action,
    cluster: text(action.cluster, 'ClusterName'),
    deployment:
      deployment.tool === 'kubectl'
        ? { ...deployment, manifests: text(deployment.manifests, 'ManifestFiles') }
        : {
            ...deployment,
            release: text(deployment.release, 'HelmReleaseName'),
            chart: text(deployment.chart, 'HelmChartLocation'),
            ...(deployment.values !== undefined && { values: text(deployment.values, 'HelmValuesFiles') }),
          },
    ...(namespaceName !== undefined && { namespaceName: text(namespaceName, 'Namespace') }),
    environment: resolveEnvironment(action.environment, text),
  };
}

const resolveEnvironment = (
  environment: readonly EnvironmentVariable[],
  text: (value: string, key: string) => string,
): EnvironmentVariable[] =>
  environment.map((variable) => ({
    ...variable,
    value: text(variable.value, `EnvironmentVariables.${variable.name}`),
  }));

/**
 * The pipeline's variables for one execution: what was given, else the default. A variable without default must be given;
 * a value has 1–1,000 characters (CodePipeline, reference-variables; API PipelineVariableValue).
 */
export function pipelineVariables(
  plan: Pick<Plan, 'variables'>,
  given: Readonly<Record<string, string>>,
): Result<Record<string, string>, string> {
  const errors: string[] = [];
  const values: Record<string, string> = {};
  for (const { name, default: fallback } of plan.variables) {
    const value = Object.hasOwn(given, name) ? given[name] : fallback;
    if (value === undefined) errors.push(`the pipeline's variable "${name}" has no default: give it a value`);
    else if (value.length < 1 || value.length > 1000)
      errors.push(`the pipeline's variable "${name}" must have 1 to 1,000 characters, it has ${value.length}`);
    else values[name] = value;
  }
  const known = plan.variables.map((variable) => variable.name);
  for (const name of Object.keys(given))
    if (!known.includes(name))
      errors.push(`the pipeline has no variable "${name}" (it has: ${known.join(', ') || 'none'})`);
  return errors.length > 0 ? err(...errors) : ok(values);
}
