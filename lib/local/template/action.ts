import type { PlannedAction } from '../plan';
import { readApproval, readCodeBuild, readCodeCommit, readConnection, readLambda } from './action-kinds';
import { CLOUDFORMATION_KIND } from './actions/cloudformation';
import { COMMANDS_KIND } from './actions/commands';
import { ECR_BUILD_KIND } from './actions/ecr-build';
import { EKS_KIND } from './actions/eks';
import type { ActionBase, ActionKind } from './actions/kind';
import { PIPELINE_INVOKE_KIND } from './actions/pipeline-invoke';
import { S3_DEPLOY_KIND } from './actions/s3-deploy';
import { refusalOf } from './actions/unsupported';
import type { DraftAction, Reference } from './draft';
import { KEYS, type Keys } from './keys';
import { ARTIFACT_NAME, ARTIFACT_RULE, NAME, NAME_RULE, NAMESPACE, NAMESPACE_RULE } from './names';
import type { Node } from './node';

/** Longest value of an action's configuration. Source: CodePipeline API, ActionConfigurationValue. */
const LONGEST_VALUE = 1000;
const LONGEST_KEY = 50;

/** The action types that run here, by `category/owner/provider`. */
const KINDS: Readonly<Record<string, ActionKind>> = {
  'Source/AWS/CodeCommit': { read: readCodeCommit, inputs: [0, 0], outputs: [1, 1] },
  'Source/AWS/CodeStarSourceConnection': { read: readConnection, inputs: [0, 0], outputs: [1, 1] },
  'Build/AWS/CodeBuild': { read: readCodeBuild, inputs: [1, 5], outputs: [0, 5] },
  'Test/AWS/CodeBuild': { read: readCodeBuild, inputs: [1, 5], outputs: [0, 5] },
  'Approval/AWS/Manual': { read: readApproval, inputs: [0, 0], outputs: [0, 0] },
  'Invoke/AWS/Lambda': { read: readLambda, inputs: [0, 5], outputs: [0, 5] },
  'Compute/AWS/Commands': COMMANDS_KIND,
  'Build/AWS/ECRBuildAndPublish': ECR_BUILD_KIND,
  'Deploy/AWS/S3': S3_DEPLOY_KIND,
  'Deploy/AWS/EKS': EKS_KIND,
  'Deploy/AWS/CloudFormation': CLOUDFORMATION_KIND,
  'Invoke/AWS/CodePipeline': PIPELINE_INVOKE_KIND,
};

/** Reads one action of a stage. Undefined where its type does not run here, which is reported. */
export function readAction(node: Node, stage: string): DraftAction | undefined {
  const type = node.member('ActionTypeId').object(KEYS.actionType);
  const category = type.member('Category').requiredText();
  const owner = type.member('Owner').requiredText();
  const provider = type.member('Provider').requiredText();
  const version = type.member('Version').requiredText();
  const name = node.member('Name').name(NAME, NAME_RULE);
  const kind = Object.hasOwn(KINDS, `${category}/${owner}/${provider}`)
    ? KINDS[`${category}/${owner}/${provider}`]
    : undefined;
  node.object(kind?.keys ?? KEYS.action);
  if (category === '' || owner === '' || provider === '' || version === '') return undefined;
  if (kind === undefined || version !== '1') {
    type.fail(refusalOf({ category, owner, provider, version }, Object.keys(KINDS)));
    return undefined;
  }
  checkRegion(node);
  if (category !== 'Approval' && !node.member('TimeoutInMinutes').absent) {
    node.member('TimeoutInMinutes').fail('Only a manual approval takes a timeout; set it in the CodeBuild project.');
  }
  const namespace = node.member('Namespace').absent
    ? undefined
    : node.member('Namespace').name(NAMESPACE, NAMESPACE_RULE);
  const roleArn = node.member('RoleArn').text();
  const base: ActionBase = {
    id: `${stage}/${name}`,
    stage,
    name,
    runOrder: node.member('RunOrder').integer(1, 999) ?? 1,
    ...(namespace !== undefined && { namespace }),
    inputs: readArtifacts(node.member('InputArtifacts'), KEYS.inputArtifact, kind.inputs),
    outputs: readArtifacts(node.member('OutputArtifacts'), kind.outputKeys ?? KEYS.outputArtifact, kind.outputs),
    ...(roleArn !== undefined && { roleArn }),
  };
  const configuration = node.member('Configuration');
  const { action, produces, texts = [] } = kind.read(base, configuration, node);
  return { node, action, produces, texts: [...readTexts(configuration, action), ...texts] };
}

/** Kinds of action that work with a role: their own, else the pipeline's. */
const WITH_ROLE: readonly PlannedAction['kind'][] = ['commands', 'ecr-build', 'eks'];

/** `role` is that of the pipeline; it is asked for only where an action needs it. */
export const withRole = <A extends PlannedAction>(action: A, role: () => string): A =>
  action.roleArn === undefined && WITH_ROLE.includes(action.kind) ? { ...action, roleArn: role() } : action;

/** The configuration's values. The ones that name something are plain text for AWS; what is not a text is reported. */
function readTexts(configuration: Node, action: PlannedAction): Reference[] {
  const texts: Reference[] = [];
  for (const [key, node] of configuration.entries()) {
    const text = node.text();
    if (text === undefined) continue;
    if (key.length > LONGEST_KEY) node.fail(`The key is longer than ${LONGEST_KEY} characters.`);
    if (text.length > LONGEST_VALUE) {
      const advice = action.kind === 'codebuild' ? 'move fixed variables into the project' : 'shorten it';
      node.fail(`The value has ${text.length} characters; CodePipeline takes ${LONGEST_VALUE}: ${advice}.`);
    }
    texts.push({ node, text });
  }
  return texts;
}

/** Of an action or a rule: that of its pipeline, if it is given. */
export function checkRegion(node: Node): void {
  const region = node.member('Region').text();
  const own = node.findings.evaluator.environment(node.stack).region;
  if (region === undefined || region === own) return;
  node.member('Region').fail(`It runs in ${region}, its pipeline in ${own}: a local run has one region.`);
}

/** Names in a list of artifacts, as many as the type allows. */
export function readArtifacts(list: Node, keys: Keys, [least, most]: readonly [number, number]): string[] {
  const items = list.items();
  if (items.length < least || items.length > most) {
    const range = least === most ? `${least}` : `${least} to ${most}`;
    list.fail(`Expected ${range} ${keys.of}s for this type of action, found ${items.length}.`);
  }
  const names = items.map((item) => item.object(keys).member('Name').name(ARTIFACT_NAME, ARTIFACT_RULE));
  for (const [index, name] of names.entries()) {
    if (name !== '' && names.indexOf(name) < index) items[index]?.fail(`"${name}" stands twice in this list.`);
  }
  return names;
}
