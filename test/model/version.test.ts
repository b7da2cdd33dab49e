import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { releaseVersion } from '../../lib/model/version';

const commit = '4f2c1d0aa0b1c2d3e4f5061728394a5b6c7d8e9f';

describe('releaseVersion', () => {
  it.each([
    ['1.4.2', '1.4.2-4f2c1d0aa0b1'],
    ['1.4.2rc1.dev3', '1.4.2rc1.dev3-4f2c1d0aa0b1'],
    ['1.4.2+local.1', '1.4.2-local.1-4f2c1d0aa0b1'],
    ['2!1.0', '2-1.0-4f2c1d0aa0b1'],
  ])('of %s is %s', (packageVersion, version) => {
    expect(releaseVersion(packageVersion, commit)).toBe(version);
    // An image tag, and the value of a Kubernetes label.
    expect(version).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/);
    expect(version).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,61}[A-Za-z0-9]$/);
  });

  it('differs with the commit, and with the package', () => {
    expect(releaseVersion('1.0', commit)).not.toBe(releaseVersion('1.0', `0${commit.slice(1)}`));
    expect(releaseVersion('1.0', commit)).not.toBe(releaseVersion('1.1', commit));
  });
});

describe('buildspecs/build.yml', () => {
  const buildspec = readFileSync(join(__dirname, '../../buildspecs/build.yml'), 'utf8');
  const [assignment = '', variable = ''] = /VERSION="\$\{(\w+)\/\/.*"/.exec(buildspec) ?? [];

  it.each(['1.4.2', '1.4.2+local.1', '2!1.0', '1.0.post1'])('computes the same version of %s', (packageVersion) => {
    const environment = { [variable]: packageVersion, CODEBUILD_RESOLVED_SOURCE_VERSION: commit };
    const printed = execFileSync('bash', ['--norc', '-euc', `${assignment}; printf %s "$VERSION"`], {
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(printed.toString()).toBe(releaseVersion(packageVersion, commit));
  });
});
