import { pipelineRule } from './pipeline-parts';

export const pipelineType = pipelineRule({
  id: 'pipeline-type',
  holds: 'A pipeline is of type V2.',
  reason:
    'Conditions, triggers, variables and execution modes do nothing on a V1 pipeline, and neither CDK nor a linter says so.',
  remedy: 'set PipelineType to V2',
  check: (pipeline) => (pipeline.PipelineType === 'V2' ? undefined : 'the pipeline is of type V1'),
});
