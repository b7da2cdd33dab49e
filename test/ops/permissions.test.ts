import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';

const ROOT = join(__dirname, '..', '..');
const COMMANDS = ['status', 'start', 'logs', 'approve', 'reject', 'retry', 'rollback', 'stop', 'transition'] as const;

interface Definition {
  /** Names that its code mentions. */
  readonly names: ReadonlySet<string>;
  /** `<service>:<operation>`, each with the classes that are made in the same function. */
  readonly permissions: ReadonlySet<string>;
}

/** What the top level of these files defines, by name; a whole file under its path. */
function definitions(...files: string[]): Map<string, Definition> {
  const found = new Map<string, Definition>();
  for (const file of files) {
    const { body } = parseSync(readFileSync(join(ROOT, file), 'utf8'), { syntax: 'typescript', target: 'es2022' });
    found.set(file, contentsOf(body.filter(({ type }) => type !== 'ImportDeclaration')));
    for (const statement of body) {
      const inner = statement.type === 'ExportDeclaration' ? statement.declaration : statement;
      if (inner.type === 'FunctionDeclaration' || inner.type === 'ClassDeclaration')
        found.set(inner.identifier.value, contentsOf(inner));
      if (inner.type === 'VariableDeclaration')
        for (const { id, init } of inner.declarations)
          if (id.type === 'Identifier') found.set(id.value, contentsOf(init));
    }
  }
  return found;
}

function contentsOf(tree: unknown): Definition {
  const [names, permissions] = [new Set<string>(), new Set<string>()];
  walk(tree, (node) => {
    if (node.type === 'Identifier' && typeof node.value === 'string') names.add(node.value);
    if (node.type === 'StringLiteral' && /^[a-z]+:[A-Z]\w+$/.test(String(node.value)))
      permissions.add(String(node.value));
  });
  return { names, permissions };
}

function walk(value: unknown, visit: (node: { type?: string; value?: unknown }) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  else if (typeof value === 'object' && value !== null) {
    visit(value);
    for (const item of Object.values(value)) walk(item, visit);
  }
}

const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`);
const defined = definitions(
  ...filesIn('lib/ops'),
  ...['operations', 'confirm', 'await-end'].map((name) => `bin/${name}.ts`),
  'bin/commands/approve.ts',
);

/** What a command may send: all that its code can come to. */
function permissionsOf(command: string): string[] {
  const file = `bin/commands/${command}.ts`;
  const all = new Map([...defined, ...definitions(file)]);
  const [seen, waiting] = [new Set<string>(), [file]];
  const permissions = new Set<string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const definition = all.get(name);
    for (const permission of definition?.permissions ?? []) permissions.add(permission);
    waiting.push(...(definition?.names ?? []));
  }
  return [...permissions].sort();
}

const page = readFileSync(join(ROOT, 'docs', 'operations.md'), 'utf8');

/** The table of docs/operations.md: command -> IAM actions. */
const documented = new Map(
  [...page.matchAll(/^\| `slipway (\w+)` \| ((?:`\w+:\w+`(?:, )?)+) \|$/gm)].map(([, command = '', actions = '']) => [
    command,
    [...actions.matchAll(/`([^`]+)`/g)].map(([, action = '']) => action).sort(),
  ]),
);

test.each(COMMANDS)('docs/operations.md lists what slipway %s may send', (command) => {
  expect(documented.get(command)).toEqual(permissionsOf(command));
});

test('a call is sent by the client of its service, with the command of its operation', () => {
  for (const file of filesIn('lib/ops')) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const calls = [
      ...text.matchAll(/\.call\('(\w+):(\w+)', \(options\) =>\s*(?:this\.)?aws\.(\w+)\.send\(\s*new (\w+)\(/g),
    ];
    for (const [, service, operation, client, name] of calls)
      expect([client, name]).toEqual([service, `${operation}Command`]);
    // And there is no other way to send one.
    expect([...text.matchAll(/\.send\(/g)]).toHaveLength(calls.length);
  }
});
