import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeZip } from '../../../../lib/local/codebuild/zip';
import { projectRoot } from '../../../cloud/fixtures';
import { type Check, type Mutant, suite } from '../mutants';
import { flipped } from './flip';

/** What lies in S3 when a deploy begins, in base64, and the hashes that its project was made with. */
interface Taken {
  deployer: string;
  kubectl: string;
  readonly sha256: { deployer: string; kubectl: string };
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function taken(): Promise<Taken> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-integrity-'));
  try {
    const files = ['kubectl/kubectl', 'helm/helm'].map((name) => ({ name, path: join(folder, name) }));
    for (const { path } of files) {
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, '#!/bin/sh\necho "kubectl $*" >> "$STATE/called"\n');
    }
    const archive = join(folder, 'layer.zip');
    await writeZip(archive, files, { links: false });
    const [deployer, kubectl] = [Buffer.from('console.log("deployer");\n'), readFileSync(archive)];
    return {
      deployer: deployer.toString('base64'),
      kubectl: kubectl.toString('base64'),
      sha256: { deployer: sha256(deployer), kubectl: sha256(kubectl) },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The shell functions of the deploy's buildspec, with an `aws` that gives out what lies there; then kubectl and the deployer are called. */
function deploy({ deployer, kubectl, sha256: pins }: Taken): { readonly reached: boolean; readonly said: string } {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-integrity-'));
  try {
    writeFileSync(join(folder, 'deploy.mjs'), Buffer.from(deployer, 'base64'));
    writeFileSync(join(folder, 'layer.zip'), Buffer.from(kubectl, 'base64'));
    mkdirSync(join(folder, 'bin'));
    const aws = join(folder, 'bin', 'aws');
    writeFileSync(aws, '#!/bin/sh\n[ "$1" = s3 ] || exit 0\ncp "$STATE/${4##*/}" "$5"\n');
    // One of another version, so that the archive's is wanted.
    writeFileSync(join(folder, 'bin', 'kubectl'), '#!/bin/sh\necho "Client Version: v1.0.0"\n');
    for (const name of ['aws', 'kubectl']) chmodSync(join(folder, 'bin', name), 0o755);
    const include = (name: string) => readFileSync(join(projectRoot, 'buildspecs', 'lib', name), 'utf8');
    const program = [include('program.sh'), include('kubectl.sh'), 'kubectl apply; node "$PROGRAM"'].join('\n');
    const ran = spawnSync('bash', ['-c', program], {
      encoding: 'utf8',
      env: {
        PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
        STATE: folder,
        TMPDIR: folder,
        KUBECONFIG: join(folder, 'kubeconfig'),
        CODEBUILD_SRC_DIR: folder,
        KUBECTL_VERSION: '1.35',
        KUBECTL_S3: 's3://assets/layer.zip',
        KUBECTL_SHA256: pins.kubectl,
        PROGRAM_S3: 's3://assets/deploy.mjs',
        PROGRAM_SHA256: pins.deployer,
      },
    });
    return { reached: ran.stdout.includes('deployer') || wasCalled(folder), said: ran.stderr.trim() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const wasCalled = (folder: string): boolean => {
  try {
    return readFileSync(join(folder, 'called'), 'utf8') !== '';
  } catch {
    return false;
  }
};

const pinned: Check<Taken> = {
  name: 'programs-are-pinned',
  holds:
    'A deploy takes the deployer, kubectl and helm only with the hashes that its stack was made with; else nothing of them is called.',
  findings: (subject) => {
    const { reached, said } = deploy(subject);
    return reached ? [] : [said];
  },
};

const mutant = (id: string, description: string, apply: (subject: Taken) => unknown): Mutant<Taken> => ({
  id,
  description,
  foundBy: pinned.name,
  apply,
});

/** The programs of a deploy, taken by the buildspec's own shell. */
export const ofPrograms = suite({
  name: 'the programs that a deploy takes',
  subject: taken,
  checks: [pinned],
  mutants: [
    mutant('deployer-flipped', 'deployer with one bit changed', (all) => (all.deployer = flipped(all.deployer))),
    mutant(
      'deployer-swapped',
      'deployer of somebody else',
      (all) => (all.deployer = Buffer.from('console.log("deployer of another")').toString('base64')),
    ),
    mutant(
      'deployer-longer',
      'deployer with a line more',
      (all) =>
        (all.deployer = Buffer.concat([Buffer.from(all.deployer, 'base64'), Buffer.from('\n')]).toString('base64')),
    ),
    mutant('deployer-gone', 'deployer that is empty', (all) => (all.deployer = '')),
    mutant('kubectl-flipped', 'archive of kubectl with one bit changed', (all) => (all.kubectl = flipped(all.kubectl))),
    mutant(
      'kubectl-longer',
      'archive of kubectl with something behind its end',
      (all) => (all.kubectl = Buffer.concat([Buffer.from(all.kubectl, 'base64'), Buffer.alloc(4)]).toString('base64')),
    ),
    mutant('no-pin', 'project without a hash', (all) => (all.sha256.kubectl = '')),
    mutant(
      'pins-swapped',
      'project with the hash of another file',
      (all) => (all.sha256.deployer = all.sha256.kubectl),
    ),
  ],
});
