import type { ServiceModel } from '../../../../lib/local/aws/model/model';
import { MODELS } from '../../../../lib/local/aws/model/models';
import { type Encoding, readInput } from '../../../../lib/local/aws/model/read-input';

const read = (service: string, operation: string, input: unknown, encoding: Encoding = 'typed') =>
  readInput(MODELS[service] as ServiceModel, operation, input, encoding, 'ValidationException');

const START = { name: 'visits', variables: [{ name: 'REASON', value: 'x' }] };

describe('the input of an operation', () => {
  it('is taken as the model has it', () => {
    expect(read('codepipeline', 'StartPipelineExecution', START)).toEqual({ ok: true, value: START });
    expect(read('codepipeline', 'StartPipelineExecution', { ...START, clientRequestToken: null })).toEqual({
      ok: true,
      value: START,
    });
  });

  it('has Dates for times, in every encoding', () => {
    const at = new Date('2026-11-21T10:00:00Z');
    const inputs: [unknown, Encoding][] = [
      [at.getTime() / 1000, 'typed'],
      [{ tag: 1, value: at.getTime() / 1000 }, 'typed'],
      [at.toISOString(), 'text'],
    ];
    for (const [StartDate, encoding] of inputs)
      expect(read('monitoring', 'DescribeAlarmHistory', { StartDate }, encoding)).toEqual({
        ok: true,
        value: { StartDate: at },
      });
  });

  it('has numbers, flags and empty lists for the texts of a form', () => {
    expect(read('monitoring', 'DescribeAlarms', { MaxRecords: '10', AlarmNames: '' }, 'text')).toEqual({
      ok: true,
      value: { MaxRecords: 10, AlarmNames: [] },
    });
    expect(read('ssm', 'GetParameter', { Name: 'a', WithDecryption: 'true' }, 'text')).toEqual({
      ok: true,
      value: { Name: 'a', WithDecryption: true },
    });
  });

  it.each<[string, string, unknown, string]>([
    ['a number for a text', 'GetPipeline', { name: 1 }, 'name: NUMBER_VALUE can not be converted to a String'],
    ['a text for a number', 'GetPipeline', { name: 'a', version: '1' }, 'version: STRING_VALUE can not be converted'],
    ['a fraction for a whole number', 'GetPipeline', { name: 'a', version: 1.5 }, 'can not be converted to an Integer'],
    ['a text for a list', 'StartPipelineExecution', { name: 'a', variables: 'b' }, 'can not be converted to a List'],
    ['a list for a structure', 'ListPipelineExecutions', { pipelineName: 'a', filter: [] }, 'START_ARRAY can not be'],
    ['a text for a flag', 'StopPipelineExecution', { abandon: 'true' }, 'can not be converted to a Boolean'],
  ])('is refused with %s, as a body that cannot be read', (_, operation, input, message) => {
    expect(read('codepipeline', operation, input)).toMatchObject({
      ok: false,
      errors: [{ code: 'SerializationException', message: expect.stringContaining(message) }],
    });
  });

  it.each<[string, string, unknown, string]>([
    [
      'nothing where something is required',
      'GetPipeline',
      {},
      "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a text that is too short',
      'GetPipeline',
      { name: '' },
      "Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'a text that is too long',
      'GetPipeline',
      { name: 'a'.repeat(101) },
      'Member must have length less than or equal to 100',
    ],
    [
      'a text of another pattern',
      'GetPipeline',
      { name: 'a b' },
      "Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9.@\\-_]+",
    ],
    [
      'a pattern that holds for a part alone',
      'GetPipeline',
      { name: 'a\nb' },
      'Member must satisfy regular expression pattern',
    ],
    ['a number that is too small', 'GetPipeline', { name: 'a', version: 0 }, 'have value greater than or equal to 1'],
    [
      'a number that is too large',
      'ListPipelineExecutions',
      { pipelineName: 'a', maxResults: 101 },
      "Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100",
    ],
    [
      'a word beside the enum',
      'RetryStageExecution',
      {
        pipelineName: 'a',
        stageName: 'b',
        pipelineExecutionId: '00000000-0000-4000-8000-000000000000',
        retryMode: 'ALL',
      },
      'Member must satisfy enum value set: [FAILED_ACTIONS, ALL_ACTIONS]',
    ],
    [
      'a list that is too short',
      'StartPipelineExecution',
      { name: 'a', variables: [] },
      "at 'variables' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'something deep inside, by its path',
      'StartPipelineExecution',
      { name: 'a', variables: [{ name: 'b', value: '' }] },
      "Value '' at 'variables.1.member.value' failed",
    ],
    ['an unknown member', 'GetPipeline', { name: 'a', Name: 'b' }, "'Name' is not a known member"],
  ])('is refused with %s, in AWS’s words', (_, operation, input, message) => {
    expect(read('codepipeline', operation, input)).toMatchObject({
      ok: false,
      errors: [{ code: 'ValidationException', message: expect.stringContaining(message) }],
    });
  });

  it('is refused with every reason at once', () => {
    const refused = read('codepipeline', 'GetPipeline', { name: 'a b'.repeat(40), version: 0 });
    expect(refused).toMatchObject({ errors: [{ message: expect.stringMatching(/^3 validation errors detected: /) }] });
  });
});
