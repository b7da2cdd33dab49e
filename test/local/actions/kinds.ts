import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Assembly } from '../../../lib/local/assembly';
import type { Bindings, Diagnostic, Plan, PlannedAction } from '../../../lib/local/plan';
import { readPlan } from '../../../lib/local/read-plan';
import { resolveAction } from '../../../lib/local/variables';

export const BINDINGS: Bindings = { account: '111122223333', region: 'eu-west-1', partition: 'aws' };

// biome-ignore lint/suspicious/noExplicitAny: a template that a test changes at will
export type Loose = any;

const getAtt = {
  tag: '!GetAtt',
  resolve: (text: string) => ({ 'Fn::GetAtt': [text.slice(0, text.indexOf('.')), text.slice(text.indexOf('.') + 1)] }),
};
const ref = { tag: '!Ref', resolve: (text: string) => ({ Ref: text }) };

const TEMPLATE = parse(readFileSync(join(__dirname, '../../fixtures/kinds.yaml'), 'utf8'), {
  customTags: [getAtt, ref],
});

/** The assembly of test/fixtures/kinds.yaml, after `change`. */
export function kindsAssembly(change: (template: Loose) => void = () => {}): Assembly {
  const template = {
    Parameters: {},
    Mappings: {},
    Conditions: {},
    Outputs: {},
    ...structuredClone(TEMPLATE),
  };
  change(template);
  const stack = { name: 'Shop', file: 'kinds.yaml', template, directory: '/' };
  return { directory: '/', stacks: [stack], assets: [] };
}

export function plansOf(change?: (template: Loose) => void): readonly Plan[] {
  const plans = readPlan(kindsAssembly(change), BINDINGS);
  if (!plans.ok) throw new Error(JSON.stringify(plans.errors, null, 2));
  return plans.value;
}

export function diagnosticsOf(change: (template: Loose) => void): readonly Diagnostic[] {
  const plans = readPlan(kindsAssembly(change), BINDINGS);
  return plans.ok ? [] : plans.errors;
}

export const pipelineOf = (template: Loose): Loose => template.Resources.Pipeline.Properties;

/** The action `Stage/Action` of the template. */
export function declared(template: Loose, id: string): Loose {
  const [stage, action] = id.split('/');
  const named = (list: Loose[], name: string | undefined): Loose => list.find(({ Name }) => Name === name);
  return named(named(pipelineOf(template).Stages, stage).Actions, action);
}

/** The action as it is planned. */
export function planned<K extends PlannedAction['kind']>(
  id: string,
  kind: K,
  change?: (template: Loose) => void,
): Extract<PlannedAction, { kind: K }> {
  const actions = plansOf(change).flatMap(({ stages }) => stages.flatMap((stage) => stage.actions));
  const action = actions.find((each) => each.id === id);
  if (action?.kind !== kind) throw new Error(`${id} is no ${kind}`);
  return action as Extract<PlannedAction, { kind: K }>;
}

/** What breaks one rule of an action: where the diagnostic stands below the action, and what it says. */
export type ActionMutant = readonly [
  what: string,
  change: (action: Loose, template: Loose) => void,
  path: string,
  message: RegExp,
];

export function testMutants(id: string, mutants: readonly ActionMutant[]): void {
  test.each(mutants)('%s is an error', (_, change, path, message) => {
    let at = '';
    const found = diagnosticsOf((template) => {
      const action = declared(template, id);
      const { Stages } = pipelineOf(template);
      const stage = Stages.findIndex(({ Actions }: Loose) => Actions.includes(action));
      at = `Resources.Pipeline.Properties.Stages[${stage}].Actions[${Stages[stage].Actions.indexOf(action)}]`;
      change(action, template);
    });
    const expected = path === '' ? at : path.startsWith('/') ? path.slice(1) : `${at}.${path}`;
    expect(found.filter((each) => each.path === expected).map((each) => each.message)).toEqual([
      expect.stringMatching(message),
    ]);
  });
}

/** The action with its references resolved. */
export function resolved(action: PlannedAction): unknown {
  const scope = new Map<string, Record<string, string>>([
    ['Commit', { CommitId: '4f2c1d0', BranchName: 'main' }],
    ['Pack', { VERSION: '1.7' }],
    ['Image', { ECRRepositoryName: 'shop', ECRImageDigestId: 'sha256:0' }],
  ]);
  const result = resolveAction(action, scope);
  if (!result.ok) throw new Error(result.errors.join());
  return result.value;
}
