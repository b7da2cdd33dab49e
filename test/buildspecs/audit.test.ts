import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programs } from './programs';
import { checksIn, PROJECT } from './workshop';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-audit-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const clean = (name: string) => ({ name, version: '1.0', vulns: [] });
const skipped = (name: string) => ({ name, skip_reason: 'Dependency not found' });
const flawed = { name: 'flask', version: '0.1', vulns: [{ id: 'PYSEC-1', fix_versions: ['0.2'], aliases: ['CVE-1'] }] };

/** The audit, as security.yml runs it, with a pip-audit that reports `dependencies` (nothing: writes no report) and ends with `status`. */
function audit(dependencies: readonly object[] | undefined, status: number, environment: Record<string, string> = {}) {
  const report = dependencies && JSON.stringify({ dependencies, fixes: [] });
  const path = programs(folder, {
    uv: 'exit 0',
    python: `
if [ "$1 $2" = '-m pip_audit' ]; then
  while [ "$1" != --output ]; do shift; done
  ${report ? `printf '%s' '${report}' > "$2"` : 'echo "ConnectionError: name resolution failed" >&2'}
  exit ${status}
fi
exec python3 "$@"`,
  });
  const library = join(PROJECT, 'buildspecs', 'lib');
  const script = `. '${library}/checks.sh'; . '${library}/audit.sh'; set -eu
checks_begin pip-audit
check pip-audit --report "$REPORTS/pip-audit.json" audit
checks_end "$REPORTS/checks.xml"`;
  const run = spawnSync('bash', ['-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: `${path}:${process.env['PATH']}`, TMPDIR: folder, REPORTS: join(folder, 'reports'), ...environment },
  });
  return { status: run.status, stdout: run.stdout, result: checksIn(run.stdout)['pip-audit'] };
}

test('nothing found in what ships', () => {
  const { status, result, stdout } = audit([clean('flask'), clean('redis')], 0);
  expect({ status, result }).toEqual({ status: 0, result: 'PASS' });
  expect(stdout).toContain('2 packages audited');
});

test('a known vulnerability fails, with its name and the version that mends it', () => {
  const { status, result, stdout } = audit([clean('redis'), flawed], 1);
  expect({ status, result }).toEqual({ status: 1, result: 'FAIL' });
  expect(stdout).toContain('flask 0.1: PYSEC-1 CVE-1, fixed in: 0.2');
  expect(stdout).toContain('1 known vulnerabilities in flask');
});

test('a finding is a failure even where an outage is permitted', () => {
  expect(audit([flawed], 1, { PIP_AUDIT_OUTAGE: 'not-run' }).result).toBe('FAIL');
});

test('no network is an error, not a finding and not a pass', () => {
  const { status, result, stdout } = audit(undefined, 1);
  expect({ status, result }).toEqual({ status: 1, result: 'ERROR' });
  expect(stdout).toContain('could not reach the vulnerability database');
});

test('a database that knows none of the packages is an outage, though pip-audit calls it a success', () => {
  expect(audit([skipped('flask'), skipped('redis')], 0)).toMatchObject({ status: 1, result: 'ERROR' });
});

test('an outage is NOT RUN for a run that permits it', () => {
  const { status, result, stdout } = audit(undefined, 1, { PIP_AUDIT_OUTAGE: 'not-run' });
  expect({ status, result }).toEqual({ status: 0, result: 'NOT RUN' });
  expect(stdout).toContain('allowed by PIP_AUDIT_OUTAGE');
});

test('packages that the database does not know are named', () => {
  const { result, stdout } = audit([clean('flask'), skipped('our-own')], 0);
  expect(result).toBe('PASS');
  expect(stdout).toContain('1 packages audited, not in the database: our-own');
});

test('a failure of pip-audit without a finding is an error', () => {
  expect(audit([clean('flask')], 2)).toMatchObject({ status: 1, result: 'ERROR' });
});
