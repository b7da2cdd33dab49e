import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { jsonSchema } from '../../lib/config/json-schema';
import { configurationReference } from '../../scripts/configuration-reference';
import { generated } from '../../scripts/generate';
import { configOf } from './read';

const root = join(__dirname, '../..');
const file = (path: string) => readFileSync(join(root, path), 'utf8');

describe('files that `npm run generate` writes', () => {
  it.each(Object.entries(generated(root)))('%s is up to date', (path, content) => {
    expect(file(path)).toBe(content);
  });
});

describe('the schema for editors', () => {
  const editors = z.fromJSONSchema(jsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);

  it("accepts this repository's slipway.yaml, and refuses what the loader refuses", () => {
    const own = parse(file('slipway.yaml'));
    expect(editors.safeParse(own).success).toBe(true);
    expect(editors.safeParse({ ...own, extra: 1 }).success).toBe(false);
    expect(editors.safeParse({ ...own, service: { name: 'Visits' } }).success).toBe(false);
    expect(editors.safeParse({ ...own, cluster: { version: 1.35 } }).success).toBe(false);
    expect(editors.safeParse({ ...own, environments: { dev: null, qa: { bake: 'soon' } } }).success).toBe(false);
    expect(editors.safeParse({ ...own, environments: { dev: null, qa: { bake: '5m' } } }).success).toBe(true);
  });

  it('describes every key', () => {
    const bare: string[] = [];
    const visit = (path: string, schema: Record<string, unknown>): void => {
      for (const [name, child] of Object.entries((schema['properties'] ?? {}) as Record<string, object>)) {
        const one = child as Record<string, unknown>;
        if (typeof one['description'] !== 'string') bare.push(`${path}${name}`);
        visit(`${path}${name}.`, one);
      }
      const below = [schema['additionalProperties'], schema['items'], ...((schema['anyOf'] ?? []) as object[])];
      for (const child of below) if (typeof child === 'object') visit(path, child as Record<string, unknown>);
    };
    visit('', jsonSchema());
    expect(bare).toEqual([]);
  });
});

describe('the reference', () => {
  it('knows no value without words for it', () => {
    expect(() => configurationReference({ properties: { odd: {} } })).toThrow('no words for {}');
  });
});

describe('slipway.yaml', () => {
  it('names its schema on the first line', () => {
    expect(file('slipway.yaml').split('\n')[0]).toBe('# yaml-language-server: $schema=./schema/slipway.schema.json');
  });

  it('shows in comments only what would be accepted, and every section', () => {
    const everything = file('slipway.yaml')
      .replace(/^(\s*)#(?=\w)/gm, '$1')
      .replace('examples/visits', 'svc');
    const config = configOf(everything);
    expect(config.network.existing?.vpcId).toBe('vpc-0123456789abcdef0');
    expect(config.environments[2]?.approvals[0]?.message).toContain('client');
    const sections = Object.keys(jsonSchema()['properties'] as object);
    expect(Object.keys(parse(everything))).toEqual(sections);
  });

  it('in the documentation is a whole file', () => {
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(file('docs/configuration.md')) ?? [];
    expect(configOf(example).service.name).toBe('shop');
  });
});
