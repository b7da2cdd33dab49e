import { CfnCompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { alarmName } from '../model/names';
import { type Dimensions, ofKubernetesService, ofMainContainer, ofWorkload, type Workload } from './container-insights';
import { type MetricAlarmProps, metricAlarm } from './metric-alarm';

export interface ServiceAlarmsProps {
  readonly service: string;
  readonly environment: string;
  /** The Deployment of the service and, by the same name, its Service. */
  readonly workload: Workload;
  readonly topicArn: string;
}

/**
 * The health of a service in one environment: one composite alarm, which people are told of and which the bake watches, over
 * metric alarms that say what is wrong.
 */
export class ServiceAlarms extends Construct {
  readonly environment: string;
  readonly workload: Workload;
  readonly composite: CfnCompositeAlarm;

  constructor(scope: Construct, id: string, props: ServiceAlarmsProps) {
    super(scope, id);
    this.environment = props.environment;
    this.workload = props.workload;
    const name = alarmName(props.service, props.environment);
    const symptoms = Object.entries(symptomsOf(props.workload)).map(([symptom, alarm]) =>
      metricAlarm(this, symptom, { ...alarm, alarmName: `${name}-${symptom}` }),
    );
    this.composite = new CfnCompositeAlarm(this, 'Service', {
      alarmName: name,
      alarmDescription: `${props.service} in ${props.environment} is not well`,
      alarmRule: symptoms.map((alarm) => `ALARM("${alarm.alarmName}")`).join(' OR '),
      actionsEnabled: true,
      alarmActions: [props.topicArn],
      okActions: [props.topicArn],
    });
    for (const alarm of symptoms) this.composite.addResourceDependency(alarm);
  }
}

type Symptom = Omit<MetricAlarmProps, 'alarmName'>;

const symptomsOf = (workload: Workload): Readonly<Record<string, Symptom>> => {
  const what = `${workload.name} in ${workload.namespace}`;
  const pods: { dimensions: Dimensions } = { dimensions: ofWorkload(workload) };
  const present = { statistic: 'Maximum', comparison: 'GreaterThanThreshold', threshold: 0 } as const;
  return {
    gone: {
      description: `No pod of ${what} runs`,
      metric: 'service_number_of_running_pods',
      dimensions: ofKubernetesService(workload),
      statistic: 'Maximum',
      comparison: 'LessThanThreshold',
      threshold: 1,
      datapoints: 2,
      of: 3,
      missing: 'missing',
    },
    unavailable: {
      ...pods,
      ...present,
      description: `Fewer pods of ${what} are available than it wants`,
      metric: 'status_replicas_unavailable',
      datapoints: 3,
      of: 3,
      missing: 'missing',
    },
    crashing: {
      ...pods,
      ...present,
      description: `Containers of ${what} crash again and again`,
      metric: 'pod_container_status_waiting_reason_crash_loop_back_off',
      datapoints: 1,
      of: 2,
      missing: 'notBreaching',
    },
    // One container of the service that came back by itself would be seen by nobody else: it is ready again in seconds.
    restarting: {
      ...pods,
      ...present,
      description: `Containers of ${what} have been restarted`,
      metric: 'pod_number_of_container_restarts',
      watch: 'change',
      datapoints: 1,
      of: 3,
      missing: 'notBreaching',
    },
    'out-of-memory': {
      ...present,
      description: `The container ${workload.name} of ${what} was ended for its memory limit`,
      metric: 'pod_container_status_terminated_reason_oom_killed',
      dimensions: ofMainContainer(workload),
      datapoints: 1,
      of: 3,
      missing: 'notBreaching',
    },
    'image-missing': {
      ...pods,
      ...present,
      description: `An image of ${what} cannot be pulled`,
      metric: 'pod_container_status_waiting_reason_image_pull_error',
      datapoints: 1,
      of: 2,
      missing: 'notBreaching',
    },
    'memory-full': {
      ...pods,
      description: `Pods of ${what} use more than 90 % of their memory limit`,
      metric: 'pod_memory_utilization_over_pod_limit',
      statistic: 'Maximum',
      comparison: 'GreaterThanThreshold',
      threshold: 90,
      datapoints: 3,
      of: 5,
      missing: 'notBreaching',
    },
  };
};
