import codebuild from './codebuild.json';
import codecommit from './codecommit.json';
import codepipeline from './codepipeline.json';
import ecr from './ecr.json';
import eks from './eks.json';
import events from './events.json';
import kms from './kms.json';
import logs from './logs.json';
import type { ServiceModel } from './model';
import monitoring from './monitoring.json';
import secretsmanager from './secretsmanager.json';
import sns from './sns.json';
import ssm from './ssm.json';
import sts from './sts.json';

/** The models of the services, by signing name. S3 has none: its inputs and outputs are headers and bodies. */
export const MODELS: Readonly<Record<string, ServiceModel>> = {
  codebuild: codebuild as unknown as ServiceModel,
  codecommit: codecommit as unknown as ServiceModel,
  codepipeline: codepipeline as unknown as ServiceModel,
  ecr: ecr as unknown as ServiceModel,
  eks: eks as unknown as ServiceModel,
  events: events as unknown as ServiceModel,
  kms: kms as unknown as ServiceModel,
  logs: logs as unknown as ServiceModel,
  monitoring: monitoring as unknown as ServiceModel,
  secretsmanager: secretsmanager as unknown as ServiceModel,
  sns: sns as unknown as ServiceModel,
  ssm: ssm as unknown as ServiceModel,
  sts: sts as unknown as ServiceModel,
};
