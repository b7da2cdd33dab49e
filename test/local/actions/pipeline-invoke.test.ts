import { expect, test } from '@jest/globals';
import { pipelineInvokeExecutor } from '../../../lib/local/executors/pipeline-invoke';
import type { StartRequest } from '../../../lib/local/pipelines/host';
import type { PipelineInvokeAction } from '../../../lib/local/plan';
import { err, ok } from '../../../lib/result';
import { temporaryFolder } from '../codebuild/host';
import { BINDINGS } from './kinds';
import { runAction } from './machine';

const root = temporaryFolder();
const action: PipelineInvokeAction = {
  kind: 'pipeline-invoke',
  id: 'Deploy/Next',
  stage: 'Deploy',
  name: 'Next',
  runOrder: 1,
  inputs: [],
  outputs: [],
  roleArn: 'arn:aws:iam::111122223333:role/slipway/invoke',
  pipeline: 'shop-after',
  variables: [{ name: 'VERSION', value: '1.7' }],
  sourceRevisions: [{ action: 'Source', type: 'COMMIT_ID', value: '4f2c1d0' }],
};

test('it starts the pipeline with variables and revisions, and does not wait for its end', async () => {
  const requests: [string, StartRequest][] = [];
  const executor = pipelineInvokeExecutor({
    ...BINDINGS,
    newId: () => 'a-token',
    start: (pipeline, request) => {
      requests.push([pipeline, request]);
      return Promise.resolve(ok({ execution: 'e2' }));
    },
  });
  const run = await runAction(root, executor, action, {});
  expect(run.outcome).toEqual({ status: 'Succeeded', variables: {}, artifacts: {}, externalId: 'e2' });
  expect(run.events).toEqual([
    { kind: 'fact', name: 'start token', value: 'a-token' },
    { kind: 'fact', name: 'started', value: 'shop-after, execution e2' },
  ]);
  expect(requests).toEqual([
    [
      'shop-after',
      {
        variables: { VERSION: '1.7' },
        sourceRevisions: action.sourceRevisions,
        trigger: { type: 'StartPipelineExecution', detail: 'arn:aws:sts::111122223333:assumed-role/invoke/e1' },
        token: 'a-token',
      },
    ],
  ]);
});

test('an attempt that takes an interrupted one’s place starts nothing twice: it gives the same token', async () => {
  const tokens: (string | undefined)[] = [];
  const executor = pipelineInvokeExecutor({
    ...BINDINGS,
    start: async (_, { token }) => {
      tokens.push(token);
      return ok({ execution: 'e2' });
    },
  });
  const context = { pipeline: 'shop', execution: 'e1', workspace: root, inputs: {}, revisions: {} };
  const { signal } = new AbortController();
  const facts: Record<string, string> = {};
  const remember = (report: { kind: string; name?: string; value?: string }) => {
    if (report.kind === 'fact') facts[report.name ?? ''] = report.value ?? '';
  };
  await executor.execute(action, context, remember, signal);
  await executor.execute(action, { ...context, interrupted: { facts: { ...facts } } }, remember, signal);
  await executor.execute(action, context, remember, signal);
  expect(tokens[1]).toBe(tokens[0]);
  expect(tokens[2]).not.toBe(tokens[0]);
});

test('a start that is refused, and a pipeline that is not there, fail with CodePipeline’s own words', async () => {
  const refusing = pipelineInvokeExecutor({
    ...BINDINGS,
    start: async () => err({ code: 'ValidationException', message: 'the variable VERSION is missing' }),
  });
  const refused = await runAction(root, refusing, action, {});
  expect(refused.outcome).toEqual({
    status: 'Failed',
    reason: 'shop-after did not start: ValidationException: the variable VERSION is missing',
  });
  const alone = pipelineInvokeExecutor({ ...BINDINGS, start: () => undefined });
  expect((await runAction(root, alone, action, {})).outcome).toMatchObject({
    reason: expect.stringMatching(/^PipelineNotFoundException: no pipeline shop-after/),
  });
});
