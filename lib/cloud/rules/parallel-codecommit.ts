import { actions, isCodeCommit, pipelineRule } from './pipeline-parts';

export const parallelCodeCommit = pipelineRule({
  id: 'parallel-codecommit',
  holds: 'A parallel pipeline has no CodeCommit source.',
  reason:
    'In PARALLEL mode a CodeCommit source takes the head of the branch, not the commit that started the execution.',
  remedy: 'set ExecutionMode to QUEUED, or use a connection',
  check: (pipeline) =>
    pipeline.ExecutionMode === 'PARALLEL' && actions(pipeline).some(isCodeCommit)
      ? 'a PARALLEL pipeline has a CodeCommit source'
      : undefined,
});
