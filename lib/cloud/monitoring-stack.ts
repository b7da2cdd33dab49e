import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from '../config/schema';
import type { Pipeline } from '../model/pipeline';
import { Notifications } from './notifications';
import { PlatformAlarms } from './platform-alarms';
import { ServiceAlarms } from './service-alarms';
import { serviceDashboard } from './service-dashboard';

export interface MonitoringStackProps extends StackProps {
  readonly config: Config;
  readonly pipelines: readonly Pipeline[];
}

/** Says how a service is in each environment, and tells people when it is not well or a pipeline needs them. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, props: MonitoringStackProps) {
    super(scope, id, props);
    const { config, pipelines } = props;
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
    new PlatformAlarms(this, 'Platform', { service, clusterName, topicArn: topic.topicArn });
    serviceDashboard(this, 'Dashboard', { service, clusterName, environments });
  }
}
