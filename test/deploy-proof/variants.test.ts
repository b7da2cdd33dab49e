import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../../lib/cloud/rules/rule';
import { ACCOUNT, projectRoot } from './account';
import { type Assembly, configured, synthesized } from './assembly';
import { emulated } from './emulator';
import { leftOf, retained } from './retained';
import { OTHER, OUTPUTS, VARIANTS } from './variants';
import { proves, there } from './where';

/** As the emulator reads an assembly; folders of their own, for the tests' clean-up takes the others. */
const plan = ({ folder, order }: Assembly) => ({ assembly: folder, order });

describe('variants of the configuration, each deployed and destroyed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-variants-'));
  const assemblies = new Map<string, Assembly>();
  let ends: Json = {};
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(async () => {
    if (!there) return;
    const first = synthesized(configured(readFileSync(join(projectRoot, 'slipway.yaml'), 'utf8')));
    for (const { what, yaml } of VARIANTS) assemblies.set(what, synthesized(configured(yaml)));
    const variants = VARIANTS.map(({ what, beside = false, repositories = [] }) => ({
      id: what,
      ...plan(assemblies.get(what) as Assembly),
      beside,
      repositories,
      outputs: beside ? OUTPUTS : {},
    }));
    writeFileSync(join(folder, 'variants.json'), JSON.stringify({ first: plan(first), variants }));
    ends = await emulated('variants', folder);
  }, 900_000);

  for (const { what, stacks, keeps, keepsThere = {}, expects } of VARIANTS) {
    proves(`deploys ${what}`, () => {
      const { ends: deployed, unlike, seen } = ends[what];
      expect([...(assemblies.get(what)?.order ?? []).map(([name]) => name)].sort()).toEqual([...stacks].sort());
      expect(deployed).toEqual(
        Object.fromEntries(stacks.map((name) => [name, { status: 'CREATE_COMPLETE', reason: '' }])),
      );
      expect(unlike).toEqual([]);
      expects(seen[ACCOUNT], seen[OTHER]);
    });

    proves(`destroys ${what}, all but what is kept on purpose`, () => {
      const { before, left } = ends[what];
      for (const account of Object.keys(left)) {
        expect(Object.keys(left[account].stacks)).toEqual(Object.keys(before[account].stacks));
        expect(leftOf(before[account], left[account])).toEqual(account === ACCOUNT ? retained(keeps) : keepsThere);
      }
    });
  }
});
