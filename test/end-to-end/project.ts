import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Event } from '../../lib/local/event';
import { type RunState, runState } from '../../lib/local/run-state';
import { type FaultName, faults } from '../fixtures/faults';

const root = resolve(__dirname, '..', '..');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A user's project: slipway.yaml and, in a folder beside it, a service in a git repository of its own. */
export interface TestProject {
  readonly folder: string;
  readonly service: string;
  /** Puts the service back to the sample, with these faults, and commits. Gives the commit. */
  commit(...planted: FaultName[]): string;
  /** Runs the command line to its end. */
  slipway(...args: string[]): Promise<Ended>;
  /** `slipway run … --json`, read back. */
  run(...args: string[]): Promise<Ended & { readonly events: readonly Event[]; readonly state: RunState }>;
  /** The same project with these variables in the environment. */
  with(environment: Readonly<Record<string, string>>): TestProject;
  remove(): Promise<void>;
}

/** `edit` changes the text of the project's slipway.yaml. */
export function makeProject(edit: (yaml: string) => string = (yaml) => yaml, name = 'slipway-e2e-'): TestProject {
  const folder = mkdtempSync(join(tmpdir(), name));
  const service = join(folder, 'service');
  const yaml = readFileSync(join(root, 'slipway.yaml'), 'utf8')
    .replace('path: examples/visits', 'path: service')
    // Pods that die after they were ready are tried elsewhere; here it would only be waited for.
    .replace(/^ {4}#settle: .*$/m, '    settle: 0s');
  writeFileSync(join(folder, 'slipway.yaml'), edit(yaml));
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', service, '-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();

  const inEnvironment = (environment: Readonly<Record<string, string>>): TestProject => ({
    folder,
    service,
    commit(...planted) {
      mkdirSync(service, { recursive: true });
      for (const entry of execFileSync('ls', ['-A', service], { encoding: 'utf8' }).split('\n').filter(Boolean)) {
        if (entry !== '.git') rmSync(join(service, entry), { recursive: true });
      }
      const sample = join(root, 'examples', 'visits');
      for (const file of execFileSync('git', ['-C', sample, 'ls-files', '-z', '-co', '--exclude-standard', '.'], {
        encoding: 'utf8',
      })
        .split('\0')
        .filter(Boolean)) {
        cpSync(join(sample, file), join(service, file));
      }
      for (const fault of planted) faults[fault].apply(service);
      git('init', '--quiet', '--initial-branch=develop');
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message', planted.join(', ') || 'The sample service');
      return git('rev-parse', 'HEAD');
    },
    with: (more) => inEnvironment({ ...environment, ...more }),
    slipway: (...args) => start(folder, args, environment),
    async run(...args) {
      const ended = await start(folder, ['run', '--json', ...args], environment);
      const events = ended.stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Event)
        .filter((event) => 'execution' in event);
      const first = events[0]?.execution;
      return { ...ended, events, state: runState(events.filter(({ execution }) => execution === first)) };
    },
    async remove() {
      await start(folder, ['clean'], environment);
      rmSync(folder, { recursive: true, force: true });
    },
  });
  const project = inEnvironment({});
  project.commit();
  return project;
}

/** An `edit` of slipway.yaml for tests of something else than what the checks find; they would only take their time. */
export const fewerChecks = (yaml: string): string =>
  yaml.replace(/^( {4}(?:flake8|pylint|mypy|black|isort|bandit|pip-audit|secrets):) .*$/gm, '$1 false');

function start(folder: string, args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [join(root, 'bin', 'slipway.mjs'), ...args], {
      cwd: folder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

/** `Stage/Action` -> status, of every action that ran. */
export const statuses = (state: RunState): Record<string, string> =>
  Object.fromEntries(
    state.stages.flatMap((stage) =>
      stage.actions.filter(({ status }) => status !== 'Pending').map(({ id, status }) => [id, status]),
    ),
  );

/** `Stage/Action` -> reason and last lines, of every action that did not succeed: what a test shows when it fails. */
export const troubles = (state: RunState): Record<string, string> =>
  Object.fromEntries(
    state.stages.flatMap((stage) =>
      stage.actions
        .filter(({ status }) => status !== 'Pending' && status !== 'Succeeded')
        .map(({ id, status, reason, tail }) => [
          id,
          [`${status}: ${reason}`, ...tail.map(({ line }) => line)].join('\n'),
        ]),
    ),
  );
