import { actions, isCodeCommit, pipelineRule } from './pipeline-parts';
import { shown } from './rule';

export const noPolling = pipelineRule({
  id: 'no-polling',
  holds: 'A CodeCommit source does not poll.',
  reason: 'PollForSourceChanges is on by default; beside an event rule each push starts the pipeline twice.',
  remedy: "set PollForSourceChanges to 'false'",
  check: (pipeline) =>
    actions(pipeline).some(
      (action) => isCodeCommit(action) && shown(action.Configuration?.PollForSourceChanges) !== 'false',
    )
      ? 'a CodeCommit source polls'
      : undefined,
});
