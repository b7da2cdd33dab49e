import { expect, test } from '@jest/globals';
import type { Template } from '../../../lib/local/assembly';
import { readPlan } from '../../../lib/local/read-plan';
import { readWorld } from '../../../lib/local/world';
import { BINDINGS, deliveryAssembly, type Loose, planOf } from './delivery-assembly';

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Path = readonly (string | number)[];

/** Every node below `value`, itself not. */
function nodesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => [[...path, key], ...nodesOf((value as Loose)[key], [...path, key])]);
}

function parentOf(root: Loose, path: Path): Loose {
  return path.slice(0, -1).reduce((node, key) => node[key], root);
}

function remove(root: Loose, path: Path): void {
  const parent = parentOf(root, path);
  const key = path.at(-1) as string | number;
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

function replace(root: Loose, path: Path, value: unknown): void {
  parentOf(root, path)[path.at(-1) as string | number] = value;
}

const deep = (depth: number): unknown => (depth === 0 ? 'x' : { 'Fn::Join': ['', [deep(depth - 1)]] });

const VALUES: readonly (() => unknown)[] = [
  () => null,
  () => 5,
  () => -1.5,
  () => '',
  () => 'surprise',
  () => true,
  () => [],
  () => ({}),
  () => [[['x']]],
  () => ({ Ref: 'Nobody' }),
  () => ({ Ref: 'Development19B4' }),
  () => ({ Ref: 'AWS::NoValue' }),
  () => ({ 'Fn::GetAtt': ['Images2D38', 'Nothing'] }),
  () => ({ 'Fn::If': ['Never', 1, 2] }),
  () => ({ 'Fn::ImportValue': { 'Fn::ImportValue': 'x' } }),
  () => ({ 'Fn::Sub': '${' }),
  () => ({ 'Fn::Sub': '${A.B.C}${!x}#{Build.VERSION}' }),
  () => ({ 'Fn::Select': [99, { 'Fn::Split': [',', 'a'] }] }),
  () => ({ __proto__: 1, constructor: 'x' }),
  () => deep(150),
  () => deep(400),
];

test.each(Array.from({ length: 25 }, (_, n) => n))(
  'mutants of seed %i give a plan or diagnostics, never a throw',
  (seed) => {
    const next = random(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
    for (let round = 0; round < 15; round += 1) {
      const assembly = deliveryAssembly((templates) => {
        for (let changes = 1 + Math.floor(next() * 3); changes > 0; changes -= 1) {
          const template = templates[pick(Object.keys(templates))];
          const path = pick(nodesOf(template).filter((one) => one.length > 1));
          if (next() < 0.4) remove(template, path);
          else if (next() < 0.8) replace(template, path, pick(VALUES)());
          else replace(template, path, structuredClone(parentOf(template, pick(nodesOf(template)))));
        }
      });
      const files = assembly.stacks.map(({ file }) => file);
      for (const result of [readPlan(assembly, BINDINGS), readWorld(assembly, BINDINGS)]) {
        const notices = result.ok && 'notices' in result.value ? result.value.notices : [];
        for (const { file, path, message } of result.ok ? notices : result.errors) {
          expect([...files, 'manifest.json']).toContain(file);
          expect(file === 'manifest.json' ? 'x' : path).not.toBe('');
          expect(message.length).toBeGreaterThan(10);
        }
        if (!result.ok) expect(result.errors.length).toBeGreaterThan(0);
      }
    }
  },
);

/** Members whose absence means the value that the delivery assembly writes out. */
const DEFAULTS = [
  /\.RunOrder$/,
  /\.PrivilegedMode$/,
  /\.EnvironmentVariables\[\d+\]\.Type$/,
  /(Unit|Deploy)Project\.Properties\.Environment\.EnvironmentVariables$/,
  /\.RuleTypeId\.Version$/,
];
/** Resources that the pipeline is read from. */
const READ = ['Development19B4', 'BuildProject', 'ImageProject', 'UnitProject', 'DeployProject', 'Bake4B9C'];

const written = (path: Path): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .slice(1);

test('nothing that the pipeline is read from can change without a trace, but what is listed as ignored', () => {
  const { ignored = [], ...before } = planOf();
  const base: Template = deliveryAssembly().stacks.find(({ name }) => name === 'VisitsDelivery')?.template as Template;
  const paths = nodesOf(base.Resources)
    .filter(([logicalId, section]) => READ.includes(String(logicalId)) && section === 'Properties')
    .map((path): Path => ['Resources', ...path]);
  expect(paths.length).toBeGreaterThan(300);
  const silent: string[] = [];
  for (const path of paths) {
    const at = written(path);
    if (ignored.some((one) => at === one.path || at.startsWith(`${one.path}.`))) continue;
    for (const [what, change] of [
      ['remove', (template: Loose) => remove(template, path)],
      ['replace', (template: Loose) => replace(template, path, 'surprise')],
    ] as const) {
      const plans = readPlan(
        deliveryAssembly((templates) => change(templates['VisitsDelivery'])),
        BINDINGS,
      );
      if (!plans.ok) continue;
      const after = { ...plans.value[0], ignored: undefined };
      const isDefault = what === 'remove' && DEFAULTS.some((pattern) => pattern.test(at));
      if (!isDefault && JSON.stringify(after) === JSON.stringify({ ...before, ignored: undefined })) {
        silent.push(`${what} ${at}`);
      }
    }
  }
  expect(silent).toEqual([]);
});
