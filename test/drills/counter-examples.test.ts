import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import bundle from '../../lib/bundle.json';
import type { DrillResult } from '../../lib/drill/drill';
import { runDrill } from '../../lib/drill/run';
import { drillNamed, ROOT, venueFor } from './harness';

/** A deployer with one thing taken out of it, and the drill that must notice. */
interface Mutant {
  readonly without: string;
  readonly drill: string;
  readonly file: string;
  readonly find: RegExp;
  readonly put: string;
  /** What the drill says. */
  readonly notices: RegExp;
}

const MUTANTS: readonly Mutant[] = [
  {
    without: 'names with a hash of the content',
    drill: 'only-configuration',
    file: 'lib/deploy/render/render.ts',
    find: /= hashNames\(/,
    put: '= ((objects) => objects)(',
    notices: /pods are still those of before/,
  },
  {
    without: 'leaving replicas to an autoscaler',
    drill: 'autoscaled',
    file: 'lib/deploy/render/render.ts',
    find: /leaveOutReplicas\(/,
    put: '((objects) => objects)(',
    notices: /replicas are 2, not the autoscaler's 4/,
  },
  {
    without: 'checks before the first change',
    drill: 'no-replicas',
    file: 'lib/deploy/real-parts.ts',
    find: /preflight: preflight\([^)]*\)/,
    put: 'preflight: async () => undefined',
    notices: /not Refused/,
  },
  {
    without: 'pruning',
    drill: 'partly-rejected',
    file: 'lib/deploy/prune.ts',
    find: /new Set\(references\.map\(kindArg\)\)/,
    put: '[]',
    notices: /a ConfigMap of the rejected release is still there/,
  },
];

/** Milliseconds: for all of them, on a busy machine. */
const PATIENCE = 300_000;
const NAIVE = 'answers-errors';
const results = new Map<string, DrillResult>();

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-mutants-'));
  const venue = await venueFor('', []);
  const run = async (name: string, deployer: string) => {
    const programs = { ...venue.programs, deployer };
    const options = { venue: { ...venue, programs }, signal: new AbortController().signal, atOnce: 1 };
    results.set(name, await runDrill(drillNamed(name), options));
  };
  try {
    await Promise.all([
      run(NAIVE, join(__dirname, 'naive-deployer.mjs')),
      ...MUTANTS.map(async (mutant) => run(mutant.drill, await bundled(mutant, folder))),
    ]);
  } finally {
    await venue.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, PATIENCE);

async function bundled({ drill, file, find, put }: Mutant, folder: string): Promise<string> {
  const path = join(ROOT, file);
  const source = readFileSync(path, 'utf8');
  if (!find.test(source)) throw new Error(`${file} has no ${find} any more: the mutant needs another place`);
  const outfile = join(folder, `${drill}.mjs`);
  const contents = source.replace(find, put);
  await build({
    ...(bundle as object),
    entryPoints: [join(ROOT, 'lib/deploy/main.ts')],
    outfile,
    logLevel: 'error',
    plugins: [
      {
        name: 'mutant',
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.ts$/ }, (args) => (args.path === path ? { contents, loader: 'ts' } : null)),
      },
    ],
  });
  return outfile;
}

test.each(MUTANTS)('a deployer without $without fails the drill $drill', ({ drill, notices }) => {
  const { status, complaints } = results.get(drill) as DrillResult;
  expect(status).toBe('FAIL');
  expect(complaints.join('\n')).toMatch(notices);
});

test('apply, wait and undo: a release that answers with errors is let through', () => {
  const { status, complaints } = results.get(NAIVE) as DrillResult;
  expect(status).toBe('FAIL');
  expect(complaints.join('\n')).toMatch(/it ended Verified, not RolledBack/);
});
