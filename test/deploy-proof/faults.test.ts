import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { templateRules } from '../../lib/cloud/rules/all';
import { checkTemplate, type Json } from '../../lib/cloud/rules/rule';
import { projectRoot } from './account';
import { configured, synthesized } from './assembly';
import { emulated } from './emulator';
import { FAULTS } from './faults/all';
import { COLUMNS, findings, type Pair } from './faults/columns';
import { documented, write } from './faults/table';
import { UNSEEN } from './faults/unseen';
import { proves, there } from './where';

/** In the order of deploys. */
const STACKS = ['VisitsSource', 'SlipwayCluster', 'VisitsMonitoring', 'VisitsDelivery'];
const rules = templateRules(['visits-development-test-image', 'visits-production-test-image']);

describe('seeded faults', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-faults-'));
  const sound: Record<string, Json> = {};
  const pairs: Record<string, Pair> = {};
  const found: Record<string, string[]> = {};
  let ends: Json = {};
  let gates: Record<string, Record<string, string[]>> = {};
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** REFUSED: with the change set. A stack that was rolled back was made in part. Both are the proof's. */
  const proof = (index: number): string => {
    const { status } = ends[index];
    if (status === 'REFUSED') return 'before';
    return /^(UPDATE_)?ROLLBACK_COMPLETE$/.test(status) ? 'roll-back' : '';
  };
  const row = (index: number, what: string): string =>
    `| ${[
      what,
      ...Object.keys(COLUMNS).map((column) => (gates[column]?.[what] ?? []).join(' ')),
      (found[what] ?? []).join(' '),
      proof(index),
    ].join(' | ')} |`;

  beforeAll(async () => {
    if (!there) return;
    const assembly = synthesized(configured(readFileSync(join(projectRoot, 'slipway.yaml'), 'utf8')));
    mkdirSync(join(folder, 'faults'));
    writeFileSync(join(folder, 'order.json'), JSON.stringify(STACKS));
    for (const stack of STACKS) {
      for (const file of [`${stack}.template.json`, `${stack}.assets.json`])
        writeFileSync(join(folder, file), readFileSync(join(assembly.folder, file)));
      sound[stack] = JSON.parse(readFileSync(join(folder, `${stack}.template.json`), 'utf8'));
    }
    for (const [index, { what, stack, mutate }] of FAULTS.entries()) {
      const faulty = structuredClone(sound[stack]);
      mutate(faulty.Resources);
      pairs[what] = { sound: sound[stack], faulty };
      found[what] = [...new Set(checkTemplate(faulty, rules).map(({ rule }) => rule))].sort();
      writeFileSync(join(folder, 'faults', `${index}.json`), JSON.stringify({ stack, template: faulty }));
    }
    const stackOf = new Map(FAULTS.map(({ what, stack }) => [what, stack]));
    gates = await findings(pairs, (what) => stackOf.get(what) !== 'VisitsDelivery', folder);
    ends = await emulated('faults', folder);
  }, 1_800_000);

  proves('the templates without faults deploy, and no rule finds anything', () => {
    for (const stack of STACKS) {
      expect(ends[`sound ${stack}`]).toEqual({ status: 'CREATE_COMPLETE', reason: '' });
      expect(checkTemplate(sound[stack], rules)).toEqual([]);
    }
  });

  proves('what was rolled back is as it was, property for property', () => {
    for (const stack of STACKS) {
      expect(ends[`unlike ${stack}`]).toEqual([]);
      expect(ends[`unlike ${stack} afterwards`]).toEqual([]);
    }
  });

  proves('a property that a handler drops is missed, and so is a resource that it does not make', () => {
    const dropped: [string, string, string | null][] = STACKS.flatMap((stack) => ends[`dropped ${stack}`]);
    const unseen = dropped.filter(([, , seen]) => seen === null).map(([type, path]) => `${type} ${path}`.trim());
    expect(unseen.filter((mutant) => !(mutant in UNSEEN))).toEqual([]);
    expect(Object.keys(UNSEEN).filter((mutant) => !unseen.includes(mutant))).toEqual([]);
    expect(dropped.length).toBeGreaterThan(400);
  });

  for (const [index, { what, stack }] of FAULTS.entries()) {
    proves(`${stack}: ${what}`, () => {
      const { reason } = ends[index];
      if (proof(index)) {
        expect(reason).not.toBe('');
        expect(reason).not.toMatch(/emulat|Traceback/);
      } else {
        // Sound to CloudFormation and the services: a rule must know better.
        expect(found[what]).not.toEqual([]);
      }
    });
  }

  proves('who catches which fault is as documented (DEPLOY_PROOF=write writes it)', () => {
    const rows = FAULTS.map(({ what }, index) => row(index, what));
    if (process.env['DEPLOY_PROOF'] === 'write') write(rows);
    expect(documented()).toEqual(rows);
  });
});
