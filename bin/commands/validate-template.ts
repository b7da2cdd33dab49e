import { readFileSync } from 'node:fs';
import { templateRules } from '../../lib/cloud/rules/all';
import { readTemplate } from '../../lib/cloud/rules/read-template';
import { checkTemplate } from '../../lib/cloud/rules/rule';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';

const wrong = exitCode['usage, configuration or template is wrong'];

/** Runs the template rules on any template, JSON or YAML, without a synthesis. `privileged`: projects that may be. */
export function validateTemplate(files: readonly string[], privileged: readonly string[]): void {
  const rules = templateRules(privileged);
  const found = files.flatMap((file) => {
    const template = readTemplate(read(file));
    if (!template.ok) return template.errors.map((message) => `${file}: ${message}`);
    return checkTemplate(template.value, rules).map(
      ({ rule, logicalId, message }) => `${file}: Resources.${logicalId}: ${rule}: ${message}`,
    );
  });
  if (found.length > 0)
    throw new Failure(
      `${found.join('\n')}\n${found.length === 1 ? '1 finding' : `${found.length} findings`}; docs/rules.md has the reasons`,
      wrong,
    );
  for (const file of files) process.stdout.write(`✓ ${file} breaks none of ${rules.length} rules\n`);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, wrong);
  }
}
