import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { Clock, Log, Ports } from './ports';

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve('aborted');
      const onAbort = (): void => {
        clearTimeout(timer);
        resolve('aborted');
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', onAbort);
        resolve('elapsed');
      }, milliseconds);
      signal.addEventListener('abort', onAbort, { once: true });
    }),
};

/** Lines for people. */
export const textLog = (write: (line: string) => void): Log => ({
  step: (title) => write(`\n── ${title}`),
  info: (line) => write(line),
  command: (line) => write(`$ ${line}`),
});

/** CloudWatch with the environment's Region, credentials and endpoint; 100 names a request is its limit. */
export const cloudWatchAlarms =
  (signal: AbortSignal): Ports['alarms'] =>
  async (names) => {
    const client = new CloudWatchClient({});
    const states = new Map<string, 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'>();
    for (let start = 0; start < names.length; start += 100) {
      const command = new DescribeAlarmsCommand({
        AlarmNames: names.slice(start, start + 100),
        AlarmTypes: ['CompositeAlarm', 'MetricAlarm'],
        MaxRecords: 100,
      });
      const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(command, { abortSignal: signal });
      for (const { AlarmName, StateValue } of [...MetricAlarms, ...CompositeAlarms]) {
        if (AlarmName !== undefined && StateValue !== undefined) states.set(AlarmName, StateValue);
      }
    }
    return states;
  };
