import { parseOverrides } from '../../cloudformation/overrides';
import type { CloudFormationAction } from '../../plan';
import type { Node } from '../node';
import { ACTION_KEYS } from './keys';
import type { ActionBase, ActionKind, ReadAction } from './kind';

/** Deploy/AWS/CloudFormation. Source: CodePipeline user guide, action-reference-CloudFormation. */
export const CLOUDFORMATION_KIND: ActionKind = { read: readCloudFormation, inputs: [0, 10], outputs: [0, 1] };

const MODES = [
  'CREATE_UPDATE',
  'DELETE_ONLY',
  'REPLACE_ON_FAILURE',
  'CHANGE_SET_REPLACE',
  'CHANGE_SET_EXECUTE',
] as const;
const CAPABILITIES = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];
/** Modes in which a member counts; in the others CodePipeline ignores it. */
const WITH_TEMPLATE: readonly string[] = ['CREATE_UPDATE', 'REPLACE_ON_FAILURE', 'CHANGE_SET_REPLACE'];
const WITH_CHANGE_SET: readonly string[] = ['CHANGE_SET_REPLACE', 'CHANGE_SET_EXECUTE'];

const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

function readCloudFormation(base: ActionBase, configuration: Node): ReadAction {
  configuration.object(ACTION_KEYS.cloudFormation);
  const mode = configuration.member('ActionMode').required().oneOf(MODES) ?? 'CREATE_UPDATE';
  const stackName = readName(configuration.member('StackName').required(), 'stack');
  const changeSet = configuration.member('ChangeSetName');
  const changeSetName = WITH_CHANGE_SET.includes(mode) ? readName(changeSet.required(), 'change set') : undefined;
  if (mode !== 'CHANGE_SET_EXECUTE') configuration.member('RoleArn').requiredText();
  const hasTemplate = WITH_TEMPLATE.includes(mode);
  const template = hasTemplate ? readFile(configuration.member('TemplatePath').required(), base) : undefined;
  const configured = hasTemplate ? readFile(configuration.member('TemplateConfiguration'), base) : undefined;
  const overrides = configuration.member('ParameterOverrides');
  const parameterOverrides = hasTemplate ? overrides.text() : undefined;
  if (parameterOverrides !== undefined) checkOverrides(overrides, parameterOverrides, base);
  const capabilities = readCapabilities(configuration.member('Capabilities'));
  const fileName = configuration.member('OutputFileName');
  const outputFileName = fileName.text();
  if (outputFileName !== undefined && !/^[\w.-]*\w[\w.-]*$/.test(outputFileName))
    fileName.fail(`Expected the name of a file without folders, such as outputs.json, found "${outputFileName}".`);
  const action: CloudFormationAction = {
    ...base,
    kind: 'cloudformation',
    mode,
    stackName,
    ...(changeSetName !== undefined && { changeSetName }),
    ...(template && { templatePath: template }),
    ...(configured && { templateConfiguration: configured }),
    ...(parameterOverrides !== undefined && { parameterOverrides }),
    capabilities,
    ...(outputFileName !== undefined && { outputFileName }),
  };
  return { action, produces: undefined };
}

function readName(node: Node, what: string): string {
  const name = node.text() ?? '';
  if (name !== '' && !name.includes('#{') && !STACK_NAME.test(name))
    node.fail(`"${name}" is no name of a ${what}; expected a letter, then up to 127 letters, digits and -.`);
  return name;
}

/** `Artifact::path`. */
function readFile(node: Node, { inputs }: ActionBase): CloudFormationAction['templatePath'] {
  const text = node.text();
  if (text === undefined) return undefined;
  const [, artifact = '', file = ''] = /^([^:]+)::(.+)$/s.exec(text) ?? [];
  if (artifact === '') node.fail(`Expected <input artifact>::<file in it>, found "${text}".`);
  else if (!inputs.includes(artifact))
    node.fail(`"${artifact}" is none of the input artifacts ${inputs.join(', ') || '(there are none)'}.`);
  return { artifact, file };
}

function checkOverrides(node: Node, text: string, { inputs }: ActionBase): void {
  const overrides = parseOverrides(text);
  if (!overrides.ok) {
    for (const error of overrides.errors) node.fail(`${error}.`);
    return;
  }
  for (const [name, value] of Object.entries(overrides.value)) {
    const [artifact = ''] = typeof value === 'string' ? [] : value.argument;
    if (typeof value !== 'string' && !inputs.includes(artifact))
      node.fail(`${name}: "${artifact}" is none of the input artifacts ${inputs.join(', ') || '(there are none)'}.`);
  }
}

function readCapabilities(node: Node): string[] {
  const capabilities = (node.text() ?? '').split(',').filter((capability) => capability !== '');
  for (const capability of capabilities)
    if (!CAPABILITIES.includes(capability))
      node.fail(`Expected ${CAPABILITIES.join(', ')}, separated by commas without spaces, found "${capability}".`);
  return capabilities;
}
