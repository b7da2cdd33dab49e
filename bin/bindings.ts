import type { Config } from '../lib/config/schema';
import type { Bindings } from '../lib/local/plan';

/** The account and region that a local run pretends to be in: those of slipway.yaml, else AWS's documentation account. */
export const bindings = (config: Config): Bindings => ({
  account: config.aws.account ?? '111122223333',
  region: config.aws.region ?? 'eu-west-1',
  partition: 'aws',
});
