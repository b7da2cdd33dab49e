import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bindings } from '../bin/bindings';
import { openProject } from '../bin/project';
import { synthesizeProject } from '../bin/synthesize';
import { systemClock } from '../lib/local/clock';
import { type Machine, openMachine } from '../lib/local/machine';
import { createPipelineHost } from '../lib/local/pipelines/create';
import type { PipelineHost } from '../lib/local/pipelines/host';
import type { Plan, PlannedAction } from '../lib/local/plan';
import { actionsOf, type RunState } from '../lib/local/run-state';
import { ensureTools } from '../lib/local/tools/tools';
import { pipelineVariables, resolveAction } from '../lib/local/variables';
import { type BareBuilds, bareBuild } from './bare';
import { type Figure, median, run, timed } from './measure';

const rounds = 3;

/**
 * The sample's development pipeline, by the engine with its journal and every action, against the commands of its critical path
 * from plain bash in a row, less the one that attests and what verifies that. Each run of either has a commit of its own, so that nothing is skipped because it was tested before;
 * cluster, tools and caches are there, since the first round of both only warms up.
 */
export async function pipelineFigure(root: string): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const service = join(folder, 'service');
  const signal = new AbortController().signal;
  let machine: Machine | undefined;
  const hosts = new Map<string, PipelineHost>();
  try {
    copySample(root, service);
    const yaml = readFileSync(join(root, 'slipway.yaml'), 'utf8');
    writeFileSync(join(folder, 'slipway.yaml'), yaml.replace(/^( *path:) examples\/visits\b/m, '$1 service'));
    // Brings the bundles up to date, which stand-ins and cluster start from.
    await run(process.execPath, ['bin/slipway.mjs', '--help'], { cwd: root });
    const project = openProject({ config: join(folder, 'slipway.yaml') });
    mkdirSync(project.state);
    const { plans, world } = await synthesizeProject(project, signal);
    const plan = plans.find(({ pipeline }) => pipeline === `${project.config.service.name}-development`);
    if (plan === undefined) throw new Error('slipway.yaml has no development pipeline');
    const tools = await ensureTools({
      projectRoot: root,
      stateFolder: join(root, '.slipway'),
      environment: process.env,
      onProgress: () => {},
      signal,
    });
    if (!tools.ok) throw new Error(tools.errors.map(({ message }) => message).join('\n'));
    const { local } = project.config;
    machine = await openMachine({
      projectRoot: root,
      stateFolder: project.state,
      bindings: bindings(project.config),
      world,
      tools: tools.value,
      environment: process.env,
      images: local.images,
      ...(local.prepare === undefined ? {} : { prepare: local.prepare }),
      auditOutage: local.auditOutage,
      source: { folder: service },
      pipelines: () => hosts,
      clock: systemClock,
      clockRate: 60,
      signal,
    });
    const builds: BareBuilds = {
      folder: mkdtempSync(join(folder, 'bare-')),
      bindings: bindings(project.config),
      binFolder: tools.value.binFolder,
      stateFolder: project.state,
      endpoint: machine.endpoint,
      extra: {
        SLIPWAY_REGISTRY: join(project.state, 'registry'),
        SLIPWAY_PREPARE: local.prepare ?? '',
        PIP_AUDIT_OUTAGE: local.auditOutage,
      },
    };
    return { name: 'development pipeline', ...(await compare(plan, machine, hosts, builds, service)), aim: 1.1 };
  } finally {
    await machine?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Medians of both, alternating. */
async function compare(
  plan: Plan,
  machine: Machine,
  hosts: Map<string, PipelineHost>,
  builds: BareBuilds,
  service: string,
): Promise<Pick<Figure, 'ours' | 'yardstick' | 'against'>> {
  const ours: number[] = [];
  const yardstick: number[] = [];
  let path: readonly string[] = [];
  const { executors, rules } = machine;
  const host = await createPipelineHost({ plan, executors, rules, stateFolder: builds.stateFolder });
  // The endpoint answers builds that ask about their execution.
  hosts.set(plan.pipeline, host);
  for (let round = 0; round <= rounds; round++) {
    commit(service);
    const { time, state } = await pipeline(host);
    // What attests an execution needs one: the yardstick does without, and so does its deploy (bareBuild).
    path = criticalPath(plan, state).filter((id) => id !== 'Test/Attest');
    commit(service);
    const bare = await bareCriticalPath(plan, builds, service, path);
    if (round === 0) continue;
    ours.push(time);
    yardstick.push(bare);
  }
  return {
    ours: median(ours),
    yardstick: median(yardstick),
    against: `${path.map((id) => id.slice(id.indexOf('/') + 1)).join(', ')} from plain bash`,
  };
}

async function pipeline(host: PipelineHost): Promise<{ time: number; state: RunState }> {
  let execution = '';
  const time = await timed(async () => {
    const started = await host.start({ trigger: { type: 'StartPipelineExecution', detail: 'bench' } });
    if (!started.ok) throw new Error(started.errors.map(({ message }) => message).join('; '));
    execution = started.value.execution;
    const outcome = await host.ended(execution);
    if (outcome.status !== 'Succeeded') throw new Error(`the pipeline ${outcome.status}: ${outcome.reason}`);
  });
  const state = host.execution(execution)?.state;
  if (state === undefined) throw new Error(`execution ${execution} is not known`);
  const skipped = state.stages.filter(({ status }) => status !== 'Succeeded').map(({ name }) => name);
  if (skipped.length > 0) throw new Error(`the pipeline did not run its stages ${skipped.join(', ')}`);
  return { time, state };
}

/** Of each stage and run order the action that took longest. */
function criticalPath(plan: Plan, state: RunState): string[] {
  const took = new Map(
    actionsOf(state).map(({ id, startedAt = '', endedAt = '' }) => [id, Date.parse(endedAt) - Date.parse(startedAt)]),
  );
  const of = ({ id }: PlannedAction) => took.get(id) ?? 0;
  return groupsOf(plan).map((group) => group.reduce((a, b) => (of(b) > of(a) ? b : a)).id);
}

const groupsOf = (plan: Plan): PlannedAction[][] =>
  plan.stages.flatMap(({ actions }) =>
    [...new Set(actions.map(({ runOrder }) => runOrder))]
      .sort((a, b) => a - b)
      .map((order) => actions.filter(({ runOrder }) => runOrder === order)),
  );

/** Milliseconds that the path's commands take. Other actions run too, untimed, where their variables are needed. */
async function bareCriticalPath(
  plan: Plan,
  builds: BareBuilds,
  service: string,
  path: readonly string[],
): Promise<number> {
  const source = { commit: git(service, 'rev-parse', 'HEAD'), archive: join(builds.folder, 'source.tar') };
  const given = pipelineVariables(plan, {});
  if (!given.ok) throw new Error(given.errors.join('; '));
  const scope = new Map<string, Readonly<Record<string, string>>>([['variables', given.value]]);
  let total = 0;
  for (const action of groupsOf(plan).flat()) {
    const critical = path.includes(action.id);
    if (!critical && action.namespace === undefined) continue;
    const resolved = resolveAction(action, scope);
    if (!resolved.ok) throw new Error(`${action.id}: ${resolved.errors.join('; ')}`);
    let time: number;
    let variables: Record<string, string>;
    if (resolved.value.kind === 'codecommit') {
      time = await timed(() => run('git', ['-C', service, 'archive', '--output', source.archive, 'HEAD']));
      variables = { CommitId: source.commit };
    } else if (resolved.value.kind === 'codebuild') {
      const build = bareBuild(builds, resolved.value, source);
      time = await timed(build.run);
      variables = build.variables();
      build.remove();
    } else throw new Error(`${action.id} is not a command`);
    if (action.namespace !== undefined) scope.set(action.namespace, variables);
    if (critical) total += time;
  }
  return total;
}

function copySample(root: string, service: string): void {
  const sample = join(root, 'examples', 'visits');
  for (const file of git(sample, 'ls-files', '-z').split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(service, file)), { recursive: true });
    cpSync(join(sample, file), join(service, file));
  }
  git(service, 'init', '--quiet', '--initial-branch=develop');
  git(service, 'add', '--all');
}

const commit = (service: string): string =>
  git(service, 'commit', '--quiet', '--allow-empty', '--message', 'The sample service');

const git = (folder: string, ...args: string[]): string =>
  execFileSync(
    'git',
    [
      '-C',
      folder,
      '-c',
      'user.name=Bench',
      '-c',
      'user.email=bench@example.com',
      '-c',
      'commit.gpgsign=false',
      ...args,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  ).trim();
