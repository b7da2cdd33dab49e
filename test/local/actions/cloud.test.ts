import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Endpoint, startEndpoint } from '../../../lib/local/aws/endpoint';
import { ecrBuildExecutor } from '../../../lib/local/executors/ecr-build';
import { eksExecutor, substitute } from '../../../lib/local/executors/eks';
import { ImageStore } from '../../../lib/local/image/store';
import { linesOf } from '../../../lib/local/output-text';
import type { PipelineHost } from '../../../lib/local/pipelines/host';
import { TestCluster } from '../cluster/harness';
import { temporaryFolder } from '../codebuild/host';
import { BINDINGS, planned } from './kinds';
import { buildsIn, runAction } from './machine';
import { awsCli, programsIn } from './programs';
import { pipelinesIn } from './whole';

const root = temporaryFolder();
const images = new ImageStore(join(root, 'registry'));
const withAwsCli = awsCli === undefined ? describe.skip : describe;
const CONFIG_MAP = (image: string) => `apiVersion: v1
kind: ConfigMap
metadata: {name: config}
data: {image: "${image}", shell: "$HOME and \${OTHER}"}
`;

withAwsCli('actions that call AWS as their role', () => {
  let cluster: TestCluster;
  let endpoint: Endpoint;
  let builds: ReturnType<typeof buildsIn>;

  beforeAll(async () => {
    endpoint = await startEndpoint({
      ...BINDINGS,
      images,
      repositories: ['shop'],
      clusters: [
        {
          name: 'shop',
          version: '1.35',
          arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/shop',
          url: () => cluster.running.url,
          caData: () => cluster.running.caData,
        },
      ],
    });
    const access = { principalArn: 'arn:aws:iam::111122223333:role/shop-pipeline', namespaces: ['default'] };
    [cluster, builds] = await Promise.all([
      TestCluster.start({ name: 'shop', stsUrl: endpoint.url, access: [{ ...access, level: 'edit' }] }),
      programsIn(join(root, 'bin')).then((binFolder) =>
        buildsIn(root, { endpoint, tools: { binFolder }, extraEnvironment: { SLIPWAY_REGISTRY: images.folder } }),
      ),
    ]);
  });
  afterAll(async () => {
    await cluster?.stop();
    await endpoint?.close();
  });

  test('ECRBuildAndPublish builds the Dockerfile of a folder, pushes its tags and tells the digest', async () => {
    const executor = ecrBuildExecutor(builds, BINDINGS);
    const action = { ...planned('Build/Image', 'ecr-build'), tags: 'latest, 1.7' };
    const source = (marker: string) => ({
      'service/Dockerfile': 'FROM scratch\nCOPY run.sh /run.sh\nENTRYPOINT ["/run.sh"]\n',
      'service/run.sh': `#!/bin/sh\necho ${marker}\n`,
    });
    const first = await runAction(root, executor, action, { Source: source('one') });
    const built = await images.find('shop', { tag: '1.7' });
    if (!built.ok) throw new Error(JSON.stringify([built.errors, first.outcome, first.lines]));
    expect(first.outcome).toMatchObject({
      status: 'Succeeded',
      variables: { ECRImageDigestId: built.value.digest, ECRRepositoryName: 'shop' },
    });
    expect([...built.value.tags].sort()).toEqual(['1.7', 'latest']);

    const refused = await runAction(root, executor, action, { Source: source('two') });
    expect(refused.outcome).toMatchObject({ status: 'Failed' });
    expect(refused.lines.join('\n')).toMatch(/tag 'latest' already exists .* immutable/);

    await images.setMutability('shop', { immutable: false, exclusions: ['1.*'] });
    const moved = await runAction(root, executor, { ...action, tags: 'latest' }, { Source: source('two') });
    expect(moved.outcome).toMatchObject({ status: 'Succeeded' });
    const latest = await images.find('shop', { tag: 'latest' });
    expect(latest.ok && latest.value.digest).not.toBe(built.value.digest);
    expect(await images.putTag('shop', '1.7', latest.ok ? latest.value.digest : '')).toMatchObject({
      errors: [{ code: 'ImageTagAlreadyExistsException' }],
    });
  });

  test('EKS applies files and folders as the role, with the variables in place, in the namespace', async () => {
    const executor = eksExecutor(builds, BINDINGS);
    const action = {
      ...planned('Deploy/Service', 'eks'),
      environment: [{ name: 'IMAGE', value: 'shop@sha256:0', type: 'PLAINTEXT' as const }],
    };
    const run = await runAction(root, executor, action, {
      Source: {
        'k8s/config.yaml': CONFIG_MAP('${IMAGE}'),
        'k8s/more/a.yaml': CONFIG_MAP('$IMAGE').replace('name: config', 'name: more'),
        'k8s/unused.yaml': 'nonsense',
      },
    });
    expect(run.outcome).toMatchObject({ status: 'Succeeded', variables: { EKSClusterName: 'shop' } });
    expect(run.lines.filter((line) => line.startsWith('configmap/'))).toEqual([
      'configmap/config created',
      'configmap/more created',
    ]);
    const found = await cluster.get<{ data: object }>('/api/v1/namespaces/default/configmaps/config');
    expect(found.data).toEqual({ image: 'shop@sha256:0', shell: '$HOME and ${OTHER}' });
  });

  test('EKS without an access entry fails, and says what the role needs', async () => {
    const action = { ...planned('Deploy/Service', 'eks'), roleArn: 'arn:aws:iam::111122223333:role/stranger' };
    const run = await runAction(root, eksExecutor(builds, BINDINGS), action, {
      Source: { 'k8s/config.yaml': CONFIG_MAP('x'), 'k8s/more/a.yaml': CONFIG_MAP('y') },
    });
    expect(run.outcome).toMatchObject({
      status: 'Failed',
      reason: expect.stringMatching(/Forbidden.*role\/stranger needs an access entry of cluster shop/s),
    });
  });

  test('a pipeline with every kind of action runs from its source to the pipeline that it starts', async () => {
    await images.setMutability('shop', { immutable: false, exclusions: [] });
    const hosts = await pipelinesIn(join(root, 'whole'), builds);
    const shop = hosts.get('shop') as PipelineHost;
    const after = hosts.get('shop-after') as PipelineHost;
    const lines: string[] = [];
    for (const host of hosts.values())
      host.subscribe((event) => {
        if (event.kind === 'output') lines.push(...linesOf(event.text));
      });
    const started = await shop.start({ trigger: { type: 'StartPipelineExecution', detail: 'test' } });
    if (!started.ok) throw new Error(JSON.stringify(started.errors));
    const ended = await shop.ended(started.value.execution);
    expect({ ended, lines }).toMatchObject({ ended: { status: 'Succeeded' } });
    expect(lines).toEqual(
      expect.arrayContaining(['configmap/whole created', 'queue-1.7-wide', '{', '  "Label": "queue-1.7-wide"']),
    );

    const buckets = join(root, 'whole', '.slipway', 'buckets');
    expect(readFileSync(join(buckets, 'shop-website', 'v1.7', 'site', 'index.html'), 'utf8')).toBe('hello, main\n');
    const { data } = await cluster.get<{ data: object }>('/api/v1/namespaces/default/configmaps/whole');
    const image = await images.find('shop', { tag: 'latest' });
    expect(data).toEqual({ image: `shop@${image.ok && image.value.digest}` });

    const [invoked] = after.executions();
    expect(await after.ended(invoked?.execution ?? '')).toMatchObject({ status: 'Succeeded' });
    expect(lines).toContain('after 1.7');
    expect(invoked).toMatchObject({ trigger: { type: 'StartPipelineExecution' } });
    expect(after.execution(invoked?.execution ?? '')?.revisions).toEqual(
      shop.execution(started.value.execution)?.revisions,
    );
    await Promise.all([...hosts.values()].map((host) => host.close('unfinished')));
  });
});

describe('ECRBuildAndPublish', () => {
  const executor = ecrBuildExecutor(buildsIn(root), BINDINGS);
  test.each([
    ['a Dockerfile that a variable leads outside', { dockerfile: '../Dockerfile' }, /no path inside of the input/],
    ['tags that a variable leaves empty', { tags: ' , ' }, /names no tag/],
  ])('%s fails before anything runs', async (_, more, reason) => {
    const run = await runAction(
      root,
      executor,
      { ...planned('Build/Image', 'ecr-build'), ...more },
      { Source: { a: '' } },
    );
    expect(run.outcome).toMatchObject({ status: 'Failed', reason: expect.stringMatching(reason) });
    expect(run.lines).toEqual([]);
  });
});

describe('EKS', () => {
  const executor = eksExecutor(buildsIn(root), BINDINGS);
  test.each([
    ['a manifest that is not there', { manifests: 'k8s/a.yaml' }, /the input artifact has no k8s\/a\.yaml/],
    ['a manifest outside', { manifests: '../a.yaml' }, /no path inside/],
    ['no manifest at all', { manifests: ' , ' }, /names no file/],
  ])('%s fails before anything runs', async (_, { manifests }, reason) => {
    const action = { ...planned('Deploy/Service', 'eks'), deployment: { tool: 'kubectl' as const, manifests } };
    const run = await runAction(root, executor, action, { Source: { 'b.yaml': '' } });
    expect(run.outcome).toMatchObject({ status: 'Failed', reason: expect.stringMatching(reason) });
    expect(run.lines).toEqual([]);
  });

  test('helm that is not on this machine is said, and nothing is applied', async () => {
    const action = {
      ...planned('Deploy/Service', 'eks'),
      deployment: { tool: 'helm' as const, release: 'shop', chart: 'chart', values: 'values.yaml' },
    };
    const run = await runAction(root, executor, action, {
      Source: { 'chart/Chart.yaml': 'name: shop', 'chart/values.yaml': 'image: $IMAGE' },
    });
    expect(run.outcome).toMatchObject({
      status: 'Failed',
      reason: expect.stringMatching(/helm is not on this machine: install it, or deploy with ManifestFiles/),
    });
  });

  test('only variables that the action has are replaced, each once', () => {
    const variables = [
      { name: 'A', value: '$B', type: 'PLAINTEXT' as const },
      { name: 'B', value: 'b', type: 'PLAINTEXT' as const },
    ];
    expect(substitute('$A ${B} $AB ${A}B $$ ${} $C', variables)).toBe('$B b $AB $BB $$ ${} $C');
  });
});
