import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { permissionsPage } from '../../scripts/permissions-reference';
import { projectRoot } from './fixtures';

const page = permissionsPage(projectRoot);

it('docs/permissions.md is up to date (npm run generate)', () => {
  expect(readFileSync(join(projectRoot, 'docs', 'permissions.md'), 'utf8')).toBe(page);
});

it('tells every role, what it may, and who says so; nothing that depends on the account or the moment', () => {
  expect(page).toMatch(/## VisitsDelivery: DevelopmentDevDeployRole\n\nTaken by codebuild.amazonaws.com\./);
  expect(page).toContain('`s3:GetObject`, `s3:PutObject`');
  expect(page).not.toMatch(/[0-9a-f]{64}|111122223333|known after deploy|undefined/);
});
