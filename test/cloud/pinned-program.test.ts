import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { PinnedProgram } from '../../lib/cloud/pinned-program';
import { newApp, projectRoot } from './fixtures';

const app = newApp({ staged: true });
const deployer = new PinnedProgram(new Stack(app, 'Delivery'), 'Deployer', { name: 'deploy', projectRoot });
const { directory } = app.synth();
const files = readdirSync(directory).filter((name) => name.endsWith('.mjs'));
const path = join(directory, files[0] ?? '');

describe('the program that deploys', () => {
  it('is one file, whose hash is the one that builds check', () => {
    expect(files).toHaveLength(1);
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(deployer.sha256);
    expect(deployer.asset.isFile).toBe(true);
  });

  it('runs by itself, with nothing installed beside it', () => {
    const help = execFileSync(process.execPath, [path, '--help'], { cwd: directory, encoding: 'utf8' });
    for (const command of ['deploy', 'accept', 'restore', 'preview'])
      expect(help).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  it('has the same hash wherever and whenever it is bundled', () => {
    const again = new PinnedProgram(new Stack(newApp(), 'Other'), 'Deployer', { name: 'deploy', projectRoot });
    expect(again.sha256).toBe(deployer.sha256);
    expect(readFileSync(path, 'utf8')).not.toContain(projectRoot);
  });
});
