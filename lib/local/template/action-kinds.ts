import type { EnvironmentVariable, PlannedAction } from '../plan';
import type { ActionBase, ReadAction } from './actions/kind';
import { readBuildChoices } from './build-choices';
import { findResource } from './find-resource';
import { NO_FUNCTION, readFunction } from './function';
import { isObject, shown } from './json';
import { KEYS } from './keys';
import type { Node } from './node';
import { NO_PROJECT, readProject, VARIABLE_TYPES } from './project';

export type { ActionBase } from './actions/kind';

/** Default and range of an approval's timeout, in minutes. Source: CodePipeline user guide, limits. */
const APPROVAL_MINUTES = { fallback: 10_080, least: 5, most: 86_400 };

export function readCodeCommit(base: ActionBase, configuration: Node): ReadAction {
  configuration.object(KEYS.codecommit);
  checkFormat(configuration.member('OutputArtifactFormat'));
  const repository = configuration.member('RepositoryName').requiredText();
  const branch = configuration.member('BranchName').requiredText();
  // Source: CodePipeline user guide, action-reference-CodeCommit, output variables.
  const produces = ['RepositoryName', 'BranchName', 'CommitId', 'CommitMessage', 'AuthorDate', 'CommitterDate'];
  const polls = configuration.member('PollForSourceChanges').flag() ?? true;
  return { action: { ...base, kind: 'codecommit', repository, branch, ...(polls && { polls }) }, produces };
}

export function readConnection(base: ActionBase, configuration: Node): ReadAction {
  configuration.object(KEYS.connection);
  checkFormat(configuration.member('OutputArtifactFormat'));
  const connectionArn = configuration.member('ConnectionArn').requiredText();
  const repository = configuration.member('FullRepositoryId').requiredText();
  const branch = configuration.member('BranchName').requiredText();
  // Source: CodePipeline user guide, action-reference-CodestarConnectionSource, output variables.
  const produces = ['AuthorDate', 'BranchName', 'CommitId', 'CommitMessage', 'ConnectionArn', 'FullRepositoryName'];
  const detects = configuration.member('DetectChanges').flag() ?? true;
  const ignored = detects ? {} : { detectsChanges: false };
  return { action: { ...base, kind: 'connection', connectionArn, repository, branch, ...ignored }, produces };
}

export function readCodeBuild(base: ActionBase, configuration: Node): ReadAction {
  configuration.object(KEYS.codebuild);
  const name = configuration.member('ProjectName');
  const found = findResource(name, 'AWS::CodeBuild::Project', base.roleArn);
  const read = found === undefined ? NO_PROJECT : readProject(found);
  const primary = configuration.member('PrimarySource');
  const primarySource = primary.text();
  if (primarySource === undefined && base.inputs.length > 1) {
    configuration.fail('PrimarySource is required with more than one input artifact; name the one to build in.');
  }
  if (primarySource !== undefined && !base.inputs.includes(primarySource)) {
    primary.fail(`"${primarySource}" is none of the input artifacts ${base.inputs.join(', ')}.`);
  }
  const environment = readActionEnvironment(configuration.member('EnvironmentVariables'));
  const source = primarySource === undefined ? {} : { primarySource };
  const { choices, produces } = readBuildChoices(configuration, { read, environment, outputs: base.outputs });
  const action: PlannedAction = {
    ...base,
    kind: 'codebuild',
    project: read.project,
    ...source,
    environment,
    ...choices,
  };
  return { action, produces };
}

export function readApproval(base: ActionBase, configuration: Node, node: Node): ReadAction {
  configuration.object(KEYS.approval);
  const { fallback, least, most } = APPROVAL_MINUTES;
  const timeoutMinutes = node.member('TimeoutInMinutes').integer(least, most) ?? fallback;
  const message = configuration.member('CustomData').text();
  const link = configuration.member('ExternalEntityLink').text();
  const shownTo = { ...(message !== undefined && { message }), ...(link !== undefined && { link }) };
  return { action: { ...base, kind: 'approval', ...shownTo, timeoutMinutes }, produces: [] };
}

export function readLambda(base: ActionBase, configuration: Node): ReadAction {
  configuration.object(KEYS.lambda);
  const name = configuration.member('FunctionName');
  const found = findResource(name, 'AWS::Lambda::Function', base.roleArn);
  const lambda = found === undefined ? NO_FUNCTION : readFunction(found);
  const userParameters = configuration.member('UserParameters').text();
  const parameters = userParameters === undefined ? {} : { userParameters };
  return { action: { ...base, kind: 'lambda', function: lambda, ...parameters }, produces: undefined };
}

/** The JSON list that the action's configuration holds as a text. */
function readActionEnvironment(node: Node): EnvironmentVariable[] {
  const text = node.text();
  if (text === undefined) return [];
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = undefined;
  }
  const expected = 'a JSON list of {"name", "value", "type"}';
  if (!Array.isArray(list)) {
    node.fail(`Expected ${expected}, found ${shown(text)}.`);
    return [];
  }
  const variables: EnvironmentVariable[] = [];
  for (const item of list) {
    const { name, value, type = 'PLAINTEXT', ...others } = isObject(item) ? item : {};
    const known = VARIABLE_TYPES.find((candidate) => candidate === type);
    const wrong =
      typeof name !== 'string' || name === '' || typeof value !== 'string' || Object.keys(others).length > 0;
    if (wrong) node.fail(`Expected ${expected}, found the item ${shown(item)}.`);
    else if (known === undefined)
      node.fail(`Expected type ${VARIABLE_TYPES.join(' or ')}, found the item ${shown(item)}.`);
    else if (name.startsWith('CODEBUILD_'))
      node.fail(`The name ${name} is reserved; CodeBuild sets CODEBUILD_… itself.`);
    else if (variables.some((variable) => variable.name === name)) node.fail(`The variable ${name} stands here twice.`);
    else variables.push({ name, value, type: known });
  }
  return variables;
}

function checkFormat(node: Node): void {
  node.oneOf(['CODE_ZIP'], 'A full clone needs the provider; a run here hands over a zip of the commit.');
}
