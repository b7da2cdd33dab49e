import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../lib/cloud/rules/rule';
import { parseConfig } from '../../lib/config/parse';
import { deliveryPipelines } from '../../lib/model/delivery-pipelines';
import { ACCOUNT, EmulatedAccount, projectRoot, REGION } from './account';
import { installedPython } from './installation';
import { everything, proves, there } from './where';

const sample = readFileSync(join(projectRoot, 'slipway.yaml'), 'utf8');
const ALL = ['--all', '--require-approval', 'never', '--progress', 'events'];
const STACKS = ['CDKToolkit', 'SlipwayCluster', 'VisitsDelivery', 'VisitsMonitoring', 'VisitsSource'];

/** The project's own slipway.yaml, and its pipelines as the model has them. */
const config = (() => {
  const parsed = parseConfig('slipway.yaml', sample, {}, () => true);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.value;
})();
const model = deliveryPipelines(config);

describe('the real CDK CLI, on an emulated AWS', () => {
  let account: EmulatedAccount;
  let seen: Json;
  const assembly = (name: string) => join(account.folder, name);

  /** Another slipway.yaml, in a folder of its own where examples/ is. */
  const written = (name: string, yaml: string): string => {
    const folder = join(account.folder, `config-${name}`);
    mkdirSync(folder);
    symlinkSync(join(projectRoot, 'examples'), join(folder, 'examples'));
    writeFileSync(join(folder, 'slipway.yaml'), yaml);
    return join(folder, 'slipway.yaml');
  };
  const succeeds = async (parameters: readonly string[], file?: string, cwd?: string): Promise<string> => {
    const { code, said } = await account.cdk(parameters, file, cwd);
    expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
    return said;
  };
  /** Logical ids, with type, of what CloudFormation touched since there were `before` events. */
  const touched = (stack: string, before: number): string[][] =>
    seen.stacks[stack].events
      .slice(before)
      .filter(
        ([, type, status]: string[]) => !/::Stack$|::CDK::Metadata$/.test(type ?? '') && status?.endsWith('_COMPLETE'),
      )
      .map(([, type, status]: string[]) => [type, status]);
  const eventsOf = (state: Json): Record<string, number> =>
    Object.fromEntries(Object.entries<Json>(state.stacks).map(([name, { events }]) => [name, events.length]));

  beforeAll(async () => {
    if (there) account = await EmulatedAccount.open(await installedPython(new AbortController().signal));
  }, 600_000);
  afterAll(() => account?.close());

  proves('bootstraps the account and deploys every stack, in the order of the documentation', async () => {
    await Promise.all([
      succeeds(['synth', '--quiet', '--output', assembly('first')]),
      succeeds(['bootstrap', `aws://${ACCOUNT}/${REGION}`], undefined, account.folder),
    ]);
    const said = await succeeds(['deploy', ...ALL, '--app', assembly('first')]);
    seen = await account.observe();
    expect(
      Object.entries<Json>(seen.stacks)
        .map(([name, { status }]) => [name, status])
        .sort(),
    ).toEqual(STACKS.map((name) => [name, 'CREATE_COMPLETE']));
    const order = [...said.matchAll(/✅ {2}(\w+)/g)].map(([, name]) => name);
    expect(order.at(-1)).toBe('VisitsDelivery');
  });

  proves('made every resource of every template', () => {
    for (const name of STACKS.filter((stack) => stack !== 'CDKToolkit')) {
      const template = JSON.parse(readFileSync(join(assembly('first'), `${name}.template.json`), 'utf8'));
      const wanted = Object.entries<Json>(template.Resources).map(([id, { Type }]) => [id, Type]);
      const made = seen.stacks[name].resources.map(([id, type]: string[]) => [id, type]);
      expect(made.sort()).toEqual(wanted.sort());
    }
  });

  proves(
    'made the pipelines of the model, stage for stage and action for action, with the conditions of their stages',
    () => {
      expect(Object.keys(seen.pipelines).sort()).toEqual(model.map(({ name }) => name).sort());
      for (const pipeline of model) {
        const made = seen.pipelines[pipeline.name];
        expect([made.pipelineType, made.executionMode]).toEqual(['V2', pipeline.executionMode]);
        expect(
          made.stages.map((stage: Json) => [stage.name, stage.actions.map((action: Json) => action.name)]),
        ).toEqual(pipeline.stages.map((stage) => [stage.name, stage.actions.map((action) => action.name)]));
        for (const [index, stage] of pipeline.stages.entries()) {
          expect(made.stages[index].onFailure?.conditions[0].result).toBe(stage.onFailure?.result);
          expect(made.stages[index].beforeEntry?.conditions[0].result).toBe(stage.beforeEntry?.result);
        }
      }
    },
  );

  proves(
    'made a project for each build, with an inline buildspec, a limit of time, its key, its log and no privilege but for images',
    () => {
      const privileged = Object.values<Json>(seen.projects).filter(({ environment }) => environment.privilegedMode);
      expect(privileged.map(({ name }) => name).sort()).toEqual([
        'visits-development-test-image',
        'visits-production-test-image',
      ]);
      for (const project of Object.values<Json>(seen.projects)) {
        expect(project.source.buildspec).toMatch(/^version: ["']?0\.2/m);
        expect(project.timeoutInMinutes).toBeGreaterThan(0);
        expect(seen.keys[project.encryptionKey]).toMatchObject({ state: 'Enabled', rotation: true });
        const group = seen.logGroups[project.logsConfig.cloudWatchLogs.groupName];
        expect(group.retentionInDays).toBe(config.retention.logs);
        expect(seen.keys[group.kmsKeyId]).toBeDefined();
        expect(seen.roles[project.serviceRole].trust.Statement[0].Principal).toEqual({
          Service: 'codebuild.amazonaws.com',
        });
      }
      const roles = Object.values<Json>(seen.projects).map(({ serviceRole }) => serviceRole);
      expect(new Set(roles).size).toBe(roles.length);
    },
  );

  proves('starts each pipeline from its branch alone', () => {
    for (const pipeline of model) {
      const arn = `arn:aws:codepipeline:${REGION}:${ACCOUNT}:${pipeline.name}`;
      const rules = Object.values<Json>(seen.rules).filter(({ targets }) =>
        targets.some((target: Json) => target.Arn === arn),
      );
      expect(rules.map(({ pattern }) => pattern.detail.referenceName)).toEqual([[pipeline.trigger.branch]]);
      expect(rules[0].pattern.detail.referenceType).toEqual(['branch']);
    }
    for (const { targets } of Object.values<Json>(seen.rules))
      for (const target of targets) expect(target.DeadLetterConfig?.Arn).toMatch(/^arn:aws:sqs:/);
  });

  proves('made the alarms, their composites and the dashboard, and whom they tell is there', () => {
    expect(Object.keys(seen.alarms)).toHaveLength(25);
    expect(Object.keys(seen.composites)).toHaveLength(4);
    for (const alarm of Object.values<Json>(seen.composites))
      for (const action of alarm.AlarmActions) expect(seen.topics[action].KmsMasterKeyId).toBeDefined();
    expect(Object.keys(seen.dashboards)).toEqual(['visits-delivery']);
    expect(seen.dashboards['visits-delivery'].widgets.length).toBeGreaterThan(0);
  });

  proves(
    'made an immutable, scanned, encrypted image repository and an encrypted source repository on its first branch',
    () => {
      expect(seen.images.visits).toMatchObject({
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfiguration: { encryptionType: 'KMS' },
      });
      expect(seen.repositories.visits).toMatchObject({ defaultBranch: config.branches.development });
      expect(seen.keys[seen.repositories.visits.kmsKeyId]).toMatchObject({ rotation: true });
      expect(seen.approvalRules.visits).toMatchObject([
        {
          DestinationReferences: ['refs/heads/develop', 'refs/heads/main'],
          Statements: [{ Type: 'Approvers', NumberOfApprovalsNeeded: 2 }],
        },
      ]);
    },
  );

  proves('made buckets that are encrypted, versioned, closed to the public, and read over TLS only', () => {
    const own = Object.entries<Json>(seen.buckets).filter(([name]) => name.startsWith('visitsdelivery'));
    expect(own).toHaveLength(4);
    for (const [, bucket] of own) {
      expect(bucket.encryption.ServerSideEncryptionConfiguration.Rules).toHaveLength(1);
      expect(Object.values(bucket.block.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
      expect(bucket.policy.Policy).toContain('aws:SecureTransport');
      expect(bucket.versioning).toBe('Enabled');
    }
  });

  proves('made a key that signs, for the attest roles alone, and a bucket that they alone may write to', () => {
    const signers = Object.keys(seen.roles).filter((arn) => /TestAttestRole/.test(arn));
    expect(signers).toHaveLength(model.length);
    const key = Object.values<Json>(seen.keys).find(({ description }) => description.startsWith('Signs'));
    const [, bucket] = Object.entries<Json>(seen.buckets).find(([name]) => name.includes('attestations')) ?? [];
    const denials = [key.policy, JSON.parse(bucket.policy.Policy)].map(({ Statement }) =>
      Statement.filter(({ Condition }: Json) => Condition?.ArnNotEquals !== undefined),
    );
    for (const [index, action] of ['kms:Sign', 's3:PutObject'].entries())
      expect(denials[index]).toMatchObject([{ Effect: 'Deny', Action: action, Principal: { AWS: '*' } }]);
    for (const [denial] of denials)
      expect(denial.Condition.ArnNotEquals['aws:PrincipalArn'].sort()).toEqual(signers.sort());
  });

  proves('made a private cluster in Auto Mode whose deployers reach their own namespace only', () => {
    const { cluster, entries, addons } = seen.clusters.slipway;
    expect(cluster.version).toBe(config.cluster.version);
    expect(cluster.resourcesVpcConfig).toMatchObject({ endpointPrivateAccess: true, endpointPublicAccess: false });
    expect(cluster.computeConfig.enabled).toBe(true);
    expect(cluster.accessConfig).toMatchObject({
      authenticationMode: 'API',
      bootstrapClusterCreatorAdminPermissions: false,
    });
    expect(cluster.logging.clusterLogging[0].types).toHaveLength(5);
    expect(seen.keys[cluster.encryptionConfig[0].provider.keyArn]).toMatchObject({ rotation: true });
    expect(addons.sort()).toEqual(['amazon-cloudwatch-observability', 'metrics-server']);
    const namespaces = Object.values<Json>(entries).flatMap(({ policies }) =>
      policies
        .filter(({ accessScope }: Json) => accessScope.type === 'namespace')
        .map(({ accessScope }: Json) => accessScope.namespaces),
    );
    for (const scope of namespaces) expect(scope).toHaveLength(1);
    expect(new Set(namespaces.flat())).toEqual(new Set(config.environments.map(({ namespace }) => namespace)));
    const subnets = cluster.resourcesVpcConfig.subnetIds.map((id: string) => seen.subnets[id].AvailabilityZone);
    expect(new Set(subnets).size).toBe(2);
  });

  proves('finds nothing to change when it deploys again', async () => {
    const before = eventsOf(seen);
    const said = await succeeds(['deploy', ...ALL, '--app', assembly('first')]);
    expect(said.match(/\(no changes\)/g)).toHaveLength(4);
    seen = await account.observe();
    expect(eventsOf(seen)).toEqual(before);
  });

  proves('changes what a changed configuration changes, and nothing else', async () => {
    const before = eventsOf(seen);
    const changed = sample
      .replace('timeout: 7d', 'timeout: 2d')
      .replace('#notifications:\n  #emails:', 'notifications:\n  emails:');
    await succeeds(['deploy', ...ALL, '--output', assembly('second')], written('changed', changed));
    seen = await account.observe();
    expect(touched('VisitsDelivery', before['VisitsDelivery'] ?? 0)).toEqual([
      ['AWS::CodePipeline::Pipeline', 'UPDATE_COMPLETE'],
    ]);
    expect(touched('VisitsMonitoring', before['VisitsMonitoring'] ?? 0)).toEqual([
      ['AWS::SNS::Subscription', 'CREATE_COMPLETE'],
    ]);
    expect(eventsOf(seen)).toMatchObject({
      SlipwayCluster: before['SlipwayCluster'],
      VisitsSource: before['VisitsSource'],
    });
    expect(seen.subscriptions.map(([, ...rest]: string[]) => rest)).toEqual([['email', 'team@example.com']]);
  });

  proves(
    'deploys a second service from a connection, on the cluster and in the VPC of the first',
    async () => {
      const outputs = seen.stacks.SlipwayCluster.outputs;
      const found = (part: string) =>
        Object.entries<string>(outputs)
          .filter(([key]) => key.includes(part))
          .map(([, value]) => value);
      const orders = `service: { name: orders, path: examples/visits }
source:
  provider: connection
  repository: Acme/orders
  connectionArn: arn:aws:codeconnections:${REGION}:${ACCOUNT}:connection/00000000-0000-4000-8000-000000000000
cluster: { name: slipway, existing: { securityGroupId: ${found('ClusterSecurityGroupId')[0]} } }
network:
  existing:
    vpcId: ${outputs[Object.keys(outputs).find((key) => /OutputRefNetworkVpc[0-9A-F]+$/.test(key)) ?? '']}
    availabilityZones: [${REGION}a, ${REGION}b]
    privateSubnetIds: [${found('privateSubnet').join(', ')}]
`;
      const before = eventsOf(seen);
      await succeeds(['deploy', ...ALL, '--output', assembly('orders')], written('orders', orders));
      seen = await account.observe();
      expect(Object.keys(seen.stacks).sort()).toEqual([...STACKS, 'OrdersDelivery', 'OrdersMonitoring'].sort());
      expect(eventsOf(seen)).toMatchObject(before);
      const { triggers, stages } = seen.pipelines['orders-production'];
      expect(triggers[0]).toMatchObject({ gitConfiguration: { push: [{ branches: { includes: ['main'] } }] } });
      expect(stages[0].actions[0].actionTypeId.provider).toBe('CodeStarSourceConnection');
    },
    { whole: true },
  );

  proves(
    'deploys a cluster of its own into a VPC that is there, with a repository that is there',
    async () => {
      await account.ask('prepare', 'repository', 'billing');
      const subnets = Object.values<Json>(seen.subnets).filter(({ CidrBlock }) => CidrBlock.endsWith('/19'));
      const billing = `service: { name: billing, path: examples/visits }
source: { existing: true }
cluster: { name: second }
network:
  existing:
    vpcId: ${seen.vpcs[0]}
    availabilityZones: [${subnets.map(({ AvailabilityZone }) => AvailabilityZone).join(', ')}]
    privateSubnetIds: [${subnets.map(({ SubnetId }) => SubnetId).join(', ')}]
`;
      await succeeds(['deploy', ...ALL, '--output', assembly('billing')], written('billing', billing));
      seen = await account.observe();
      expect(Object.keys(seen.clusters).sort()).toEqual(['second', 'slipway']);
      expect(seen.vpcs).toHaveLength(1);
      expect(Object.keys(seen.stacks)).toEqual(
        expect.arrayContaining(['SecondCluster', 'BillingDelivery', 'BillingMonitoring']),
      );
    },
    { whole: true },
  );

  proves('refuses to destroy what is protected, then destroys all but what is kept on purpose', async () => {
    const destroy = (name: string) => ['destroy', '--all', '--force', '--app', assembly(name)];
    const refused = await account.cdk(destroy('second'));
    expect(refused.code).not.toBe(0);
    expect(refused.said).toContain('TerminationProtection');
    const isProtected = Object.entries<Json>(seen.stacks)
      .filter(([, stack]) => stack.protected)
      .map(([name]) => name);
    await account.ask('prepare', 'unprotect', ...isProtected);
    for (const name of [...(everything ? ['billing', 'orders'] : []), 'second']) await succeeds(destroy(name));
    seen = await account.observe();
    expect(Object.keys(seen.stacks)).toEqual(['CDKToolkit']);
    const services = everything ? ['billing', 'orders', 'visits'] : ['visits'];
    const left = (what: string) => Object.keys(seen[what]);
    for (const gone of [
      'pipelines',
      'projects',
      'clusters',
      'rules',
      'topics',
      'queues',
      'functions',
      'alarms',
      'composites',
      'dashboards',
      'logGroups',
      'vpcs',
      'subnets',
      'natGateways',
    ])
      expect([gone, left(gone)]).toEqual([gone, []]);
    expect(Object.keys(seen.roles).filter((arn) => !arn.includes('role/cdk-'))).toEqual([]);
    expect(left('repositories').sort()).toEqual(everything ? ['billing', 'visits'] : ['visits']);
    expect(
      left('images')
        .filter((name) => !name.startsWith('cdk-'))
        .sort(),
    ).toEqual(services.flatMap((name) => [name, `${name}-cache`]));
    // Keys of source, clusters and deliveries are kept, and those that sign; those of the alarms go.
    const enabled = Object.values<Json>(seen.keys).filter(({ state }) => state === 'Enabled');
    expect(enabled).toHaveLength(everything ? 9 : 4);
  });
});
