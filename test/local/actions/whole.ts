import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { systemClock } from '../../../lib/local/clock';
import { StackRecords } from '../../../lib/local/cloudformation/stack-record';
import type { Executor, Executors } from '../../../lib/local/executor';
import { approvalExecutor } from '../../../lib/local/executors/approval';
import { ArtifactObjects } from '../../../lib/local/executors/artifact-objects';
import { cloudFormationExecutor } from '../../../lib/local/executors/cloudformation';
import { codeCommitExecutor } from '../../../lib/local/executors/codecommit';
import { commandsExecutor } from '../../../lib/local/executors/commands';
import { ecrBuildExecutor } from '../../../lib/local/executors/ecr-build';
import { eksExecutor } from '../../../lib/local/executors/eks';
import { pipelineInvokeExecutor } from '../../../lib/local/executors/pipeline-invoke';
import { s3DeployExecutor } from '../../../lib/local/executors/s3-deploy';
import { createPipelineHost } from '../../../lib/local/pipelines/create';
import type { PipelineHost } from '../../../lib/local/pipelines/host';
import type { CodeBuildAction } from '../../../lib/local/plan';
import { writeTree } from '../codebuild/host';
import { BINDINGS, plansOf } from './kinds';

/** The source that the pipelines of test/fixtures/kinds.yaml take. */
const SOURCE = {
  'version.txt': '7\n',
  'service/Dockerfile': 'FROM scratch\nCOPY run.sh /run.sh\nENTRYPOINT ["/run.sh"]\n',
  'service/run.sh*': '#!/bin/sh\necho served\n',
  'k8s/config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: whole}\ndata: {image: $IMAGE}\n',
  'k8s/more/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: whole-more}\n',
  'cloud/queue.yaml':
    'Parameters: {Version: {Type: String}, Code: {Type: String}, Wide: {Type: String}}\n' +
    'Resources: {Queue: {Type: AWS::SQS::Queue}}\nOutputs: {Label: {Value: !Sub "queue-${Version}-${Wide}"}}\n',
  'cloud/queue.json': '{"Parameters":{"Wide":"wide"}}',
};

/** The hosts of both pipelines, with the executors that a machine has, over `builds`. */
export async function pipelinesIn(
  root: string,
  builds: Executor<CodeBuildAction>,
): Promise<ReadonlyMap<string, PipelineHost>> {
  const repository = join(root, 'repository');
  writeTree(repository, SOURCE);
  const environment = { PATH: process.env['PATH'], HOME: root };
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', repository, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
      env: environment,
      stdio: 'ignore',
    });
  git('init', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--message', 'First');
  const state = join(root, '.slipway');
  const hosts = new Map<string, PipelineHost>();
  const place = BINDINGS;
  const none: Executor = {
    execute: () => {
      throw new Error('no such action in the fixture');
    },
  };
  const executors: Executors = {
    codecommit: codeCommitExecutor({ resolveRepository: () => ({ folder: repository }), environment }),
    connection: none,
    lambda: none,
    approval: approvalExecutor({ clock: systemClock }),
    codebuild: builds,
    commands: commandsExecutor(builds, place),
    'ecr-build': ecrBuildExecutor(builds, place),
    eks: eksExecutor(builds, place),
    's3-deploy': s3DeployExecutor({ bucketFolder: (bucket) => join(state, 'buckets', bucket), clock: systemClock }),
    cloudformation: cloudFormationExecutor({
      ...place,
      records: new StackRecords(join(state, 'stacks'), place.region),
      artifacts: new ArtifactObjects({ bucket: 'artifacts', folder: join(state, 'buckets', 'artifacts') }),
      clock: systemClock,
    }),
    'pipeline-invoke': pipelineInvokeExecutor({
      ...place,
      start: (pipeline, request) => hosts.get(pipeline)?.start(request),
    }),
  };
  const rules = { alarmState: () => undefined, clock: systemClock };
  for (const plan of plansOf())
    hosts.set(plan.pipeline, await createPipelineHost({ plan, executors, rules, stateFolder: state }));
  return hosts;
}
