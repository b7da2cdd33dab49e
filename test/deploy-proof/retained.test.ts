import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './account';
import { KEPT, leftOf, NOT_OF_TEMPLATES } from './retained';

const rows = (): string[] => {
  const [, remove = ''] = readFileSync(join(projectRoot, 'docs', 'deploy.md'), 'utf8').split('\n## Remove\n');
  const [section = ''] = remove.split('\n## ');
  return [...section.matchAll(/^\| (.+?) \|/gm)].map(([, cell]) => cell ?? '').filter((cell) => cell !== 'kept');
};

describe('what is kept on purpose', () => {
  it('is in the documentation what the proof finds', () => {
    const says = [...KEPT.map((item) => item.says), ...NOT_OF_TEMPLATES];
    expect(rows().filter((row) => !says.some((pattern) => pattern.test(row)))).toEqual([]);
    expect(says.filter((pattern) => !rows().some((row) => pattern.test(row)))).toEqual([]);
  });

  it('is told apart from what was there before, and from keys that are about to go', () => {
    const before = { buckets: { mine: {} }, keys: { a: { state: 'Enabled', description: 'old' } }, roles: {} };
    const after = {
      buckets: { mine: {}, 'visitsdelivery-artifactsbucket88671897-0123456789ab': {} },
      keys: {
        a: { state: 'Enabled', description: 'old' },
        b: { state: 'Enabled', description: 'new' },
        c: { state: 'PendingDeletion', description: 'going' },
      },
      roles: {},
    };
    expect(leftOf(before, after)).toEqual({ buckets: ['visitsdelivery-artifactsbucket'], keys: ['new'] });
  });
});
