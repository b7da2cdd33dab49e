import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, '../../lib/model');

/** Modules that `source` imports in any form. */
const imported = (source: string): string[] =>
  [...source.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)['"]([^'"]+)['"]/g)].map(
    ([, name = '']) => name,
  );

describe('lib/model', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

  it('is there', () => expect(files).toContain('delivery-pipelines.ts'));

  it.each(files)('%s imports nothing from outside', (file) => {
    const outside = imported(readFileSync(join(folder, file), 'utf8')).filter((name) => !/^\.\/[\w-]+$/.test(name));
    expect(outside).toEqual([]);
  });

  it.each(files)('%s asks neither the clock nor the process nor chance', (file) => {
    expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(
      /\b(?:Date|process|globalThis|fetch|performance|Math\.random|crypto)\b/,
    );
  });

  it.each([
    ["import { x } from 'node:fs';", ['node:fs']],
    ['import type { A } from "../config/schema";', ['../config/schema']],
    ["import 'zod';", ['zod']],
    ["export * from '../result';", ['../result']],
    ["await import('./pipeline')", ['./pipeline']],
    ["require('fs')", ['fs']],
  ])('and the search finds %s', (source, expected) => expect(imported(source)).toEqual(expected));
});
