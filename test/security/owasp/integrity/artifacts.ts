import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractZip } from '../../../../lib/local/codebuild/unzip';
import { writeZip } from '../../../../lib/local/codebuild/zip';
import { type Check, type Mutant, suite } from '../mutants';
import { flipped } from './flip';

/** An artifact between two actions, in base64. */
interface Artifact {
  zip: string;
}

const SMALL = 'k8s/deployment.yaml';
const LARGE = 'dist/visits.whl';

async function artifact(): Promise<Artifact> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-integrity-'));
  try {
    const content = { [SMALL]: 'image: visits\n'.repeat(50), [LARGE]: 'wheel '.repeat(400_000) };
    const entries = Object.entries(content).map(([name, text]) => {
      const path = join(folder, name.replaceAll('/', '-'));
      writeFileSync(path, text);
      return { name, path };
    });
    const zip = join(folder, 'artifact.zip');
    await writeZip(zip, entries, { links: false });
    return { zip: readFileSync(zip).toString('base64') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const whole: Check<Artifact> = {
  name: 'artifacts-arrive-whole',
  holds: 'An artifact whose bytes are not those that were packed is refused by the action that takes it.',
  findings: async ({ zip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-integrity-'));
    try {
      const file = join(folder, 'artifact.zip');
      writeFileSync(file, Buffer.from(zip, 'base64'));
      mkdirSync(join(folder, 'out'));
      const extracted = await extractZip(file, join(folder, 'out'));
      return extracted.ok ? [] : [...extracted.errors];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Where the bytes of an entry begin: its local header has 30 bytes, then its name (APPNOTE 4.3.7). */
const dataOf = (zip: string, name: string): number => Buffer.from(zip, 'base64').indexOf(name) + name.length;

const mutant = (id: string, description: string, at: (zip: string) => number, survives?: string): Mutant<Artifact> => ({
  id,
  description,
  foundBy: whole.name,
  apply: (subject) => {
    subject.zip = flipped(subject.zip, at(subject.zip));
  },
  ...(survives !== undefined && { survives }),
});

/** What one action hands to the next. */
export const ofArtifacts = suite({
  name: 'an artifact between two actions',
  subject: artifact,
  checks: [whole],
  mutants: [
    mutant('small-flipped', 'artifact with one bit of a small file changed', (zip) => dataOf(zip, SMALL) + 20),
    mutant('large-flipped', 'artifact with one bit of a large file changed', (zip) => dataOf(zip, LARGE) + 200),
    mutant(
      'checksum-flipped',
      'artifact with one bit of a checksum changed',
      (zip) => Buffer.from(zip, 'base64').indexOf('PK\x01\x02') + 16,
    ),
    {
      id: 'cut',
      description: 'artifact that was cut off',
      foundBy: whole.name,
      apply: (subject) => {
        subject.zip = subject.zip.slice(0, -400);
      },
    },
  ],
});
