import type { CommandsAction } from '../../plan';
import type { Reference } from '../draft';
import type { Node } from '../node';
import { readEnvironmentVariables } from './environment';
import { ACTION_KEYS } from './keys';
import type { ActionBase, ActionKind, ReadAction } from './kind';

/** Source: CodePipeline API, CommandList, Command, OutputVariableList, OutputVariable, FilePathList, FilePath. */
const COMMANDS = { most: 50, longest: 1000 };
const VARIABLES = { most: 15, longest: 128 };
const FILES = { most: 10, longest: 128 };

const COMPUTE = ['BUILD_GENERAL1_SMALL', 'BUILD_GENERAL1_MEDIUM', 'BUILD_GENERAL1_LARGE'] as const;

/** The region is the one AWS_… variable that the user guide's example exports; the others are credentials. */
const EXPORTED_AWS = ['AWS_REGION', 'AWS_DEFAULT_REGION'];

/** Compute/AWS/Commands. Source: CodePipeline user guide, action-reference-Commands. */
export const COMMANDS_KIND: ActionKind = {
  read: (base, configuration, node) => readCommands(base, configuration, node),
  inputs: [1, 10],
  outputs: [0, 1],
  keys: ACTION_KEYS.commandsAction,
  outputKeys: ACTION_KEYS.commandsOutput,
};

/** What of a Commands action or rule stands beside the configuration; `node` is the action or rule. */
export function readCommands(
  base: ActionBase,
  configuration: Node,
  node: Node,
): ReadAction & { readonly action: CommandsAction; readonly texts: readonly Reference[] } {
  configuration.object(ACTION_KEYS.commands);
  configuration
    .member('EnvironmentType')
    .oneOf(['LINUX_CONTAINER'], "The commands run in a POSIX shell of this machine, or in CodeBuild's Linux image.");
  const computeType = configuration.member('ComputeType').oneOf(COMPUTE) ?? COMPUTE[0];
  const texts: Reference[] = [];
  const list = node.member('Commands').required();
  const commands = readList(list, 'command', COMMANDS).map(({ item, text }) => {
    if (/[\r\n]/.test(text)) item.fail('CodePipeline takes commands of one line only; split it, or join it with &&.');
    texts.push({ node: item, text });
    return text;
  });
  const outputVariables = readList(node.member('OutputVariables'), 'output variable', VARIABLES).map(({ item, text }) =>
    checkVariable(item, text),
  );
  const environment = readEnvironmentVariables(node.member('EnvironmentVariables'), ['PLAINTEXT', 'SECRETS_MANAGER']);
  texts.push(...environment.texts);
  checkAccount(node, base);
  const action: CommandsAction = {
    ...base,
    kind: 'commands',
    commands,
    outputVariables,
    environment: environment.variables,
    files: base.outputs.length > 0 ? readFiles(node) : [],
    computeType,
  };
  return { action, produces: outputVariables, texts };
}

/** Texts of a list that has 1 to `most` of at most `longest` characters, if it is there. */
function readList(list: Node, what: string, { most, longest }: { most: number; longest: number }) {
  const items = list.items();
  if (!list.absent && (items.length < 1 || items.length > most))
    list.fail(`Expected 1 to ${most} ${what}s, found ${items.length}.`);
  return items.map((item) => {
    const text = item.requiredText();
    if (text.length > longest)
      item.fail(`The ${what} has ${text.length} characters; CodePipeline takes ${longest}: shorten it.`);
    return { item, text };
  });
}

function checkVariable(item: Node, name: string): string {
  if (name !== '' && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    item.fail(`"${name}" is not a name of an environment variable.`);
  if (name.startsWith('AWS_') && !EXPORTED_AWS.includes(name))
    item.fail(`${name} is not put out: it could be a credential. Of AWS_… only ${EXPORTED_AWS.join(' and ')} are.`);
  return name;
}

/** Without Files everything is taken. */
function readFiles(node: Node): string[] {
  const [output] = node.member('OutputArtifacts').items();
  const list = output?.member('Files');
  if (list === undefined || list.absent) return ['**/*'];
  return readList(list, 'pattern of files', FILES).map(({ text }) => text);
}

function checkAccount(node: Node, { roleArn }: ActionBase): void {
  const { account } = node.findings.evaluator.environment(node.stack);
  const other = /^arn:[^:]*:iam::(\d{12}):/.exec(roleArn ?? '')?.[1];
  if (other !== undefined && other !== account)
    node.member('RoleArn').fail(`Belongs to account ${other}: a Commands action runs in its pipeline's, ${account}.`);
}
