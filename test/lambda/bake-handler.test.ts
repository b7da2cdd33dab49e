import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CodePipelineClient,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { handler } from '../../lambda/bake/index';

afterEach(() => {
  jest.restoreAllMocks();
});

const event = (UserParameters?: string, continuationToken?: string) => ({
  'CodePipeline.job': {
    id: 'job-1',
    data: {
      actionConfiguration: { configuration: { ...(UserParameters !== undefined && { UserParameters }) } },
      ...(continuationToken !== undefined && { continuationToken }),
    },
  },
});

/** What the handler sends to AWS when CloudWatch answers so. */
async function sentFor(answer: object | readonly object[], ...given: Parameters<typeof event>) {
  const sent: unknown[] = [];
  const answers = [answer].flat();
  const record =
    (...replies: object[]) =>
    async (command: unknown) => {
      sent.push(command);
      return replies.shift() ?? {};
    };
  jest.spyOn(CloudWatchClient.prototype, 'send').mockImplementation(record(...answers) as never);
  jest.spyOn(CodePipelineClient.prototype, 'send').mockImplementation(record() as never);
  jest.spyOn(console, 'log').mockImplementation(() => {});
  jest.spyOn(console, 'error').mockImplementation(() => {});
  jest.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('{"version":"2.0"}'));
  await handler(event(...given));
  return sent as { input: Record<string, unknown> }[];
}

const parameters = JSON.stringify({
  alarm: 'visits-production',
  platformAlarm: 'visits_platform',
  minutes: 5,
  url: 'http://visits',
  version: '2.0',
  inconclusive: 'fail',
  ignoreAlarms: 'no',
});
const over = JSON.stringify({ started: 0, checks: 3, good: 3, errors: 0, failures: 0, firing: true });
const PLATFORM = { MetricAlarms: [{ StateValue: 'OK' }] };

describe('the handler of the bake', () => {
  test('asks for composite and metric alarms of that name, and goes on with a token', async () => {
    const [asked, children, platform, put] = await sentFor(
      [{ CompositeAlarms: [{ StateValue: 'OK' }] }, {}, PLATFORM],
      parameters,
    );
    expect(platform?.input).toMatchObject({ AlarmNames: ['visits_platform'] });
    expect(fetch).toHaveBeenCalledTimes(2);
    expect(asked).toBeInstanceOf(DescribeAlarmsCommand);
    expect(asked?.input).toEqual({ AlarmNames: ['visits-production'], AlarmTypes: ['CompositeAlarm', 'MetricAlarm'] });
    expect(children?.input).toEqual({ ChildrenOfAlarmName: 'visits-production', MaxRecords: 100 });
    expect(put).toBeInstanceOf(PutJobSuccessResultCommand);
    expect(put?.input).toEqual({ jobId: 'job-1', continuationToken: expect.stringContaining('"checks":1') });
  });

  test('puts success without a token when the time is over', async () => {
    const [, , put] = await sentFor([PLATFORM, PLATFORM], parameters, over);
    expect(put).toBeInstanceOf(PutJobSuccessResultCommand);
    expect(put?.input).not.toHaveProperty('continuationToken');
  });

  test('puts failure with the reason', async () => {
    const [, , , put] = await sentFor(
      [{ CompositeAlarms: [{ StateValue: 'ALARM', StateReason: 'restarts' }] }, {}, PLATFORM],
      parameters,
    );
    expect(put).toBeInstanceOf(PutJobFailureResultCommand);
    expect(put?.input).toMatchObject({
      jobId: 'job-1',
      failureDetails: { type: 'JobFailed', message: expect.stringContaining('restarts') },
    });
  });

  test('puts failure when the time is over and a child of the composite has no data', async () => {
    const composite = { CompositeAlarms: [{ StateValue: 'OK' }] };
    const children = {
      MetricAlarms: [
        { AlarmName: 'a', StateValue: 'OK' },
        { AlarmName: 'b', StateValue: 'INSUFFICIENT_DATA' },
      ],
    };
    const [, , , put] = await sentFor([composite, children, PLATFORM], parameters, over);
    expect(put?.input).toMatchObject({ failureDetails: { message: expect.stringContaining('nobody measures b') } });
  });

  test('puts failure when there is no such alarm, or the parameters are wrong', async () => {
    expect((await sentFor({}, parameters))[1]).toBeInstanceOf(PutJobFailureResultCommand);
    expect((await sentFor({}))[0]).toBeInstanceOf(PutJobFailureResultCommand);
  });
});
