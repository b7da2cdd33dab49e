import { join } from 'node:path';
import { type Assembly, readAssembly, type Template } from '../../../lib/local/assembly';
import type { Bindings, Diagnostic, Plan } from '../../../lib/local/plan';
import { readPlan } from '../../../lib/local/read-plan';

export const DELIVERY = join(__dirname, '../../fixtures/assemblies/delivery');

const assembly = readAssembly(DELIVERY);

export const BINDINGS: Bindings = { account: '111122223333', region: 'eu-west-1', partition: 'aws' };

// biome-ignore lint/suspicious/noExplicitAny: a template that a test changes at will
export type Loose = any;

/** The assembly of test/fixtures/assemblies/delivery; `change` gets its templates by stack name, free to alter them. */
export function deliveryAssembly(change: (templates: Record<string, Loose>) => void = () => {}): Assembly {
  if (!assembly.ok) throw new Error(JSON.stringify(assembly.errors));
  const templates: Record<string, Template> = {};
  for (const stack of assembly.value.stacks) templates[stack.name] = structuredClone(stack.template);
  change(templates);
  const stacks = assembly.value.stacks.map((stack) => ({ ...stack, template: templates[stack.name] as Template }));
  return { ...assembly.value, stacks };
}

/** Properties of the pipeline in the template of the delivery stack. */
export const pipelineOf = (templates: Record<string, Loose>): Loose =>
  templates['VisitsDelivery'].Resources.Development19B4.Properties;

export function planOf(change?: (templates: Record<string, Loose>) => void): Plan {
  const plans = readPlan(deliveryAssembly(change), BINDINGS);
  if (!plans.ok) throw new Error(JSON.stringify(plans.errors, null, 2));
  return plans.value[0] as Plan;
}

/** What is wrong after `change`; throws if nothing is. */
export function diagnosticsOf(change: (templates: Record<string, Loose>) => void): readonly Diagnostic[] {
  const plans = readPlan(deliveryAssembly(change), BINDINGS);
  if (plans.ok) throw new Error('expected diagnostics, got a plan');
  return plans.errors;
}
