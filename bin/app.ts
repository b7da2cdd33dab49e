/** CDK entry: slipway.yaml -> model -> stacks. Run by the CDK CLI (see cdk.json), or alone with CDK_OUTDIR set. */
import { dirname, join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { addStacks } from '../lib/cloud/app';
import { formatConfigError, loadConfig } from '../lib/config/load';
import { deliveryPipelines } from '../lib/model/delivery-pipelines';
import { preview } from '../lib/model/preview';

const app = new App();
const path = resolve(app.node.tryGetContext('config') ?? process.env['SLIPWAY_CONFIG'] ?? 'slipway.yaml');
const config = loadConfig(path, process.env);
if (config.ok) {
  const previewed = preview(config.value);
  addStacks(app, {
    config: config.value,
    pipelines: deliveryPipelines(config.value),
    ...(previewed !== undefined && { preview: previewed }),
    configFolder: dirname(path),
    projectRoot: join(__dirname, '..'),
  });
  app.synth();
} else {
  for (const error of config.errors) console.error(formatConfigError(error));
  process.exitCode = 1;
}
