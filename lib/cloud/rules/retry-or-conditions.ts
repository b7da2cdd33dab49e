import { pipelineRule, stages } from './pipeline-parts';
import { objects } from './rule';

export const retryOrConditions = pipelineRule({
  id: 'retry-or-conditions',
  holds: 'Automatic retry and conditions on failure exclude each other.',
  reason: 'The user guide (stage-conditions) forbids them together, and no tool checks it before the deploy.',
  remedy: 'remove one of them',
  check: (pipeline) =>
    stages(pipeline).some(
      ({ OnFailure: failure }) => failure?.Result === 'RETRY' && objects(failure.Conditions).length > 0,
    )
      ? 'OnFailure has both RETRY and Conditions'
      : undefined,
});
