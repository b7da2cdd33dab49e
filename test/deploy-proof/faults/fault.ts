import type { Json } from '../../../lib/cloud/rules/rule';

/** One thing wrong in one template. `mutate` gets its resources, by logical id. */
export interface Fault {
  readonly what: string;
  readonly stack: 'SlipwayCluster' | 'VisitsDelivery' | 'VisitsMonitoring' | 'VisitsSource';
  readonly mutate: (resources: Record<string, Json>) => void;
}

export const first = (
  resources: Record<string, Json>,
  type: string,
  where: (item: Json, id: string) => boolean = () => true,
) => {
  const found = Object.entries(resources).find(([id, item]) => item.Type === type && where(item, id));
  if (!found) throw new Error(`no ${type} to break`);
  return found;
};
export const properties = (
  resources: Record<string, Json>,
  type: string,
  where?: (item: Json, id: string) => boolean,
): Json => first(resources, type, where)[1].Properties;
export const production = (resources: Record<string, Json>): Json =>
  properties(resources, 'AWS::CodePipeline::Pipeline', ({ Properties }) => Properties.Name === 'visits-production');
export const stage = (resources: Record<string, Json>, name: string): Json =>
  production(resources).Stages.find((item: Json) => item.Name === name);
export const project = (resources: Record<string, Json>): Json => properties(resources, 'AWS::CodeBuild::Project');
export const inVpc = (resources: Record<string, Json>): Json =>
  properties(resources, 'AWS::CodeBuild::Project', ({ Properties }) => Properties.VpcConfig !== undefined);
export const cluster = (resources: Record<string, Json>): Json => properties(resources, 'AWS::EKS::Cluster');
export const trust = (resources: Record<string, Json>, id: RegExp): Json =>
  properties(resources, 'AWS::IAM::Role', (_, name) => id.test(name)).AssumeRolePolicyDocument.Statement[0];
export const without = (statements: Json[], service: RegExp) =>
  statements.filter((item) => !service.test(JSON.stringify(item.Principal)));
/** Changes the call of an API that a custom resource makes when it is created. */
export const creation = (resources: Record<string, Json>, type: string, change: (call: Json) => void): void => {
  const custom = properties(resources, `Custom::CodeCommitApprovalRule${type}`);
  const call = JSON.parse(custom.Create);
  change(call);
  custom.Create = JSON.stringify(call);
};

export const delivery = (what: string, mutate: Fault['mutate']): Fault => ({ what, stack: 'VisitsDelivery', mutate });
export const clustered = (what: string, mutate: Fault['mutate']): Fault => ({ what, stack: 'SlipwayCluster', mutate });
export const monitored = (what: string, mutate: Fault['mutate']): Fault => ({
  what,
  stack: 'VisitsMonitoring',
  mutate,
});
export const sourced = (what: string, mutate: Fault['mutate']): Fault => ({ what, stack: 'VisitsSource', mutate });
