import { cbor, dateToTag } from '@smithy/core/cbor';
import type { ServiceModel } from '../../../../lib/local/aws/model/model';
import { MODELS } from '../../../../lib/local/aws/model/models';
import { type RawAnswer, violations } from './check-answer';

const json = (operation: string, body: unknown, status = 200): RawAnswer => ({
  operation,
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: Buffer.from(JSON.stringify(body)),
});
const modelOf = (service: string): ServiceModel => MODELS[service] as ServiceModel;

const EXECUTION = {
  pipelineExecutionId: '00000000-0000-4000-8000-000000000001',
  status: 'Succeeded',
  startTime: 1_790_000_000.123,
};
const DECLARATION = { name: 'visits', roleArn: 'arn:aws:iam::1:role/r', stages: [{ name: 'Source', actions: [] }] };

describe('the check of answers against the services’ models', () => {
  it.each<[string, RawAnswer]>([
    ['a list', json('ListPipelineExecutions', { pipelineExecutionSummaries: [EXECUTION] })],
    ['a structure', json('GetPipeline', { pipeline: DECLARATION })],
    ['an error of the operation', json('GetPipeline', { __type: 'PipelineNotFoundException' }, 400)],
    ['no output', json('EnableStageTransition', {})],
  ])('takes %s', (_, answer) => {
    expect(violations(modelOf('codepipeline'), answer)).toEqual([]);
  });

  it.each<[string, RawAnswer, string]>([
    ['an unknown member', json('GetPipeline', { pipeline: DECLARATION, extra: 1 }), 'GetPipeline has no member extra'],
    [
      'an unknown member deep inside',
      json('ListPipelineExecutions', { pipelineExecutionSummaries: [{ ...EXECUTION, state: 'x' }] }),
      'ListPipelineExecutions.pipelineExecutionSummaries[0] has no member state',
    ],
    [
      'a required member that is missing',
      json('GetPipeline', { pipeline: { ...DECLARATION, roleArn: undefined } }),
      'GetPipeline.pipeline.roleArn is required and missing',
    ],
    [
      'a member that is null',
      json('GetPipeline', { pipeline: DECLARATION, metadata: null }),
      'GetPipeline.metadata is null',
    ],
    [
      'another type',
      json('GetPipeline', { pipeline: { ...DECLARATION, version: '1' } }),
      'GetPipeline.pipeline.version: expected a whole number, found "1"',
    ],
    [
      'a text in the place of a list',
      json('GetPipeline', { pipeline: { ...DECLARATION, stages: 'none' } }),
      'GetPipeline.pipeline.stages: expected a list, found "none"',
    ],
    [
      'a value beside the enum',
      json('ListPipelineExecutions', { pipelineExecutionSummaries: [{ ...EXECUTION, status: 'Done' }] }),
      'pipelineExecutionSummaries[0].status: expected one of ',
    ],
    [
      'a time in milliseconds',
      json('ListPipelineExecutions', { pipelineExecutionSummaries: [{ ...EXECUTION, startTime: 1_790_000_000_123 }] }),
      'startTime: expected a time, found 1790000000123',
    ],
    [
      'a time as text',
      json('ListPipelineExecutions', { pipelineExecutionSummaries: [{ ...EXECUTION, startTime: '2026-11-21' }] }),
      'startTime: expected a time',
    ],
    ['output where there is none', json('EnableStageTransition', { ok: true }), 'EnableStageTransition has no output'],
    [
      'an error of another operation',
      json('GetPipeline', { __type: 'InvalidApprovalTokenException' }, 400),
      'GetPipeline has no error InvalidApprovalTokenException',
    ],
    ['an operation that the model lacks', json('GetNothing', {}), 'the model has no operation GetNothing'],
  ])('refuses %s', (_, answer, expected) => {
    expect(violations(modelOf('codepipeline'), answer).join('\n')).toContain(expected);
  });

  it('reads XML, whose numbers and times are text', () => {
    const answer = (duration: string, expiration: string): RawAnswer => ({
      operation: 'AssumeRole',
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: Buffer.from(
        `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${expiration}</Expiration></Credentials><PackedPolicySize>${duration}</PackedPolicySize></AssumeRoleResult></AssumeRoleResponse>`,
      ),
    });
    expect(violations(modelOf('sts'), answer('0', '2026-11-21T10:00:00Z'))).toEqual([]);
    expect(violations(modelOf('sts'), answer('none', '1790000000'))).toEqual([
      'AssumeRole.Credentials.Expiration: expected a time, found "1790000000"',
      'AssumeRole.PackedPolicySize: expected a whole number, found "none"',
    ]);
  });

  it('reads CBOR, whose times are tagged', () => {
    const answer = (Timestamps: unknown): RawAnswer => ({
      operation: 'GetMetricData',
      status: 200,
      headers: { 'content-type': 'application/cbor' },
      body: Buffer.from(cbor.serialize({ MetricDataResults: [{ Timestamps }] })),
    });
    expect(violations(modelOf('monitoring'), answer([dateToTag(new Date(1_790_000_000_000))]))).toEqual([]);
    expect(violations(modelOf('monitoring'), answer([1_790_000_000]))).toHaveLength(1);
  });
});
