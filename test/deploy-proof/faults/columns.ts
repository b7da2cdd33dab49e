import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../../lib/cloud/rules/rule';
import { cdkValidator } from '../../gates/cdk-validator';
import { cfnGuard } from '../../gates/cfn-guard';
import { cfnLint } from '../../gates/cfn-lint';
import type { Gate } from '../../gates/finding';
import { cdkNag } from '../../gates/nag';
import { slices } from './slice';

/** A gate of other people's, and which of its findings count: what would stop a deploy. */
interface Column {
  readonly gate: Gate;
  readonly counts: (rule: string) => boolean;
}

export const COLUMNS: Readonly<Record<string, Column>> = {
  CDK: { gate: cdkValidator, counts: () => true },
  'cfn-lint': { gate: cfnLint, counts: (rule) => rule.startsWith('E') },
  'cfn-guard': { gate: cfnGuard, counts: () => true },
  'cdk-nag': { gate: cdkNag, counts: (rule) => /^(AwsSolutions-|cfn-include)/.test(rule) },
};

/** One fault's templates. */
export interface Pair {
  readonly sound: Json;
  readonly faulty: Json;
}

/**
 * By column and fault: the rules that the fault, and not the sound template, breaks. Each gate runs once over all templates; a sound
 * one that several faults share is judged once. `siblings`: whether the gates also get the others of the broken resource's type.
 */
export async function findings(
  faults: Readonly<Record<string, Pair>>,
  siblings: (what: string) => boolean,
  folder: string,
): Promise<Record<string, Record<string, string[]>>> {
  const files = new Map<string, string>();
  const file = (template: Json): string => {
    const text = JSON.stringify(template);
    const name = files.get(text) ?? join(folder, `gate-${files.size}.template.json`);
    if (!files.has(text)) writeFileSync(name, text);
    files.set(text, name);
    return name;
  };
  const judged = Object.entries(faults).map(([what, pair]) => {
    const { sound, faulty } = slices(pair.sound, pair.faulty, siblings(what));
    return { what, sound: file(sound), faulty: file(faulty) };
  });
  const told: Record<string, Record<string, string[]>> = {};
  for (const [column, { gate, counts }] of Object.entries(COLUMNS)) {
    const found = (await gate([...files.values()])).filter(({ rule }) => counts(rule));
    const of = (name: string) => found.filter(({ template }) => template === name);
    told[column] = Object.fromEntries(
      judged.map(({ what, sound, faulty }) => {
        const before = new Set(of(sound).map(({ rule, resource }) => `${rule} ${resource}`));
        const rules = of(faulty).filter(({ rule, resource }) => !before.has(`${rule} ${resource}`));
        return [what, [...new Set(rules.map(({ rule }) => rule))].sort()];
      }),
    );
  }
  return told;
}
