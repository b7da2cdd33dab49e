import type { PlannedAction } from '../plan';
import type { DraftStage } from './draft';
import type { Node } from './node';

/** Source: CodePipeline user guide, limits; where its pages disagree, the smaller number. */
const STAGES = { least: 2, most: 50 };
const ACTIONS = { least: 1, most: 50 };
const MOST_ACTIONS = 1000;

/** Source: CodePipeline user guide, the actions' own pages ("only available for V2 type pipelines"). */
const V2_ONLY: readonly PlannedAction['kind'][] = ['commands', 'ecr-build', 'eks', 'pipeline-invoke'];

/**
 * What CodePipeline demands of a pipeline as a whole, and would tell only when it is deployed or run. `pipeline` is the
 * resource's Properties. Sources: CodePipeline user guide, pipeline-requirements, stage-conditions, stage-rollback.
 */
export function checkStructure(pipeline: Node, stages: readonly DraftStage[], type: 'V1' | 'V2'): void {
  const list = pipeline.member('Stages');
  if (stages.length < STAGES.least || stages.length > STAGES.most) {
    list.fail(`Expected ${STAGES.least} to ${STAGES.most} stages, found ${stages.length}.`);
  }
  const total = stages.reduce((sum, stage) => sum + stage.actions.length, 0);
  if (total > MOST_ACTIONS) list.fail(`Expected at most ${MOST_ACTIONS} actions in all, found ${total}.`);
  for (const node of repeated(stages.map(({ node, stage }) => ({ node, name: stage.name })))) {
    node.fail('Another stage has this name; names of stages are unique in a pipeline.');
  }
  for (const [index, stage] of stages.entries()) {
    checkActions(stage, index === 0);
    if (index === 0) checkSourceStage(stage);
  }
  if (pipeline.member('ExecutionMode').text() === 'PARALLEL') checkParallel(stages);
  if (type === 'V1') checkV1(pipeline, stages);
}

function checkActions({ node, actions }: DraftStage, first: boolean): void {
  const list = node.member('Actions');
  const { length } = list.items();
  if (length < ACTIONS.least || length > ACTIONS.most) {
    list.fail(`Expected ${ACTIONS.least} to ${ACTIONS.most} actions, found ${length}.`);
  }
  for (const repetition of repeated(actions.map(({ node, action }) => ({ node, name: action.name })))) {
    repetition.fail('Another action of this stage has this name; names of actions are unique in a stage.');
  }
  for (const { node, action } of actions) {
    const isSource = action.kind === 'codecommit' || action.kind === 'connection';
    if (first && !isSource)
      node.fail('The first stage may hold source actions only; move this action to a later stage.');
    if (!first && isSource) node.fail('Source actions belong to the first stage; move this action there.');
  }
}

function checkSourceStage({ node, stage }: DraftStage): void {
  if (stage.beforeEntry)
    node.member('BeforeEntry').fail('The source stage takes no condition before entry; remove it.');
  if (stage.onFailure?.result === 'ROLLBACK' || stage.onFailure?.condition?.result === 'ROLLBACK') {
    node.member('OnFailure').fail('The source stage cannot be rolled back; remove the result ROLLBACK.');
  }
  if (stage.onSuccess?.result === 'ROLLBACK') {
    node.member('OnSuccess').fail('The source stage cannot be rolled back; use the result FAIL.');
  }
}

/** Executions in PARALLEL share nothing, so there is nothing to go back to. Source: CodePipeline user guide, execution-modes. */
function checkParallel(stages: readonly DraftStage[]): void {
  for (const { node, stage } of stages) {
    const { onSuccess, onFailure } = stage;
    const said = 'There is no rollback in the execution mode PARALLEL; use QUEUED or SUPERSEDED, or remove ROLLBACK.';
    if (onSuccess?.result === 'ROLLBACK') node.member('OnSuccess').fail(said);
    if (onFailure?.result === 'ROLLBACK' || onFailure?.condition?.result === 'ROLLBACK')
      node.member('OnFailure').fail(said);
  }
}

function checkV1(pipeline: Node, stages: readonly DraftStage[]): void {
  const needs = 'Needs a pipeline of type V2; set PipelineType to V2.';
  for (const key of ['ExecutionMode', 'Variables', 'Triggers']) {
    const member = pipeline.member(key);
    if (!member.absent && !(key === 'ExecutionMode' && member.text() === 'SUPERSEDED')) member.fail(needs);
  }
  for (const { node, action } of stages.flatMap(({ actions }) => actions)) {
    if (V2_ONLY.includes(action.kind)) node.member('ActionTypeId').fail(needs);
  }
  for (const { node } of stages) {
    for (const hook of ['BeforeEntry', 'OnSuccess', 'OnFailure']) {
      if (!node.member(hook).absent) node.member(hook).fail(needs);
    }
  }
}

function repeated(named: readonly { node: Node; name: string }[]): Node[] {
  const isRepeated = (name: string, index: number): boolean =>
    name !== '' && named.findIndex((other) => other.name === name) < index;
  return named.filter(({ name }, index) => isRepeated(name, index)).map(({ node }) => node);
}
