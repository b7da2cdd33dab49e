import { assume } from '../../lib/cost/assumptions';
import type { Estate } from '../../lib/cost/estate';
import { priceTable } from '../../lib/cost/price-table';
import { type DeployedResource, type Inventory, readInventory } from '../../lib/inventory';
import { readAssembly } from '../../lib/local/assembly';
import { configOf, slipwayApp } from '../cloud/fixtures';

/** What the templates of the smallest slipway.yaml create, with `yaml` after it. */
export function sampleInventory(yaml = ''): Inventory {
  const { directory } = slipwayApp(configOf(yaml)).app.synth();
  const assembly = readAssembly(directory);
  if (!assembly.ok) throw new Error(JSON.stringify(assembly.errors));
  return readInventory(assembly.value, { account: '111122223333', region: 'eu-west-1', partition: 'aws' });
}

export const sampleEnvironments = ['dev', 'staging', 'production'].map((name) => ({
  name,
  namespace: `visits-${name}`,
}));

export function estateOf(resources: readonly DeployedResource[], given: Readonly<Record<string, string>> = {}): Estate {
  const assumptions = assume(given);
  if (!assumptions.ok) throw new Error(assumptions.errors.join());
  return {
    resources,
    environments: sampleEnvironments,
    prices: priceTable,
    assumptions: assumptions.value,
    measured: new Map(),
    today: '2026-11-21',
  };
}
