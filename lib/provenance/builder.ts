/** Who ran the pipeline: CodePipeline on AWS; or a laptop, whose statements are worth no more than whoever sits at it. */
export type Runner = 'codepipeline' | 'local';

const LOCAL = 'urn:slipway:builder:local:';

/** The pipeline's ARN; with a prefix that no ARN has, if it ran on a laptop, so that neither passes for the other. */
export const builderId = (pipelineArn: string, runner: Runner): string =>
  runner === 'local' ? `${LOCAL}${pipelineArn}` : pipelineArn;

/** CodePipeline has no ARNs for executions. */
export const invocationId = (builder: string, execution: string): string => `${builder}#${execution}`;
