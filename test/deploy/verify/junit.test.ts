import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Check, junit, type SuiteNotes } from '../../../lib/deploy/verify/junit';
import { readReport } from '../../../lib/local/codebuild/reports';

const read = (checks: readonly Check[], notes: SuiteNotes = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-junit-'));
  const file = join(folder, 'deploy.xml');
  writeFileSync(file, junit('deploy <shop> & "co"', checks, notes));
  const report = readReport('deploy', 'JUNITXML', [file]);
  rmSync(folder, { recursive: true });
  return report;
};

test('passed, failed and not run are counted as such by who reads it, whatever the words', () => {
  const report = read([
    { name: 'Lock', status: 'passed', seconds: 0.25 },
    { name: 'Deployment/web', status: 'failed', seconds: 2, message: 'says \u001b[31m"no" & <never>\u0000\nor so' },
    { name: 'Smoke test', status: 'not-run' },
  ]);
  expect(report).toMatchObject({ ok: true, value: { total: 3, passed: 1, failed: 1, skipped: 1 } });
  expect(JSON.stringify(report)).toContain('<never>');
});

test('one check alone is one test case', () => {
  expect(read([{ name: 'Lock', status: 'passed' }])).toMatchObject({ ok: true, value: { total: 1, failed: 0 } });
});

test('what is said of a check that passed, and warnings, are there to read and count as nothing', () => {
  const checks: Check[] = [{ name: 'Restore', status: 'passed', message: 'RolledBack & well' }];
  const text = junit('restore shop', checks, { warnings: ['alarms are <ignored>'] });
  expect(text).toContain('<system-out>RolledBack &amp; well</system-out>');
  expect(text).toContain('<system-out>warning: alarms are &lt;ignored&gt;</system-out>');
  expect(read(checks)).toMatchObject({ ok: true, value: { total: 1, passed: 1, failed: 0, skipped: 0 } });
  expect(junit('restore shop', [{ name: 'Restore', status: 'passed' }])).not.toContain('system-out');
});

test('how it ended is read back', () => {
  const outcome = 'RolledBack: Pod/web-1: it says "no" & <ends>';
  expect(read([{ name: 'Lock', status: 'passed' }], { outcome })).toMatchObject({ ok: true, value: { outcome } });
  expect(read([{ name: 'Lock', status: 'passed' }])).not.toHaveProperty('value.outcome');
});
