import { parseSync } from '@swc/core';

/** A node of a syntax tree. */
export interface Syntax {
  readonly type?: string;
  readonly [member: string]: unknown;
}

/** Every call and list of a file whose first part is a text, by that text: a test, or a row of a table of tests. */
export function titlesOf(text: string): {
  readonly titles: ReadonlyMap<string, readonly Syntax[]>;
  readonly mutants: boolean;
} {
  const titles = new Map<string, Syntax[]>();
  const add = (first: Syntax | undefined, whole: Syntax) => {
    const title = textOf(first);
    if (title !== undefined) titles.set(title, [...(titles.get(title) ?? []), whole]);
  };
  let mutants = false;
  walk(parseSync(text, { syntax: 'typescript', target: 'es2022' }) as unknown as Syntax, (node) => {
    if (node.type === 'CallExpression') {
      mutants ||= (node['callee'] as Syntax)['value'] === 'testMutants';
      if (!isSkipped(node['callee'] as Syntax))
        add((node['arguments'] as { expression: Syntax }[])[0]?.expression, node);
    }
    if (node.type === 'ArrayExpression')
      add((node['elements'] as ({ expression: Syntax } | null)[])[0]?.expression, node);
  });
  return { titles, mutants };
}

function textOf(node: Syntax | undefined): string | undefined {
  if (node?.type === 'StringLiteral') return node['value'] as string;
  if (node?.type !== 'TemplateLiteral' || (node['expressions'] as unknown[]).length > 0) return undefined;
  return (node['quasis'] as { cooked: string }[])[0]?.cooked;
}

/** `test.skip`, `test.todo`, `xit` … */
function isSkipped(callee: Syntax): boolean {
  const { value } = (callee['property'] ?? callee) as Syntax;
  return typeof value === 'string' && /^(skip|todo|failing|xit|xtest)$/.test(value);
}

export function walk(value: unknown, visit: (node: Syntax) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  else if (typeof value === 'object' && value !== null) {
    visit(value as Syntax);
    for (const item of Object.values(value)) walk(item, visit);
  }
}
