import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../result';
import { runCommand } from './tools/command';
import type { Tools } from './tools/tools';

export interface KubeContextOptions {
  /** Name of a context in the user's kubeconfig. */
  readonly context: string;
  /** `.slipway`: the copy goes into it. */
  readonly stateFolder: string;
  readonly tools: Tools;
  /** The user's: KUBECONFIG and HOME say where the kubeconfig is. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** What this needs of a kubeconfig (client-go, clientcmd/api/v1). */
interface KubeConfig {
  readonly clusters?: readonly { readonly cluster: { readonly server: string } }[];
  readonly users?: readonly { readonly user: { exec?: { env?: readonly EnvironmentEntry[] | null } } }[];
}

interface EnvironmentEntry {
  readonly name: string;
  readonly value: string;
}

/**
 * A kubeconfig of that one context alone, for builds, which see neither the user's home nor their credentials. A credential
 * plugin gets both back by its own `env` entries, and the AWS CLI among them asks AWS and not the local endpoint.
 */
export async function copyContext(
  options: KubeContextOptions,
): Promise<Result<{ readonly kubeconfig: string; readonly server: string }, string>> {
  const { context, stateFolder, tools, environment, signal } = options;
  const kubectl = (...args: string[]) =>
    runCommand(join(tools.binFolder, 'kubectl'), ['config', ...args], { environment, signal, timeout: 20_000 });
  const view = await kubectl('view', '--raw', '--minify', '--flatten', `--context=${context}`, '--output=json');
  const config = view.code === 0 ? (JSON.parse(view.stdout) as KubeConfig) : undefined;
  const server = config?.clusters?.[0]?.cluster.server;
  if (config === undefined || server === undefined) {
    const known = (await kubectl('get-contexts', '--output=name')).stdout.trim().split('\n').filter(Boolean);
    const there = known.length > 0 ? `there are: ${known.join(', ')}` : 'it has none';
    return err(`your kubeconfig has no usable context ${context}; ${there}${view.code === 0 ? '' : `\n${view.said}`}`);
  }
  for (const { user } of config.users ?? []) {
    if (user.exec) user.exec.env = [...pluginEnvironment(environment), ...(user.exec.env ?? [])];
  }
  const kubeconfig = join(stateFolder, 'context.kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify(config), { mode: 0o600 });
  return ok({ kubeconfig, server });
}

/** Set to nothing, the keys of a build's own session do not count for AWS's credential chain. */
const BUILD_KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN'];

function pluginEnvironment(user: Readonly<Record<string, string | undefined>>): EnvironmentEntry[] {
  const entries = new Map<string, string>(BUILD_KEYS.map((name) => [name, '']));
  entries.set('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'true');
  for (const [name, value] of Object.entries(user)) {
    if (value !== undefined && /^(HOME|PATH|AWS_.*|AZURE_.*|GOOGLE_.*|CLOUDSDK_.*)$/.test(name))
      entries.set(name, value);
  }
  return [...entries].map(([name, value]) => ({ name, value }));
}
