import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../lib/local/clock';
import { writeZip } from '../lib/local/codebuild/zip';
import type { ActionReport } from '../lib/local/executor';
import { codeBuildExecutor } from '../lib/local/executors/codebuild';
import { openJournal } from '../lib/local/journal';
import { countLines } from '../lib/local/output-text';
import type { CodeBuildAction } from '../lib/local/plan';
import type { Figure } from './measure';

/** What became of a log of many lines on its whole way: process, lines, mask, log.txt, events, journal. */
interface LogFigures {
  /** The build's BUILD phase. */
  readonly seconds: number;
  /** `cat` of the same file to a file, synced as the journal is. */
  readonly catSeconds: number;
}

const MILLION = 1_000_000;

/** A log of a million lines: half of what `cat` carries from file to file is the aim. */
export async function logFigure(lines = MILLION): Promise<Figure> {
  const { seconds, catSeconds } = await measureLog(lines);
  return {
    name: `a log of ${lines.toLocaleString('en')} lines`,
    ours: seconds * 1000,
    yardstick: catSeconds * 1000,
    against: 'cat of the same lines to a file',
    aim: 2,
  };
}

/** One build that prints `count` lines of a build's usual length, with a secret to be masked. */
async function measureLog(count: number): Promise<LogFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-log-'));
  try {
    const file = join(folder, 'lines.txt');
    writeLines(file, count);
    const before = performance.now();
    execFileSync('/bin/sh', ['-c', `cat '${file}' > '${folder}/copy.txt' && sync '${folder}/copy.txt'`]);
    const catSeconds = (performance.now() - before) / 1000;
    const seconds = await build(folder, `cat '${file}'`, count);
    return { seconds, catSeconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Piece by piece: what is measured runs in this process and is not to pay for a full heap. */
function writeLines(file: string, count: number): void {
  const descriptor = openSync(file, 'w');
  for (let first = 0; first < count; first += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, count - first) }, (_, place) => {
      const index = first + place;
      return `${index} Compiling src/components/module-${index % 977}.ts ... done in ${index % 89} ms\n`;
    });
    writeSync(descriptor, lines.join(''));
  }
  closeSync(descriptor);
}

async function build(folder: string, command: string, count: number): Promise<number> {
  const journal = openJournal(join(folder, 'journal.jsonl'), openSync(join(folder, 'journal.jsonl'), 'ax'));
  const zip = join(folder, 'source.zip');
  writeFileSync(join(folder, 'README'), '');
  await writeZip(zip, [{ name: 'README', path: join(folder, 'README') }], { links: false });
  const workspace = join(folder, 'build');
  mkdirSync(workspace);
  mkdirSync(join(folder, 'bin'));
  const executor = codeBuildExecutor({
    stateFolder: join(folder, '.slipway'),
    tools: { binFolder: join(folder, 'bin') },
    endpoint: {
      url: 'http://127.0.0.1:1',
      credentialsFor: () => ({
        accessKeyId: 'AKIDEXAMPLE',
        secretAccessKey: 'wJalrXUtnFEMI/K7MDENG',
        sessionToken: 'FwoGZXIvYXdzEXAMPLE',
      }),
    },
    account: '111122223333',
    region: 'eu-west-1',
    partition: 'aws',
    secrets: {
      parameter: () => ({ ok: true, value: '' }),
      secret: () => ({ ok: true, value: '' }),
      values: () => ({ ok: true, value: {} }),
    } as never,
    extraEnvironment: {},
    userEnvironment: { PATH: process.env['PATH'] },
    clock: systemClock,
  });
  let seen = 0;
  let began = 0;
  let seconds = 0;
  const emit = (report: ActionReport): void => {
    if (report.kind === 'output') seen += countLines(report.text);
    if (report.kind === 'phase-started' && report.phase === 'BUILD') began = performance.now();
    journal.append({
      time: new Date().toISOString(),
      execution: 'e',
      stage: 'Build',
      action: 'Build/Build',
      ...report,
    });
    if (report.kind === 'phase-ended' && report.phase === 'BUILD') seconds = (performance.now() - began) / 1000;
  };
  const context = { pipeline: 'p', execution: 'e', workspace, inputs: { Source: zip }, revisions: {} };
  const outcome = await executor.execute(actionOf(command), context, emit, new AbortController().signal);
  await journal.close();
  if (outcome.status !== 'Succeeded' || seen < count) throw new Error(`${outcome.status}, ${seen} lines of ${count}`);
  return seconds;
}

const actionOf = (command: string): CodeBuildAction => ({
  kind: 'codebuild',
  id: 'Build/Build',
  stage: 'Build',
  name: 'Build',
  runOrder: 1,
  inputs: ['Source'],
  outputs: [],
  environment: [],
  project: {
    name: 'log',
    logicalId: 'Log',
    arn: 'arn:aws:codebuild:eu-west-1:111122223333:project/log',
    roleArn: 'arn:aws:iam::111122223333:role/log',
    image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0',
    computeType: 'BUILD_GENERAL1_SMALL',
    privileged: false,
    buildspec: JSON.stringify({ version: 0.2, phases: { build: { commands: [command] } } }),
    environment: [],
    timeoutMinutes: 30,
  },
});
