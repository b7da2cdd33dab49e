import { relative } from 'node:path';
import { announceEndpoint } from '../lib/local/aws/announce';
import { systemClock } from '../lib/local/clock';
import { endStrayBuilds } from '../lib/local/executors/stray-builds';
import { copyContext } from '../lib/local/kube-context';
import { type Machine, type MachineOptions, openMachine } from '../lib/local/machine';
import { createPipelineHost } from '../lib/local/pipelines/create';
import type { PipelineHost } from '../lib/local/pipelines/host';
import type { Plan } from '../lib/local/plan';
import type { Reporter } from '../lib/local/reporters/reporter';
import type { AskAfterPause } from '../lib/local/rooms/pause';
import { ensureTools, type Tools } from '../lib/local/tools/tools';
import type { World } from '../lib/local/world';
import { allOrNone } from './all-or-none';
import { bindings } from './bindings';
import { exitCode } from './exit-codes';
import { Failure } from './failure';
import type { Project } from './project';
import { type RoomOptions, roomsOf } from './rooms';
import { synthesizeProject } from './synthesize';

export interface HostingOptions extends RoomOptions {
  readonly project: Project;
  readonly source: MachineOptions['source'];
  /** Deploys go to this context of the user's kubeconfig. */
  readonly context?: string;
  readonly realTime?: boolean;
  /** Services of the endpoint beside its own, made when the templates are known. */
  services?(synthesized: { readonly plans: readonly Plan[]; readonly world: World }): MachineOptions['services'];
  readonly onAlarm?: MachineOptions['onAlarm'];
  /** Holds builds whose command failed, and asks how to go on. */
  readonly pause?: AskAfterPause;
  /** Shows how it gets ready. */
  readonly reporter: Pick<Reporter, 'prepare' | 'text'>;
}

/** A machine and a host for every pipeline of the templates. */
export interface Hosting {
  readonly machine: Machine;
  readonly plans: readonly Plan[];
  readonly world: World;
  /** By the pipeline's name. */
  readonly hosts: ReadonlyMap<string, PipelineHost>;
  /** Ends what runs (see PipelineHost.close), the cluster unless it is kept, and the endpoint. */
  close(how: 'unfinished' | 'stopped', options?: { readonly keepCluster?: boolean }): Promise<void>;
}

/** A bake of five minutes takes five seconds. */
const CLOCK_RATE = 60;

/**
 * Gets this machine ready and opens the pipelines: tools, synthesis, endpoint, cluster, hosts. For the one who holds the folder
 * (holdFolder). What a killed run left behind is ended first; unfinished executions stay so until `resume` of their host.
 */
export async function openHosting(options: HostingOptions, signal: AbortSignal): Promise<Hosting> {
  const { project, reporter } = options;
  const rooms = await roomsOf(project, options, signal);
  await endStrayBuilds(project.state, process.env);
  const preparing = preparations(reporter);
  const [tools, { plans, world }] = await allOrNone(
    signal,
    (either) => preparing('Tools', (progress) => provideTools(project, progress, either)),
    (either) =>
      preparing('Synthesis', async () => {
        const synthesized = await synthesizeProject(project, either);
        return [synthesized, synthesized.fresh ? 'cdk.out written' : 'cdk.out is up to date'];
      }),
  );
  signal.throwIfAborted();
  const hosts = new Map<string, PipelineHost>();
  const machine = await preparing('Cluster', async () => {
    const opened = await machineOf(options, { plans, world, tools, pipelines: () => hosts, rooms }, signal);
    return [
      opened,
      options.context
        ? `context ${options.context}, ${opened.cluster.url}`
        : `embedded: pods are processes of this machine, ${opened.cluster.url}`,
    ];
  });
  try {
    const onUnreadable = (reason: string) => reporter.text(`left out: ${reason}`);
    for (const plan of plans) {
      const { executors, rules } = machine;
      const host = await createPipelineHost({ plan, executors, rules, stateFolder: project.state, onUnreadable });
      hosts.set(plan.pipeline, host);
    }
    const announced = announceEndpoint({
      ...bindings(project.config),
      stateFolder: project.state,
      endpoint: machine.endpoint,
    });
    return {
      machine,
      plans,
      world,
      hosts,
      async close(how, { keepCluster = false } = {}) {
        announced.withdraw();
        try {
          await Promise.all([...hosts.values()].map((host) => host.close(how)));
        } finally {
          await machine.close({ keepCluster });
        }
      },
    };
  } catch (cause) {
    await machine.close();
    throw cause;
  }
}

async function machineOf(
  options: HostingOptions,
  made: {
    readonly plans: readonly Plan[];
    readonly world: World;
    readonly tools: Tools;
    readonly pipelines: NonNullable<MachineOptions['pipelines']>;
    readonly rooms: MachineOptions['rooms'];
  },
  signal: AbortSignal,
): Promise<Machine> {
  const { plans, world, tools, pipelines, rooms } = made;
  const { project, source, context, realTime, services, onAlarm, pause } = options;
  const { local } = project.config;
  const otherCluster = context === undefined ? undefined : await contextOf(project, context, tools, signal);
  const more = services?.({ plans, world });
  return openMachine({
    projectRoot: project.root,
    stateFolder: project.state,
    bindings: bindings(project.config),
    world,
    tools,
    environment: process.env,
    images: local.images,
    ...(local.prepare === undefined ? {} : { prepare: local.prepare }),
    auditOutage: local.auditOutage,
    source,
    ...(more && { services: more }),
    pipelines,
    clock: systemClock,
    clockRate: realTime ? 1 : CLOCK_RATE,
    ...(rooms && { rooms }),
    ...(onAlarm && { onAlarm }),
    ...(pause && { pause }),
    ...(otherCluster && { otherCluster }),
    signal,
  });
}

async function contextOf(project: Project, context: string, tools: Tools, signal: AbortSignal) {
  const copied = await copyContext({ context, stateFolder: project.state, tools, environment: process.env, signal });
  if (!copied.ok) throw new Failure(copied.errors.join('\n'), exitCode['usage, configuration or template is wrong']);
  return copied.value;
}

/** What the builds call, installed if it is not. */
async function provideTools(
  project: Project,
  progress: (detail: string) => void,
  signal: AbortSignal,
): Promise<readonly [Tools, string]> {
  const result = await ensureTools({
    projectRoot: project.root,
    stateFolder: `${project.root}/.slipway`,
    environment: { ...process.env, SLIPWAY_STATE: project.state },
    onProgress: progress,
    signal,
  });
  const problems = result.ok
    ? result.value.missing.map(({ program, reason }) => `${program}: ${reason}`)
    : result.errors.map(({ message }) => message);
  if (!result.ok || problems.length > 0)
    throw new Failure(problems.join('\n'), exitCode['this machine lacks something (slipway doctor)']);
  const versions = Object.entries(result.value.versions).map(([name, version]) => `${name} ${version}`);
  return [result.value, versions.join(', ')];
}

/** Wraps a step of getting ready so that it is shown, with what came of it. */
function preparations(reporter: HostingOptions['reporter']) {
  return async <T>(
    name: string,
    work: (progress: (detail: string) => void) => Promise<readonly [T, string]>,
  ): Promise<T> => {
    reporter.prepare({ kind: 'preparation', name, status: 'started' });
    try {
      const [value, detail] = await work((step) =>
        reporter.prepare({ kind: 'preparation', name, status: 'progress', detail: step }),
      );
      reporter.prepare({ kind: 'preparation', name, status: 'done', detail });
      return value;
    } catch (cause) {
      reporter.prepare({ kind: 'preparation', name, status: 'failed' });
      throw cause;
    }
  };
}

/** How a path is shown to the user. */
export const shown = (path: string): string => relative('', path) || '.';
