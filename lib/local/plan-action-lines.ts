import { buildspecFile } from './codebuild/buildspec-source';
import { cacheNamespaceOf } from './codebuild/cache';
import type { EksAction, EnvironmentVariable, PlannedAction, PlannedBatch } from './plan';

/** What it is, in one line, for `slipway plan`. */
export function summaryOf(action: PlannedAction): string {
  switch (action.kind) {
    case 'codecommit':
      return `CodeCommit ${action.repository}, branch ${action.branch}`;
    case 'connection':
      return `connection ${action.repository}, branch ${action.branch}`;
    case 'codebuild':
      return `CodeBuild ${action.project.name}`;
    case 'approval':
      return `manual approval, within ${minutes(action.timeoutMinutes)}`;
    case 'lambda':
      return `Lambda ${action.function.name}`;
    case 'commands':
      return count(action.commands.length, 'command');
    case 's3-deploy':
      return `S3 bucket ${action.bucket}`;
    case 'ecr-build':
      return `image to ECR ${action.repository}`;
    case 'eks':
      return `EKS ${action.cluster} with ${action.deployment.tool}`;
    case 'cloudformation':
      return `CloudFormation ${action.mode} of ${action.stackName}, NOT RUN here: recorded`;
    case 'pipeline-invoke':
      return `starts the pipeline ${action.pipeline}`;
    default:
      return action satisfies never;
  }
}

/** What it does, beside its artifacts. */
export function workOf(action: PlannedAction): string[] {
  switch (action.kind) {
    case 'codecommit':
      return [];
    case 'connection':
      return [`connection ${action.connectionArn}`];
    case 'codebuild': {
      const { project, environment, primarySource } = action;
      const namespace = cacheNamespaceOf(project);
      const cache = namespace === undefined ? '' : `, cache ${namespace}`;
      const file = buildspecFile(action.buildspecOverride ?? project.buildspec);
      return [
        ...(file === undefined ? [] : [`what ${file} of the source says`]),
        ...(action.buildspecOverride === undefined || file !== undefined ? [] : ['with a buildspec of its own']),
        ...(action.batch ? [batchLine(action.batch)] : []),
        ...(primarySource === undefined ? [] : [`builds in ${primarySource}`]),
        ...variables(environment),
        `as ${roleName(project.roleArn)}${project.privileged ? ', privileged' : ''}, at most ${minutes(project.timeoutMinutes)}${cache}`,
      ];
    }
    case 'approval':
      return [...(action.message ? [`asks "${action.message}"`] : []), ...(action.link ? [`see ${action.link}`] : [])];
    case 'lambda':
      return [
        ...(action.userParameters ? [`with ${action.userParameters}`] : []),
        `as ${roleName(action.function.roleArn)}, ${action.function.handler} on ${action.function.runtime}`,
      ];
    case 's3-deploy': {
      const key = action.objectKey === undefined ? '' : ` as ${action.objectKey}`;
      return [action.extract ? `its files${key === '' ? '' : ` in ${action.objectKey}`}` : `its zip${key}`];
    }
    case 'ecr-build':
      return [`builds ${action.dockerfile}`, `tags ${action.tags}`];
    case 'eks':
      return eksLines(action);
    case 'cloudformation': {
      const { templatePath, templateConfiguration, changeSetName, parameterOverrides } = action;
      return [
        ...(templatePath ? [`template ${templatePath.file} of ${templatePath.artifact}`] : []),
        ...(templateConfiguration ? [`configured by ${templateConfiguration.file}`] : []),
        ...(parameterOverrides === undefined ? [] : [`with ${parameterOverrides}`]),
        ...(changeSetName === undefined ? [] : [`change set ${changeSetName}`]),
      ];
    }
    case 'pipeline-invoke':
      return [
        ...action.variables.map(({ name, value }) => `with ${name}=${value}`),
        ...action.sourceRevisions.map((each) => `${each.action} at ${each.type} ${each.value}`),
      ];
    case 'commands':
      return [
        ...action.commands.map((command) => `$ ${command}`),
        ...variables(action.environment),
        ...(action.files.length > 0 ? [`keeps ${action.files.join(', ')}`] : []),
        ...(action.outputVariables.length > 0 ? [`puts out ${action.outputVariables.join(', ')}`] : []),
      ];
    default:
      return action satisfies never;
  }
}

export const roleName = (arn: string): string => arn.replace(/^arn:[^:]*:iam::[^:]*:role\//, '');

/** A length of time, in the largest whole unit. */
export function minutes(count: number): string {
  if (count % 1440 === 0) return `${count / 1440} d`;
  return count % 60 === 0 ? `${count / 60} h` : `${count} min`;
}

function eksLines({ deployment, namespaceName, environment }: EksAction): string[] {
  const namespace = namespaceName === undefined ? [] : [`in namespace ${namespaceName}`];
  if (deployment.tool === 'kubectl')
    return [`applies ${deployment.manifests}`, ...namespace, ...variables(environment)];
  const values = deployment.values === undefined ? '' : ` with ${deployment.values}`;
  return [`release ${deployment.release} of ${deployment.chart}${values}`, ...namespace, ...variables(environment)];
}

const variables = (list: readonly EnvironmentVariable[]): string[] =>
  list.length === 0 ? [] : [`with ${list.map(({ name, value }) => `${name}=${value}`).join(' ')}`];

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

const batchLine = ({ combineArtifacts, timeoutMinutes }: PlannedBatch): string =>
  `a batch of builds, at most ${minutes(timeoutMinutes)}${combineArtifacts ? ', their artifacts combined' : ''}`;
