import type { SourceRevision } from '../../pipelines/host';
import { resourcesOf } from '../find-resource';
import { isObject, shown } from '../json';
import { VARIABLE_NAME } from '../names';
import type { Node } from '../node';
import { ACTION_KEYS } from './keys';
import type { ActionBase, ActionKind, ReadAction } from './kind';

/** Invoke/AWS/CodePipeline. Source: CodePipeline user guide, action-reference-PipelineInvoke. */
export const PIPELINE_INVOKE_KIND: ActionKind = { read: readPipelineInvoke, inputs: [0, 0], outputs: [0, 0] };

/** CodePipeline API, SourceRevisionType. */
const REVISION_TYPES = ['COMMIT_ID', 'IMAGE_DIGEST', 'S3_OBJECT_VERSION_ID', 'S3_OBJECT_KEY'] as const;

function readPipelineInvoke(base: ActionBase, configuration: Node): ReadAction {
  configuration.object(ACTION_KEYS.pipelineInvoke);
  const name = configuration.member('PipelineName');
  const pipeline = name.requiredText();
  const target = resourcesOf('AWS::CodePipeline::Pipeline', name.findings).find(({ ref }) => ref === pipeline);
  if (pipeline !== '' && target === undefined)
    name.fail(`No stack of this assembly holds a pipeline named "${pipeline}"; add it, or correct the name.`);
  const variables = configuration.member('Variables');
  const known = target && namesIn(target.properties.member('Variables'));
  const given = readList(variables, ['name', 'value']).map(({ name = '', value = '' }) => {
    if (!VARIABLE_NAME.test(name)) variables.fail(`"${name}" is no name of a variable.`);
    else if (known && !known.includes(name))
      variables.fail(`The pipeline ${pipeline} has no variable "${name}"; it has ${known.join(', ') || 'none'}.`);
    if (value.length < 1 || value.length > 1000)
      variables.fail(`The variable ${name} must have 1 to 1000 characters, it has ${value.length}.`);
    return { name, value };
  });
  const revisions = configuration.member('SourceRevisions');
  const sources = target && namesIn(target.properties.member('Stages').items()[0]?.member('Actions'));
  const sourceRevisions = readList(revisions, ['actionName', 'revisionType', 'revisionValue']).flatMap(
    ({ actionName = '', revisionType = '', revisionValue = '' }): SourceRevision[] => {
      const type = REVISION_TYPES.find((candidate) => candidate === revisionType);
      if (type === undefined)
        revisions.fail(`Expected a revisionType ${REVISION_TYPES.join(' or ')}, found "${revisionType}".`);
      if (sources && !sources.includes(actionName))
        revisions.fail(`The pipeline ${pipeline} has no source action "${actionName}"; it has ${sources.join(', ')}.`);
      if (revisionValue === '') revisions.fail(`The revision of ${actionName} is empty.`);
      return type === undefined ? [] : [{ action: actionName, type, value: revisionValue }];
    },
  );
  // None is documented; the id of the execution that was started is the action's external execution id.
  return { action: { ...base, kind: 'pipeline-invoke', pipeline, variables: given, sourceRevisions }, produces: [] };
}

const namesIn = (list: Node | undefined): string[] =>
  list?.items().map((item) => item.member('Name').text() ?? '') ?? [];

/** The JSON list of objects with just these members that stands at `node` as text. */
function readList(node: Node, members: readonly string[]): Record<string, string>[] {
  const text = node.text();
  if (text === undefined) return [];
  const expected = `a JSON list of {${members.map((member) => `"${member}"`).join(', ')}}`;
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = undefined;
  }
  if (!Array.isArray(list)) {
    node.fail(`Expected ${expected}, found ${shown(text)}.`);
    return [];
  }
  return list.flatMap((item: unknown) => {
    const isRight =
      isObject(item) &&
      members.every((member) => typeof item[member] === 'string') &&
      Object.keys(item).every((key) => members.includes(key));
    if (!isRight) node.fail(`Expected ${expected}, found the item ${shown(item)}.`);
    return isRight ? [item as Record<string, string>] : [];
  });
}
