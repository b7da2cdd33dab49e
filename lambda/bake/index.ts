import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { PutJobFailureResultCommand, PutJobSuccessResultCommand } from '@aws-sdk/client-codepipeline';
import { type Alarm, bake } from './bake';
import { pipelineOf } from './pipeline-of';
import { probe } from './probe';

/** The part of CodePipeline's event that the bake reads (CodePipeline, actions-invoke-lambda-function). */
interface JobEvent {
  readonly 'CodePipeline.job': {
    readonly id: string;
    readonly data: {
      readonly actionConfiguration: { readonly configuration: { readonly UserParameters?: string } };
      readonly continuationToken?: string;
    };
  };
}

const cloudWatch = new CloudWatchClient({});

/** Lambda invoke action: watches the release that its UserParameters tell of and puts the job's result. */
export async function handler(event: JobEvent): Promise<void> {
  const { id: jobId, data } = event['CodePipeline.job'];
  const codePipeline = await pipelineOf(jobId, process.env['ANSWER_ROLE']);
  const { UserParameters } = data.actionConfiguration.configuration;
  const clockRate = Number(process.env['SLIPWAY_CLOCK_RATE'] ?? 1);
  const verdict = await bake(UserParameters, data.continuationToken, {
    describe,
    probe: (url, version) => probe(url, version, fetch),
    now: () => new Date(),
    clockRate,
  });
  switch (verdict.status) {
    case 'baking':
      if (verdict.message !== undefined) console.log(verdict.message);
      await codePipeline.send(new PutJobSuccessResultCommand({ jobId, continuationToken: verdict.token }));
      return;
    case 'healthy':
      console.log(verdict.message);
      await codePipeline.send(
        new PutJobSuccessResultCommand({ jobId, executionDetails: { summary: verdict.message, percentComplete: 100 } }),
      );
      return;
    case 'failed':
      console.error(verdict.message);
      await codePipeline.send(
        new PutJobFailureResultCommand({
          jobId,
          failureDetails: { type: 'JobFailed', message: verdict.message.slice(0, 2000) },
        }),
      );
  }
}

async function describe(name: string): Promise<Alarm | undefined> {
  const found = await cloudWatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['CompositeAlarm', 'MetricAlarm'] }),
  );
  const [composite] = found.CompositeAlarms ?? [];
  const alarm = composite ?? found.MetricAlarms?.[0];
  if (alarm?.StateValue === undefined) return undefined;
  const { StateValue: state, StateReason: reason } = alarm;
  const unmeasured = composite === undefined ? [] : await unmeasuredChildren(name);
  return { state, ...(reason !== undefined && { reason }), unmeasured };
}

/** One page holds all: a composite alarm has at most 100 children (CloudWatch, alarm-combining). */
async function unmeasuredChildren(composite: string): Promise<string[]> {
  const found = await cloudWatch.send(new DescribeAlarmsCommand({ ChildrenOfAlarmName: composite, MaxRecords: 100 }));
  return [...(found.MetricAlarms ?? []), ...(found.CompositeAlarms ?? [])]
    .filter((child) => child.StateValue === 'INSUFFICIENT_DATA')
    .map((child) => child.AlarmName ?? '');
}
