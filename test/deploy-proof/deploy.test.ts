import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../lib/cloud/rules/rule';
import { deliveryPipelines } from '../../lib/model/delivery-pipelines';
import { ACCOUNT, EmulatedAccount, projectRoot, REGION } from './account';
import { configured, withExamples } from './assembly';
import { provesAttestations } from './expectations/attestations';
import { provesBuilds } from './expectations/builds';
import { provesCluster } from './expectations/cluster';
import { provesMonitoring } from './expectations/monitoring';
import { provesPipelines } from './expectations/pipelines';
import { provesStores } from './expectations/stores';
import { installedPython } from './installation';
import { leftOf, retained } from './retained';
import { proves, there } from './where';

const sample = readFileSync(join(projectRoot, 'slipway.yaml'), 'utf8');
const ALL = ['--all', '--require-approval', 'never', '--progress', 'events'];
const STACKS = ['CDKToolkit', 'SlipwayCluster', 'VisitsDelivery', 'VisitsMonitoring', 'VisitsSource'];
const config = configured(sample);

describe('the real CDK CLI, on an emulated AWS', () => {
  let account: EmulatedAccount;
  let seen: Json;
  let bootstrapped: Json;
  const assembly = (name: string) => join(account.folder, name);

  /** Another slipway.yaml, in a folder of its own. */
  const written = (name: string, yaml: string): string => {
    const folder = join(account.folder, `config-${name}`);
    mkdirSync(folder);
    withExamples(folder);
    writeFileSync(join(folder, 'slipway.yaml'), yaml);
    return join(folder, 'slipway.yaml');
  };
  const succeeds = async (...call: Parameters<EmulatedAccount['cdk']>): Promise<string> => {
    const { code, said } = await account.cdk(...call);
    expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
    return said;
  };
  /** Type and status of what CloudFormation touched since there were `before` events. */
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
    await succeeds(['bootstrap', `aws://${ACCOUNT}/${REGION}`], { cwd: account.folder });
    bootstrapped = await account.ask('seen');
    const said = await succeeds(['deploy', ...ALL, '--output', assembly('first')]);
    seen = await account.ask('seen');
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

  proves('made each with every property that its template gives it, as the services tell', async () => {
    expect(await account.ask('unlike')).toEqual([]);
  });

  const world = { seen: () => seen, config, model: deliveryPipelines(config) };
  provesPipelines(world);
  provesBuilds(world);
  provesMonitoring(world);
  provesStores(world);
  provesAttestations(world);
  provesCluster(world);

  proves('finds nothing to change when it deploys again', async () => {
    const before = eventsOf(seen);
    const said = await succeeds(['deploy', ...ALL, '--app', assembly('first')]);
    expect(said.match(/\(no changes\)/g)).toHaveLength(4);
    seen = await account.ask('seen');
    expect(eventsOf(seen)).toEqual(before);
  });

  proves('changes what a changed configuration changes, and nothing else', async () => {
    const before = eventsOf(seen);
    const changed = sample
      .replace('timeout: 7d', 'timeout: 2d')
      .replace('#notifications:\n  #emails:', 'notifications:\n  emails:');
    await succeeds(['deploy', ...ALL, '--output', assembly('second')], { config: written('changed', changed) });
    seen = await account.ask('seen');
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
    expect(await account.ask('unlike')).toEqual([]);
  });

  proves('refuses to destroy what is protected, then destroys all but what is kept on purpose', async () => {
    const destroy = ['destroy', '--all', '--force', '--app', assembly('second')];
    const refused = await account.cdk(destroy);
    expect(refused.code).not.toBe(0);
    expect(refused.said).toContain('TerminationProtection');
    expect((await account.ask('unprotected')).sort()).toEqual(
      expect.arrayContaining(['SlipwayCluster', 'VisitsDelivery', 'VisitsSource']),
    );
    await succeeds(destroy);
    seen = await account.ask('seen');
    expect(Object.keys(seen.stacks)).toEqual(['CDKToolkit']);
    expect(leftOf(bootstrapped, seen)).toEqual(retained({ service: 'visits', source: true, cluster: 'slipway' }));
  });
});
