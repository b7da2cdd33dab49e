import { pipelineRule, results, stages } from './pipeline-parts';

export const parallelRollback = pipelineRule({
  id: 'parallel-rollback',
  holds: 'A parallel pipeline rolls nothing back.',
  reason:
    'Stage rollback does not exist in PARALLEL mode (CodePipeline user guide, execution-modes): the deploy of the template fails.',
  remedy: 'remove ROLLBACK, or set ExecutionMode to QUEUED',
  check: (pipeline) =>
    pipeline.ExecutionMode === 'PARALLEL' && stages(pipeline).some((stage) => results(stage).includes('ROLLBACK'))
      ? 'a stage of a PARALLEL pipeline has ROLLBACK'
      : undefined,
});
