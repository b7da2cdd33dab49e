import { afterEach, describe, expect, test } from '@jest/globals';
import type { EventContent } from '../../../lib/local/events/bus-event';
import { parsePattern } from '../../../lib/local/events/pattern';
import { pipelineEvents } from '../../../lib/local/events/pipeline-events';
import { planOf } from '../engine/harness';
import { Bed } from '../pipelines/harness';

const PLACE = { account: '111122223333', region: 'eu-west-1', partition: 'aws' };

let bed: Bed;
afterEach(() => bed.close());

const plan = planOf(
  { Build: { actions: ['Build'] }, Deploy: { actions: ['Deploy'] } },
  {
    pipeline: 'visits',
    declaration: {
      roleArn: '',
      stages: [
        {
          name: 'Build',
          actions: [
            {
              name: 'Build',
              actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
            },
          ],
        },
      ],
    },
  },
);

/** All that the bus hears of one execution. */
async function heard(steps: Parameters<typeof Bed.open>[1]): Promise<EventContent[]> {
  bed = await Bed.open(plan, steps);
  const contents: EventContent[] = [];
  bed.host.subscribe((event) => contents.push(...pipelineEvents(bed.host, event, PLACE)));
  const execution = await bed.start();
  await bed.host.ended(execution);
  await bed.host.idle();
  return contents;
}

const told = (contents: readonly EventContent[]): string[] =>
  contents.map(({ 'detail-type': type, detail }) =>
    [
      type.replace(/^Code|( Execution)? State Change$/g, ''),
      detail['stage'],
      detail['action'],
      detail['state'] ?? detail['build-status'],
    ]
      .filter((part) => part !== undefined)
      .join(' '),
  );

describe('on the event bus', () => {
  test('an execution is told from its start to its end, stages and actions inside', async () => {
    const contents = await heard({ 'Build/Build': { externalId: 'visits-build:1' } });
    expect(told(contents)).toEqual([
      'Pipeline Pipeline STARTED',
      'Pipeline Stage Source STARTED',
      'Pipeline Action Source Source STARTED',
      'Pipeline Action Source Source SUCCEEDED',
      'Pipeline Stage Source SUCCEEDED',
      'Pipeline Stage Build STARTED',
      'Pipeline Action Build Build STARTED',
      'Pipeline Action Build Build SUCCEEDED',
      'Build Build SUCCEEDED',
      'Pipeline Stage Build SUCCEEDED',
      'Pipeline Stage Deploy STARTED',
      'Pipeline Action Deploy Deploy STARTED',
      'Pipeline Action Deploy Deploy SUCCEEDED',
      'Pipeline Stage Deploy SUCCEEDED',
      'Pipeline Pipeline SUCCEEDED',
    ]);
  });

  test('has the fields of the CodePipeline user guide', async () => {
    const contents = await heard({ 'Build/Build': { externalId: 'visits-build:1' } });
    const [started] = contents;
    expect(started).toEqual({
      source: 'aws.codepipeline',
      'detail-type': 'CodePipeline Pipeline Execution State Change',
      resources: ['arn:aws:codepipeline:eu-west-1:111122223333:visits'],
      detail: {
        pipeline: 'visits',
        'execution-id': 'e1',
        'start-time': expect.stringMatching(/^2026-/),
        version: 1,
        'pipeline-execution-attempt': 1,
        state: 'STARTED',
        'execution-trigger': { 'trigger-type': 'StartPipelineExecution', 'trigger-detail': 'test' },
      },
    });
    const ended = contents.find(({ detail }) => detail['action'] === 'Build' && detail['state'] === 'SUCCEEDED');
    expect(ended?.detail).toMatchObject({
      stage: 'Build',
      region: 'eu-west-1',
      type: { owner: 'AWS', category: 'Build', provider: 'CodeBuild', version: '1' },
      'execution-result': { 'external-execution-id': 'visits-build:1' },
    });
    expect(contents.find(({ source }) => source === 'aws.codebuild')).toMatchObject({
      resources: ['arn:aws:codebuild:eu-west-1:111122223333:build/visits-build:1'],
      detail: { 'build-status': 'SUCCEEDED', 'project-name': expect.any(String) },
    });
  });

  test("a failure is one, for the rule that Slipway's templates have", async () => {
    const contents = await heard({ 'Build/Build': { outcome: 'Failed', reason: 'broken' } });
    const rule = parsePattern({
      source: ['aws.codepipeline'],
      'detail-type': ['CodePipeline Pipeline Execution State Change'],
      detail: { pipeline: ['visits'], state: ['FAILED'] },
    });
    if (!rule.ok) throw new Error(rule.errors.join());
    expect(contents.filter(rule.value)).toHaveLength(1);
    const action = contents.find(({ detail }) => detail['action'] === 'Build' && detail['state'] === 'FAILED');
    expect(action?.detail['execution-result']).toMatchObject({
      'external-execution-summary': 'broken',
      'error-code': 'JobFailed',
    });
  });
});
