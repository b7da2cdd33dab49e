import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type ConfigError, formatConfigError } from '../../lib/config/error';
import { parseConfig } from '../../lib/config/parse';
import { deliveryPipelines } from '../../lib/model/delivery-pipelines';
import { gateViolations } from '../../lib/model/gates';
import { violations } from '../../lib/model/violations';
import { asYaml, hasTwins, structuralMutants, written } from '../structural-mutants';
import { BASES } from './fuzz-bases';
import { random } from './random';

const original = readFileSync(join(__dirname, '../../slipway.yaml'), 'utf8').replace(/^(\s*)#(?=\w)/gm, '$1');
const MUTANTS = 600;
const FRAGMENTS = [
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ':',
  '- ',
  '#',
  '&a ',
  '*a',
  '<<: ',
  '\t',
  '\n',
  '!x ',
  '---\n',
  'null',
];
const VALUES = [
  '',
  'null',
  'true',
  '-1',
  '1e99',
  '.inf',
  '0x1F',
  '{}',
  '[]',
  '[[]]',
  '{ a: b }',
  '"\\u0000"',
  '2026-01-01',
];

type Mutation = (text: string, next: (below: number) => number) => string;

const atLine =
  (change: (line: string, next: (below: number) => number) => string): Mutation =>
  (text, next) => {
    const lines = text.split('\n');
    const index = next(lines.length);
    return [...lines.slice(0, index), change(lines[index] ?? '', next), ...lines.slice(index + 1)].join('\n');
  };

const mutations: readonly Mutation[] = [
  (text, next) => text.slice(0, next(text.length)),
  (text, next) => {
    const at = next(text.length);
    return text.slice(0, at) + (FRAGMENTS[next(FRAGMENTS.length)] ?? '') + text.slice(at);
  },
  (text, next) => {
    const at = next(text.length);
    return text.slice(0, at) + text.slice(at + 1 + next(8));
  },
  atLine((line, next) => `${' '.repeat(next(5))}${line.trimStart()}`),
  atLine((line) => `${line}\n${line}`),
  atLine((line, next) => line.replace(/:.*/, `: ${VALUES[next(VALUES.length)] ?? ''}`)),
  atLine((line, next) => line.replace(/(\w)(\w)/, next(2) === 0 ? '$2$1' : '$1')),
];

describe('mutants of slipway.yaml', () => {
  const outcomes = { accepted: 0, refused: 0 };

  it.each(Array.from({ length: 6 }, (_, seed) => seed))('are read or refused with a place (seed %d)', (seed) => {
    const rest = random(seed);
    const next = (below: number) => Math.floor(rest() * below);
    for (let count = 0; count < MUTANTS / 6; count++) {
      let text = original;
      for (let times = 1 + next(3); times > 0; times--)
        text = (mutations[next(mutations.length)] as Mutation)(text, next);

      const result = parseConfig('slipway.yaml', text, {}, () => true);
      if (result.ok) {
        outcomes.accepted++;
        const pipelines = deliveryPipelines(result.value);
        const found = pipelines.flatMap((one) => [...violations(one), ...gateViolations(one, result.value)]);
        expect({ text, found }).toEqual({ text, found: [] });
      } else {
        outcomes.refused++;
        expect(result.errors.length).toBeGreaterThan(0);
        const lines = text.split('\n');
        for (const error of result.errors) {
          expect(formatConfigError(error)).toMatch(/^slipway\.yaml:\d+:\d+[ :]/);
          expect(error.line).toBeGreaterThan(0);
          expect(error.line).toBeLessThanOrEqual(lines.length);
          expect(error.column).toBeGreaterThan(0);
          expect(error.column).toBeLessThanOrEqual((lines[error.line - 1]?.length ?? 0) + 1);
          expect(error.message).not.toMatch(/undefined|\[object|Invalid input|another value/);
        }
      }
    }
  });

  it('are of both kinds, so that the test means something', () => {
    expect(outcomes.accepted).toBeGreaterThan(MUTANTS / 20);
    expect(outcomes.refused).toBeGreaterThan(MUTANTS / 4);
  });
});

const STRUCTURAL = 10_000;

describe(`${STRUCTURAL} structural mutants of slipway.yaml`, () => {
  const bases = BASES.map((text) => parse(text));
  const accepted: number[] = [];

  it.each(bases.map((base, index) => [index, base] as const))(
    'change the configuration or are refused with file, place and reason (base %i)',
    (index, base) => {
      const read = (text: string) => parseConfig('slipway.yaml', text, {}, () => true);
      const shown = (text: string): string => {
        const result = read(text);
        return result.ok ? JSON.stringify(result.value) : result.errors.map(formatConfigError).join('\n');
      };
      const before = shown(asYaml(base));
      expect(before).toMatch(/^\{/);
      const silent: string[] = [];
      let count = 0;
      for (const { tree, changes } of structuralMutants(base, index, Math.floor(STRUCTURAL / bases.length))) {
        const text = asYaml(tree);
        const result = read(text);
        if (!result.ok) {
          checkPlaces(text, result.errors);
          continue;
        }
        count++;
        if (hasTwins(tree) || JSON.stringify(result.value) === before)
          silent.push(
            changes.map(({ kind, path, to }) => `${kind} ${written(path)} ${JSON.stringify(to)}`).join(' and '),
          );
      }
      accepted.push(count);
      expect([...new Set(silent)]).toEqual([]);
    },
  );

  it('are of both kinds, so that the test means something', () => {
    const all = accepted.reduce((sum, count) => sum + count, 0);
    expect(accepted).toHaveLength(BASES.length);
    expect(all).toBeGreaterThan(STRUCTURAL / 20);
    expect(all).toBeLessThan(STRUCTURAL / 2);
  });
});

function checkPlaces(text: string, errors: readonly ConfigError[]): void {
  const lines = text.split('\n');
  const wrong = errors.filter(
    (error) =>
      !/^slipway\.yaml:\d+:\d+[ :]/.test(formatConfigError(error)) ||
      error.line < 1 ||
      error.line > lines.length ||
      error.column < 1 ||
      error.column > (lines[error.line - 1]?.length ?? 0) + 1 ||
      /undefined|\[object|Invalid input|another value/.test(error.message),
  );
  if (errors.length === 0 || wrong.length > 0) expect({ text, errors }).toBe('errors with their places');
}
