import { templateRules } from '../lib/cloud/rules/all';

/** The template rules as a table, by id. */
export function rulesReference(): string {
  const rules = templateRules(['the builds of images']).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return [
    '| rule | looks at | holds | reason | what to do |',
    '|---|---|---|---|---|',
    ...rules.map(
      ({ id, types, holds, reason, remedy }) =>
        `| \`${id}\` | ${types.map((type) => `\`${type}\``).join(', ')} | ${cell(holds)} | ${cell(reason)} | ${cell(remedy)} |`,
    ),
  ].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
