import { pipelineRule, results, stages } from './pipeline-parts';

export const sourceStays = pipelineRule({
  id: 'source-stays',
  holds: 'The source stage is never rolled back.',
  reason:
    'A rollback cannot target the source stage (CodePipeline user guide, stage-rollback); no tool checks it before the deploy.',
  remedy: 'remove ROLLBACK from the first stage',
  check: (pipeline) =>
    stages(pipeline)
      .slice(0, 1)
      .some((source) => results(source).includes('ROLLBACK'))
      ? 'the source stage has ROLLBACK'
      : undefined,
});
