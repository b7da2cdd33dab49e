import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from '@swc/core';

const ROOT = join(__dirname, '..', '..');
const COMMANDS = [
  'status',
  'start',
  'logs',
  'approve',
  'reject',
  'retry',
  'rollback',
  'provenance',
  'override',
  'stop',
  'transition',
] as const;

interface Definition {
  /** What its code mentions of the project: `<file>#<name>`. */
  readonly uses: ReadonlySet<string>;
  /** `<service>:<operation>`. */
  readonly permissions: ReadonlySet<string>;
}

/** What the top level of a file defines: `<file>#<name>`, and the file as a whole under its path. */
function definitions(file: string): Map<string, Definition> {
  const { body } = parseSync(readFileSync(join(ROOT, file), 'utf8'), { syntax: 'typescript', target: 'es2022' });
  const places = new Map<string, string>();
  const parts = new Map<string, unknown>();
  for (const statement of body) {
    const inner = statement.type === 'ExportDeclaration' ? statement.declaration : statement;
    if (inner.type === 'ImportDeclaration' && inner.source.value.startsWith('.'))
      for (const each of inner.specifiers)
        places.set(each.local.value, `${normalize(join(dirname(file), inner.source.value))}.ts#${each.local.value}`);
    if (inner.type === 'FunctionDeclaration' || inner.type === 'ClassDeclaration')
      parts.set(inner.identifier.value, inner);
    if (inner.type === 'VariableDeclaration')
      for (const { id, init } of inner.declarations) if (id.type === 'Identifier') parts.set(id.value, init);
  }
  for (const name of parts.keys()) places.set(name, `${file}#${name}`);
  const whole = body.filter(({ type }) => type !== 'ImportDeclaration');
  return new Map([
    [file, contentsOf(whole, places)],
    ...[...parts].map(([name, part]) => [`${file}#${name}`, contentsOf(part, places)] as const),
  ]);
}

function contentsOf(tree: unknown, places: ReadonlyMap<string, string>): Definition {
  const [uses, permissions] = [new Set<string>(), new Set<string>()];
  walk(tree, ({ type, value }) => {
    const place = type === 'Identifier' ? places.get(String(value)) : undefined;
    if (place !== undefined) uses.add(place);
    if (type === 'StringLiteral' && /^[a-z0-9]+:[A-Z]\w+$/.test(String(value))) permissions.add(String(value));
  });
  return { uses, permissions };
}

interface Syntax {
  readonly type?: string;
  readonly value?: unknown;
}

function walk(value: unknown, visit: (node: Syntax) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  else if (typeof value === 'object' && value !== null) {
    const node = value as Syntax & { readonly object?: unknown; readonly property?: Syntax };
    visit(node);
    // `a.b` mentions a, not b.
    if (node.type === 'MemberExpression')
      walk([node.object, node.property?.type === 'Identifier' ? [] : node.property], visit);
    else for (const item of Object.values(value)) walk(item, visit);
  }
}

const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`);
const files = [...filesIn('lib/ops'), ...filesIn('bin'), ...COMMANDS.map((command) => `bin/commands/${command}.ts`)];
const defined = new Map(files.flatMap((file) => [...definitions(file)]));

/** What a command may send: all that its code can come to. */
function permissionsOf(command: string): string[] {
  const waiting = [`bin/commands/${command}.ts`];
  const seen = new Set<string>();
  const permissions = new Set<string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const permission of defined.get(name)?.permissions ?? []) permissions.add(permission);
    waiting.push(...(defined.get(name)?.uses ?? []));
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
