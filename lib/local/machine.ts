import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { type AlarmWatchOptions, watchAlarms } from './aws/alarms';
import { callLog } from './aws/call-log';
import { type Endpoint, type EndpointOptions, startEndpoint } from './aws/endpoint';
import { KeyRing } from './aws/kms/key-ring';
import { type MetricSource, MetricStore } from './aws/metrics';
import type { Clock } from './clock';
import { StackRecords } from './cloudformation/stack-record';
import { accessOf } from './cluster/auth/entry-access';
import { type ClusterHandle, type EnsureClusterOptions, ensureCluster } from './cluster/daemon';
import { containerInsights } from './cluster/insights';
import { RunningBuilds } from './codebuild/running-builds';
import { secretsFile } from './codebuild/secrets';
import type { RulePorts } from './engine/rules/rule';
import type { Executors } from './executor';
import { approvalExecutor } from './executors/approval';
import { ArtifactObjects } from './executors/artifact-objects';
import { cloudFormationExecutor } from './executors/cloudformation';
import { codeBuildExecutor } from './executors/codebuild';
import { codeCommitExecutor } from './executors/codecommit';
import { commandsExecutor } from './executors/commands';
import { connectionExecutor } from './executors/connection';
import { ecrBuildExecutor } from './executors/ecr-build';
import { eksExecutor } from './executors/eks';
import { lambdaExecutor } from './executors/lambda';
import { pipelineInvokeExecutor } from './executors/pipeline-invoke';
import { s3DeployExecutor } from './executors/s3-deploy';
import type { SourceOptions } from './executors/source';
import { ImageStore } from './image/store';
import type { PipelineHost } from './pipelines/host';
import type { Bindings } from './plan';
import type { AskAfterPause } from './rooms/pause';
import type { RoomKind } from './rooms/room';
import type { RepositoryLocation } from './source/revision';
import type { Tools } from './tools/tools';
import type { World } from './world';

export interface MachineOptions {
  /** Slipway's own folder, with the bundles in `dist/`. */
  readonly projectRoot: string;
  /** `.slipway`. */
  readonly stateFolder: string;
  readonly bindings: Bindings;
  readonly world: World;
  readonly tools: Tools;
  /** The user's environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Image repository -> what runs in its place. */
  readonly images: Readonly<Record<string, { readonly command: readonly string[] }>>;
  /** What stands for the RUN lines of the service's Dockerfile. */
  readonly prepare?: string;
  /** Whether an audit whose database cannot be reached fails its build or did not run. */
  readonly auditOutage: 'fail' | 'not-run';
  /** The service's repository; or where each repository of the pipelines is. */
  readonly source: RepositoryLocation | SourceOptions['resolveRepository'];
  /** Services of the endpoint beside its own, by signing name. */
  readonly services?: EndpointOptions['services'];
  readonly clock: Clock;
  /** How many times faster than on AWS bake times pass. */
  readonly clockRate: number;
  /** Told of each change of an alarm's state. */
  readonly onAlarm?: AlarmWatchOptions['onChange'];
  /** A cluster to deploy to in place of the embedded one: its kubeconfig (see copyContext). */
  readonly otherCluster?: { readonly kubeconfig: string; readonly server: string };
  /** Pipelines by name; asked at every call, since hosts are made after the machine. None: no pipeline can be invoked. */
  readonly pipelines?: () => ReadonlyMap<string, PipelineHost>;
  /** Where builds run; default: this machine. */
  readonly rooms?: RoomKind;
  /** Holds builds whose command failed, and asks how to go on. */
  readonly pause?: AskAfterPause;
  readonly signal: AbortSignal;
}

/** What stands for AWS while pipelines run here: endpoint, cluster, executors. */
export interface Machine {
  readonly executors: Executors;
  /** What the rules of conditions ask. */
  readonly rules: RulePorts;
  readonly endpoint: Endpoint;
  /** Where deploys go: address of its API, and a kubeconfig. */
  readonly cluster: {
    readonly url: string;
    readonly kubeconfig: string;
    /** Whether it was there before this machine was opened, and stays when it closes. */
    readonly stays: boolean;
  };
  /** Ends everything; with `keepCluster` the cluster and its pods go on without us. */
  close(options?: { readonly keepCluster?: boolean }): Promise<void>;
}

/** Brings up what the templates stand up on AWS. What an earlier, killed run left behind is to be ended before (endStrayBuilds). */
export async function openMachine(options: MachineOptions): Promise<Machine> {
  const { stateFolder, bindings, world, tools, environment, clock } = options;
  const registry = join(stateFolder, 'registry');
  const bucketFolder = (bucket: string) => ({ bucket, folder: join(stateFolder, 'buckets', bucket) });
  const artifactStore = bucketFolder(`codepipeline-${bindings.region}-${bindings.account}`);
  const images = new ImageStore(registry);
  for (const { name, immutable, exclusions } of world.repositories)
    await images.setMutability(name, { immutable, exclusions });
  const secrets = secretsFile(join(stateFolder, '..', 'slipway.secrets.yaml'));
  let cluster: ClusterHandle | undefined;
  const metrics = new MetricStore();
  const runningBuilds = new RunningBuilds();
  const insights: MetricSource = async (query) => {
    const name = query.dimensions['ClusterName'];
    return cluster && name !== undefined ? containerInsights(cluster, name)(query) : undefined;
  };
  const watch = watchAlarms({
    alarms: world.alarms,
    metrics: metrics.over(insights, () => clock.now(), 60_000),
    clock,
    clockRate: options.clockRate,
    ...(options.onAlarm && { onChange: options.onAlarm }),
  });
  if (!watch.ok) throw new Error(`alarms of the templates: ${watch.errors.join('; ')}`);
  const endpoint = await startEndpoint({
    ...bindings,
    otherAccounts: world.otherAccounts,
    clusters: world.clusters.map(({ name, arn, version = '' }) => ({
      name,
      arn,
      version,
      url: () => cluster?.url,
      caData: () => cluster?.caData,
    })),
    images,
    repositories: world.repositories.map(({ name }) => name),
    alarms: watch.value,
    metrics,
    permissions: world.permissions,
    onCall: callLog(join(stateFolder, 'calls.jsonl')),
    secrets,
    stopBuild: (id) => runningBuilds.stop(id),
    ...(options.pipelines && { pipelines: options.pipelines }),
    objects: world.assets.filter(({ packaging }) => packaging === 'file'),
    buckets: [...world.buckets.map(bucketFolder), artifactStore],
    keys: new KeyRing(world.signingKeys, join(stateFolder, 'keys')),
    ...(options.services && { services: options.services }),
  });
  const { otherCluster, source } = options;
  const resolveRepository = typeof source === 'function' ? source : () => source;
  try {
    if (!otherCluster) cluster = await ensureCluster(embeddedCluster(options, endpoint, registry));
    const kubeconfig = otherCluster?.kubeconfig ?? cluster?.kubeconfig ?? '';
    const manifests = world.clusters.flatMap((each) => each.manifests);
    if (manifests.length > 0) await applyManifests(manifests, kubeconfig, options);
  } catch (cause) {
    await cluster?.stop();
    await endpoint.close();
    throw cause;
  }

  const running = cluster;
  const artifactObjects = new ArtifactObjects(artifactStore);
  const builds = codeBuildExecutor({
    ...bindings,
    running: runningBuilds,
    stateFolder,
    tools,
    endpoint,
    secrets,
    extraEnvironment: {
      SLIPWAY_REGISTRY: registry,
      SLIPWAY_PREPARE: options.prepare ?? '',
      PIP_AUDIT_OUTAGE: options.auditOutage,
      ...(tools.versions['syft'] === undefined && { IMAGE_SBOM: 'not-run' }),
      ...(otherCluster && { KUBECONFIG: otherCluster.kubeconfig }),
    },
    userEnvironment: environment,
    clock,
    ...(options.rooms && { rooms: options.rooms }),
    ...(options.pause && { pause: options.pause }),
  });
  const watching = new AbortController();
  const watched = watch.value.run(watching.signal);
  return {
    endpoint,
    rules: {
      alarmState: (name) => watch.value.states().find(({ alarm }) => alarm.name === name || alarm.arn === name)?.state,
      clock,
      clockRate: options.clockRate,
    },
    cluster: {
      url: otherCluster?.server ?? running?.url ?? '',
      kubeconfig: otherCluster?.kubeconfig ?? running?.kubeconfig ?? '',
      stays: otherCluster !== undefined || running?.adopted === true,
    },
    executors: {
      codecommit: codeCommitExecutor({ resolveRepository, environment }),
      connection: connectionExecutor({ resolveRepository, environment }),
      approval: approvalExecutor({ clock }),
      lambda: lambdaExecutor({
        endpoint,
        account: bindings.account,
        region: bindings.region,
        artifacts: artifactObjects,
        clock,
        clockRate: options.clockRate,
      }),
      codebuild: builds,
      commands: commandsExecutor(builds, bindings),
      'ecr-build': ecrBuildExecutor(builds, bindings),
      eks: eksExecutor(builds, bindings),
      's3-deploy': s3DeployExecutor({ bucketFolder: (bucket) => bucketFolder(bucket).folder, clock }),
      cloudformation: cloudFormationExecutor({
        ...bindings,
        records: new StackRecords(join(stateFolder, 'stacks'), bindings.region),
        artifacts: artifactObjects,
        clock,
      }),
      'pipeline-invoke': pipelineInvokeExecutor({
        ...bindings,
        start: (pipeline, request) => options.pipelines?.().get(pipeline)?.start(request),
      }),
    },
    async close({ keepCluster = false } = {}) {
      watching.abort();
      await watched;
      // One that was up before this run stays up.
      await (keepCluster || running?.adopted ? running?.detach() : running?.stop());
      await endpoint.close();
    },
  };
}

function embeddedCluster(
  { projectRoot, stateFolder, world, tools, environment, images, signal }: MachineOptions,
  endpoint: Endpoint,
  registry: string,
): EnsureClusterOptions {
  return {
    stateFolder,
    entry: join(projectRoot, 'dist', 'cluster.mjs'),
    options: {
      name: world.clusters[0]?.name ?? 'slipway',
      stsUrl: endpoint.url,
      registry,
      commands: Object.fromEntries(Object.entries(images).map(([image, { command }]) => [image, command])),
      path: `${tools.binFolder}:${environment['PATH'] ?? ''}`,
      access: world.clusters.flatMap(({ accessEntries }) => accessEntries.flatMap(accessOf)),
    },
    signal,
  };
}

/** Puts into the cluster what `cdk deploy` would: the templates' own manifests, the namespaces first of all. */
async function applyManifests(
  manifests: readonly object[],
  kubeconfig: string,
  { tools: { binFolder }, environment, signal }: MachineOptions,
): Promise<void> {
  const documents = manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n');
  const child = spawn(join(binFolder, 'kubectl'), ['apply', '-f', '-'], {
    env: { PATH: environment['PATH'], KUBECONFIG: kubeconfig, HOME: dirname(kubeconfig) },
    stdio: ['pipe', 'ignore', 'pipe'],
    signal,
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
    child.stdin.end(documents);
  });
  if (code !== 0) throw new Error(`kubectl could not apply the cluster stack's manifests:\n${complaint.trim()}`);
}
