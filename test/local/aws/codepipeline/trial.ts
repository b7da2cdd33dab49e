import {
  CodePipelineClient,
  GetPipelineStateCommand,
  PutApprovalResultCommand,
  type PutApprovalResultCommandOutput,
  type StageState,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { planOf } from '../../plan/delivery-assembly';
import { type Surroundings, surroundings } from '../fixture';
import { Answers } from '../model/checked';
import { type HostedPipeline, hostedPipeline } from '../pipeline-fixture';

/** The delivery assembly's pipeline behind an endpoint, operated through the SDK; every answer is checked by the model. */
export interface Trial {
  readonly hosted: HostedPipeline;
  readonly here: Surroundings;
  readonly client: CodePipelineClient;
  /** The pipeline's. */
  readonly name: string;
  /** Gives the execution's id. */
  start(): Promise<string>;
  state(): Promise<readonly StageState[]>;
  stage(name: string): Promise<StageState | undefined>;
  /** Answers the approval of the stage SignOff. */
  answer(status: 'Approved' | 'Rejected'): Promise<PutApprovalResultCommandOutput>;
  close(): Promise<void>;
}

export async function openTrial(
  steps?: Parameters<typeof hostedPipeline>[0],
  change?: Parameters<typeof planOf>[0],
): Promise<Trial> {
  const hosted = await hostedPipeline(steps, planOf(change));
  const here = await surroundings({ pipelines: hosted.pipelines });
  const client = new Answers().check('codepipeline', new CodePipelineClient(here.client()));
  const name = hosted.host.plan.pipeline;
  const state = async (): Promise<readonly StageState[]> =>
    (await client.send(new GetPipelineStateCommand({ name }))).stageStates ?? [];
  const stage = async (stageName: string) => (await state()).find((each) => each.stageName === stageName);
  return {
    hosted,
    here,
    client,
    name,
    state,
    stage,
    start: async () => (await client.send(new StartPipelineExecutionCommand({ name }))).pipelineExecutionId as string,
    async answer(status) {
      const token = (await stage('SignOff'))?.actionStates?.[0]?.latestExecution?.token as string;
      const at = { pipelineName: name, stageName: 'SignOff', actionName: 'ClientSignOff' };
      return client.send(new PutApprovalResultCommand({ ...at, token, result: { status, summary: 'looks good' } }));
    },
    async close() {
      await hosted.close();
      await here.close();
    },
  };
}

/** The name of the error that a call ends with. */
export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: Error) => error.name,
  );
