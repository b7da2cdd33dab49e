import codepipeline from './codepipeline.json';
import ecr from './ecr.json';
import eks from './eks.json';
import type { ServiceModel } from './model';
import monitoring from './monitoring.json';
import sts from './sts.json';

/** The models of the services, by signing name. S3 has none: its inputs and outputs are headers and bodies. */
export const MODELS: Readonly<Record<string, ServiceModel>> = {
  codepipeline: codepipeline as unknown as ServiceModel,
  ecr: ecr as unknown as ServiceModel,
  eks: eks as unknown as ServiceModel,
  monitoring: monitoring as unknown as ServiceModel,
  sts: sts as unknown as ServiceModel,
};
