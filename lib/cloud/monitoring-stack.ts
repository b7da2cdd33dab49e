import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from '../config/schema';
import { platformAlarmName } from '../model/names';
import type { Pipeline } from '../model/pipeline';
import { Notifications } from './notifications';
import { PlatformAlarms } from './platform-alarms';
import { ServiceAlarms } from './service-alarms';
import { serviceDashboard } from './service-dashboard';

export interface MonitoringStackProps extends StackProps {
  /** Its environments are those of the stack's account. */
  readonly config: Config;
  /** Of the same account. */
  readonly pipelines: readonly Pipeline[];
  /** Absent: that of the pipelines. */
  readonly account?: string;
}

/** Says how a service is in each environment, and tells people when it is not well or a pipeline needs them. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, props: MonitoringStackProps) {
    super(scope, id, props);
    const { config, pipelines, account } = props;
    const service = config.service.name;
    const clusterName = config.cluster.name;
    const { topic } = new Notifications(this, 'Notifications', {
      service,
      emails: config.notifications.emails,
      pipelines: pipelines.map((pipeline) => pipeline.name),
    });
    const environments = config.environments.map(
      ({ name, namespace }) =>
        new ServiceAlarms(this, `Service-${name}`, {
          service,
          environment: name,
          workload: { clusterName, namespace, name: service },
          topicArn: topic.topicArn,
        }),
    );
    if (environments.length === 0) return;
    const alarmName = platformAlarmName(service, account);
    new PlatformAlarms(this, 'Platform', { alarmName, clusterName, topicArn: topic.topicArn });
    serviceDashboard(this, 'Dashboard', { service, clusterName, environments });
  }
}
