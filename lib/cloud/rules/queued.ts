import { pipelineRule } from './pipeline-parts';

export const queued = pipelineRule({
  id: 'queued',
  holds: 'Executions queue: each push is delivered, in order.',
  reason: 'SUPERSEDED, the default, drops commits that wait; PARALLEL knows neither order nor rollback.',
  remedy: 'set ExecutionMode to QUEUED',
  check: (pipeline) => (pipeline.ExecutionMode === 'QUEUED' ? undefined : 'ExecutionMode is not QUEUED'),
});
