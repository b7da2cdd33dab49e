import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { err, ok, type Result } from '../../result';
import { extractZip } from '../codebuild/unzip';
import { writeZip } from '../codebuild/zip';
import type { ActionContext, Emit, Executor, Outcome } from '../executor';
import { linesOf } from '../output-text';
import type { CodeBuildAction, EksAction, EnvironmentVariable } from '../plan';
import { type ManagedPlace, managedBuild } from './managed-build';
import { quote } from './quote';

/** CodePipeline user guide, limits: an action without a timeout of its own. */
const MINUTES = 60;
/** Lines of the programs' output that a failure quotes. */
const QUOTED_LINES = 5;

const REFUSED = /\b(Forbidden|Unauthorized)\b/;

/**
 * Deploy/AWS/EKS: kubectl or helm as the action's role, against the cluster that builds deploy to. The variables of the action
 * replace `$NAME` and `${NAME}` in manifests and values, nothing else does. It ends when the objects are applied; nothing is
 * waited for (the user guide names no wait).
 */
export const eksExecutor = (builds: Executor<CodeBuildAction>, place: ManagedPlace): Executor<EksAction> => ({
  async execute(action, context, emit, signal) {
    const input = await substituted(action, context);
    if (!input.ok) return { status: 'Failed', reason: input.errors.join('; ') };
    const complaints: string[] = [];
    const listening: Emit = (report) => {
      if (report.kind === 'output')
        complaints.push(...linesOf(report.text).filter((line) => !line.startsWith('[slipway] ')));
      complaints.splice(0, complaints.length - QUOTED_LINES);
      emit(report);
    };
    const inputs = { ...context.inputs, [action.inputs[0] as string]: input.value };
    const build = managedBuild(
      action,
      {
        commands: commandsOf(action),
        environment: action.environment,
        exports: ['EKSClusterName'],
        timeoutMinutes: MINUTES,
      },
      place,
    );
    return explained(await builds.execute(build, { ...context, inputs }, listening, signal), action, complaints);
  },
});

function commandsOf({ cluster, deployment, namespaceName }: EksAction): string[] {
  const namespace = namespaceName === undefined ? '' : ` --namespace ${quote(namespaceName)}`;
  const common = [
    // A run against another cluster brings a kubeconfig along.
    `EKSClusterName=${quote(cluster)}; test -n "\${KUBECONFIG:-}" || aws eks update-kubeconfig --name "$EKSClusterName"`,
  ];
  if (deployment.tool === 'kubectl')
    return [...common, `kubectl apply${namespace} ${names(deployment.manifests).map(fileFlag).join(' ')}`];
  const values = valuesOf(deployment.chart, deployment.values).map(fileFlag);
  return [
    'command -v helm || { echo "helm is not on this machine: install it, or deploy with ManifestFiles" >&2; exit 127; }',
    ...common,
    ['helm upgrade --install', quote(deployment.release), quote(deployment.chart), ...values].join(' ') + namespace,
  ];
}

const fileFlag = (file: string): string => `-f ${quote(file)}`;

const names = (list: string): string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** The values files lie in the chart's folder. */
const valuesOf = (chart: string, values: string | undefined): string[] =>
  names(values ?? '').map((file) => `${chart.replace(/\/$/, '')}/${file}`);

/** The input with the variables in place: the path of a zip of its own. */
async function substituted(action: EksAction, context: ActionContext): Promise<Result<string, string>> {
  const zip = context.inputs[action.inputs[0] ?? ''];
  if (zip === undefined) return err('the action has no input artifact');
  const folder = join(context.workspace, 'manifests');
  await mkdir(folder);
  const extracted = await extractZip(zip, folder);
  if (!extracted.ok) return extracted;
  const { deployment, environment } = action;
  const chosen =
    deployment.tool === 'kubectl' ? names(deployment.manifests) : valuesOf(deployment.chart, deployment.values);
  if (deployment.tool === 'kubectl' && chosen.length === 0) return err('ManifestFiles names no file');
  const problems: string[] = [];
  for (const name of chosen) {
    const problem = await substituteIn(folder, name, environment);
    if (problem !== undefined) problems.push(problem);
  }
  if (problems.length > 0) return err(...problems);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, name: path.slice(folder.length + 1) }));
  const target = join(context.workspace, 'manifests.zip');
  await writeZip(target, files, { links: true });
  await rm(folder, { recursive: true });
  return ok(target);
}

/** Says what is wrong with the name, if anything is. Links are left as they are. */
async function substituteIn(
  folder: string,
  name: string,
  environment: readonly EnvironmentVariable[],
): Promise<string | undefined> {
  const relative = normalize(name);
  if (relative.startsWith('..') || relative.startsWith('/')) return `${name} is no path inside of the input artifact`;
  const path = join(folder, relative);
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return `the input artifact has no ${name}`;
  const files = found.isDirectory()
    ? (await readdir(path, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : found.isFile()
      ? [path]
      : [];
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    const replaced = substitute(text, environment);
    if (replaced !== text) await writeFile(file, replaced);
  }
  return undefined;
}

/** Replaces `$NAME` and `${NAME}` of the variables given, once; what else begins with a dollar stays. */
export const substitute = (text: string, environment: readonly EnvironmentVariable[]): string =>
  text.replace(/\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))/g, (reference, braced?: string, bare?: string) => {
    const variable = environment.find(({ name }) => name === (braced ?? bare));
    return variable?.value ?? reference;
  });

function explained(outcome: Outcome, { cluster, roleArn }: EksAction, complaints: readonly string[]): Outcome {
  if (outcome.status !== 'Failed' || complaints.length === 0) return outcome;
  const hint = complaints.some((line) => REFUSED.test(line))
    ? [`  The role ${roleArn} needs an access entry of cluster ${cluster} with a policy that allows this.`]
    : [];
  return { ...outcome, reason: [outcome.reason, ...complaints.map((line) => `  ${line}`), ...hint].join('\n') };
}
