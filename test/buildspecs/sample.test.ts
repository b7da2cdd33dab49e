import { type FaultName, faults } from '../fixtures/faults';
import { openWorkshop, type Workshop } from './workshop';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
}, 180_000);
afterAll(() => workshop.remove());

type CheckJob = 'unit' | 'integration' | 'quality' | 'security';
const ENVIRONMENT: Record<CheckJob, Record<string, string>> = {
  unit: { COVERAGE_MINIMUM: '90' },
  integration: {},
  quality: { CHECKS: 'flake8 pylint mypy black isort', PYLINT_MINIMUM: '9' },
  // No vulnerability database: see audit.test.ts.
  security: { CHECKS: 'bandit secrets', SEVERITY: 'medium' },
};

describe('the sample service as it is', () => {
  test.each(Object.keys(ENVIRONMENT) as CheckJob[])(
    'passes every check of %s',
    async (job) => {
      const { outcome, checks, reports } = await workshop.run(job, {
        source: workshop.sample(),
        environment: ENVIRONMENT[job],
      });
      expect(outcome).toMatchObject({ status: 'Succeeded' });
      expect(new Set(Object.values(checks))).toEqual(new Set(job === 'security' ? ['PASS', 'NOT RUN'] : ['PASS']));
      expect(reports).not.toHaveLength(0);
      for (const report of reports) {
        if (report.type === 'TEST') expect(report).toMatchObject({ failed: 0 });
        else expect(report.lineCoverage).toBeGreaterThan(95);
      }
    },
    120_000,
  );
});

// Each fault in the one check that must find it; that the others are not disturbed is shown where whole pipelines run.
const CASES = (Object.keys(faults) as FaultName[]).filter(
  (name) => faults[name].job in ENVIRONMENT && faults[name].stage === 'Test',
);

describe('a fault turns its check red', () => {
  test.each(CASES)(
    '%s',
    async (name) => {
      const fault = faults[name];
      const job = fault.job as CheckJob;
      const source = workshop.sample();
      fault.apply(source);
      const only: Record<string, string> = 'CHECKS' in ENVIRONMENT[job] ? { CHECKS: fault.checks.join(' ') } : {};
      const { outcome, log, checks } = await workshop.run(job, {
        source,
        environment: { ...ENVIRONMENT[job], ...only },
      });
      const failed = Object.keys(checks).filter((check) => checks[check] === 'FAIL');
      expect({ failed, log }).toEqual({ failed: fault.checks, log: expect.any(String) });
      expect(outcome).toMatchObject({ status: 'Failed' });
    },
    60_000,
  );

  test('a secret is named by its place, never by its value', async () => {
    const source = workshop.sample();
    faults.secret.apply(source);
    const { log } = await workshop.run('security', { source, environment: { CHECKS: 'secrets', SEVERITY: 'medium' } });
    expect(log).toContain('k8s/overlays/dev/credentials.env:1: AWS Access Key');
    expect(log).not.toContain('QYLPMN5HHHFPZAM2');
  }, 60_000);
});
