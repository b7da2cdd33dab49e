import { checksOf } from '../../lib/deploy/checks';
import type { DeployResult } from '../../lib/deploy/report';

const result = (changes: Partial<DeployResult>): DeployResult => ({
  outcome: 'Verified',
  reason: { code: 'Verified', message: 'it serves' },
  command: 'deploy',
  service: 'web',
  environment: 'dev',
  namespace: 'web-dev',
  version: '2',
  digest: '',
  startedAt: '2026-11-21T12:00:00.000Z',
  endedAt: '2026-11-21T12:00:09.000Z',
  kubectlCalls: 1,
  steps: ['Provenance', 'Render', 'Lock', 'Check', 'Roll out', 'Settle', 'Prune'].map((name) => ({
    name,
    status: 'passed',
    seconds: 1,
  })),
  applied: [],
  pruned: [],
  warnings: [],
  ignoreAlarms: false,
  ...changes,
});

const told = (changes: Partial<DeployResult>): string[] =>
  checksOf(result(changes)).map(({ name, status, message }) => [status, name, message].filter(Boolean).join(' | '));

const ROLLED_BACK = {
  outcome: 'RolledBack',
  reason: {
    code: 'Restore',
    message: 'release 2 was found bad after its deploy; the last known good release 1 serves again',
  },
  steps: [
    { name: 'Look at the last known good release', status: 'failed', seconds: 1, detail: 'it crashes' },
    { name: 'Roll back to 1', status: 'passed', seconds: 1 },
  ],
} as const;

test('a release that serves: its steps have passed, and nothing else is said', () => {
  expect(told({})).toEqual(
    ['Provenance', 'Render', 'Lock', 'Check', 'Roll out', 'Settle', 'Prune'].map((name) => `passed | ${name}`),
  );
});

test('a release of which nothing signed was verified says so', () => {
  const [, ...steps] = result({}).steps;
  expect(told({ steps }).at(-1)).toMatch(/^not-run \| Provenance \| nothing says how the image must be signed/);
});

test('a restore that put the release back has failed in nothing, and says RolledBack', () => {
  expect(told({ ...ROLLED_BACK, command: 'restore' })).toEqual([
    'passed | Look at the last known good release | it crashes',
    'passed | Roll back to 1',
    'passed | RolledBack: release 2 was found bad after its deploy; the last known good release 1 serves again',
  ]);
});

test.each(['deploy', 'accept'] as const)('the same end of %s is a failure', (command) => {
  expect(told({ ...ROLLED_BACK, command })).toContain('failed | Look at the last known good release | it crashes');
  const [, step] = ROLLED_BACK.steps;
  expect(told({ ...ROLLED_BACK, steps: [step], command }).at(-1)).toMatch(
    /^failed \| RolledBack \| release 2 was found bad/,
  );
});

test('a restore that could not put it back has failed', () => {
  expect(told({ ...ROLLED_BACK, command: 'restore', outcome: 'RollbackFailed' })).toContain(
    'failed | Look at the last known good release | it crashes',
  );
  expect(told({ command: 'restore', outcome: 'RollbackFailed', steps: [] })).toEqual([
    'failed | RollbackFailed | it serves',
  ]);
});

test('alarms that nobody heeded are a check that has not run', () => {
  expect(told({ ignoreAlarms: true }).at(-1)).toBe(
    'not-run | No alarm fires | alarms were ignored, as was asked for (--ignore-alarms)',
  );
});

test('what a deploy did not get to has not run', () => {
  const passed = { name: 'Provenance', status: 'passed', seconds: 1 } as const;
  const steps = [passed, { name: 'Render', status: 'failed', seconds: 1, detail: 'no such file' }] as const;
  expect(told({ outcome: 'Refused', steps })).toEqual([
    'passed | Provenance',
    'failed | Render | no such file',
    ...['Lock', 'Check', 'Roll out', 'Settle', 'Prune'].map((name) => `not-run | ${name}`),
  ]);
});
