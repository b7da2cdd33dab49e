import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../account';

const DOCUMENT = join(projectRoot, 'docs', 'deploy-proof.md');
const HEAD = '| fault | CDK | cfn-lint | cfn-guard | cdk-nag | our rules | proof |\n|---|---|---|---|---|---|---|\n';

/** Rows of the documentation's table. */
export function documented(): string[] {
  const [, after = ''] = readFileSync(DOCUMENT, 'utf8').split(HEAD);
  const [table = ''] = after.split('\n\n');
  return table.split('\n').filter(Boolean);
}

/** Puts other rows in their place. */
export function write(rows: readonly string[]): void {
  const text = readFileSync(DOCUMENT, 'utf8');
  writeFileSync(
    DOCUMENT,
    text.replace(`${HEAD}${documented().join('\n')}`, () => `${HEAD}${rows.join('\n')}`),
  );
}
