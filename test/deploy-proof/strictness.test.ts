import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../../lib/cloud/rules/rule';
import { emulated } from './emulator';
import { STRICT } from './strictness';
import { proves, there } from './where';

describe('the emulated CloudFormation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-strictness-'));
  let ends: Json = {};
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(async () => {
    if (!there) return;
    const file = join(folder, 'cases.json');
    writeFileSync(file, JSON.stringify(Object.fromEntries(STRICT.map(({ does, templates }) => [does, templates]))));
    ends = await emulated('strictness', file);
  }, 600_000);

  for (const { does, ends: expected } of STRICT) {
    proves(does, () => {
      expect(ends[does]).toEqual(expected.map((end) => expect.objectContaining(end)));
    });
  }
});
