import { type Command, InvalidArgumentError } from 'commander';
import type { Strategy } from './strategy';
import { parseStrategy } from './strategy/parse';

/** Values of the command line, checked one by one. Times are in seconds. */
export interface CommonOptions extends ProvenanceOptions {
  readonly service: string;
  readonly environment: string;
  readonly namespace: string;
  readonly releases: string;
  readonly version?: string;
  readonly strategy: Strategy;
  readonly rolloutTimeout: number;
  readonly smokeTimeout: number;
  readonly settle: number;
  readonly lockTimeout: number;
  readonly lockDuration: number;
  readonly unreachable: number;
  readonly url?: string;
  readonly smoke: boolean;
  readonly readyPath: string;
  readonly versionPath: string;
  readonly output: string;
  readonly kubectl: string;
  readonly context?: string;
  readonly id?: string;
  readonly requestedAt: string;
}

/** Where what is signed about images is, and what it must say: all of it, or none. */
export interface ProvenanceOptions {
  readonly attestations?: string;
  readonly provenanceKey?: string;
  readonly builders?: readonly string[];
  readonly sourceRepository?: string;
  readonly commit?: string;
  readonly imageRepository?: string;
}

export interface DeployOptions extends CommonOptions {
  readonly version: string;
  readonly manifests: string;
  readonly helmValues: readonly string[];
  readonly image: ImageOption;
  readonly alarms: readonly string[];
  readonly ignoreAlarms: boolean;
  readonly accept: boolean;
}

interface ImageOption {
  readonly name: string;
  readonly repository: string;
  readonly digest: string;
}

/** What every command has. */
export function withCommonOptions(command: Command, now: () => Date): Command {
  return command
    .requiredOption(
      '--service <name>',
      'name of the service; its own workloads have the label app.kubernetes.io/name=<name>',
      label,
    )
    .requiredOption('--environment <name>', 'name of the environment', label)
    .requiredOption('--namespace <name>', 'namespace of the environment', label)
    .requiredOption('--releases <location>', 'where releases are kept: s3://bucket/prefix, or a folder')
    .option('--version <version>', 'version of the release')
    .option('--strategy <json>', 'how pods give way to new ones', strategy, { kind: 'rolling' })
    .option('--rollout-timeout <time>', 'longest time for a rollout', duration, 300)
    .option('--smoke-timeout <time>', 'longest time until the service answers with the new version', duration, 60)
    .option('--settle <time>', 'how long pods are watched after they are ready', duration, 5)
    .option('--lock-timeout <time>', 'longest time to wait for another deploy', duration, 600)
    .option('--lock-duration <time>', 'how long the lock outlives a deployer that was killed', duration, 60)
    .option('--unreachable <time>', 'how long the API may be away', duration, 120)
    .option('--url <url>', 'base URL for the smoke test; default: the address of the Service named as the service', url)
    .option('--no-smoke', 'make no request')
    .option('--ready-path <path>', 'must answer 200', '/readyz')
    .option('--version-path <path>', 'must answer JSON with the version; empty: is not asked', '/version')
    .option('--output <folder>', 'for result.json, junit.xml, diff.txt and evidence', 'deploy-report')
    .option('--kubectl <program>', 'kubectl to use', 'kubectl')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--id <id>', 'name of this deploy, as others see it in the lock; default: made of host and process')
    .option(
      '--requested-at <time>',
      'when this deploy was asked for (ISO 8601): of two the later wins',
      instant,
      now().toISOString(),
    );
}

/** How the image of a release must have come about: of the one that is deployed, or of the one that is put back. */
export function withProvenanceOptions(command: Command, purpose: 'deploy' | 'restore'): Command {
  command
    .option('--attestations <location>', 'what is signed about images: s3://bucket/prefix, or a folder', nothingEmpty)
    .option('--provenance-key <arn>', 'KMS key that must have signed it', keyArn)
    .option('--builders <arn...>', 'pipelines that may have built the image', (each: string, all?: string[]) => [
      ...(all ?? []),
      nothingEmpty(each),
    ])
    .option(
      '--source-repository <name>',
      'repository that it must come from, as the signed statement names it',
      nothingEmpty,
    );
  return purpose === 'deploy'
    ? command.option('--commit <commit>', 'commit that it must come from', commit)
    : command.option('--image-repository <uri>', "repository of the service's image", nothingEmpty);
}

/** What a release is made of. */
export function withReleaseOptions(command: Command): Command {
  return command
    .requiredOption('--manifests <path>', 'kustomization or chart folder, or plain YAML: a folder or file')
    .option('--helm-values <file...>', 'values of the chart', [])
    .requiredOption(
      '--image <name=repository@digest>',
      "the service's image: its name in the manifests, and what takes its place",
      image,
    );
}

/** `300`, `300s`, `5m`, `1h`, `250ms` -> seconds. */
export function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (!match) throw new InvalidArgumentError(`expected a time such as 300s or 5m.`);
  return Number(match[1]) * ({ ms: 0.001, s: 1, m: 60, h: 3600 }[match[2] ?? 's'] ?? 1);
}

export function image(text: string): ImageOption {
  const match = /^([^=@\s]+)=([^=@\s]+)@(sha256:[0-9a-f]{64})$/.exec(text);
  if (!match) throw new InvalidArgumentError('expected name=repository@sha256:<64 hex digits>.');
  return { name: match[1] as string, repository: match[2] as string, digest: match[3] as string };
}

function nothingEmpty(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('expected something.');
  return text;
}

function keyArn(text: string): string {
  if (!/^arn:[^:]+:kms:[^:]+:\d{12}:(?:key\/[0-9a-zA-Z-]+|alias\/[0-9a-zA-Z/_-]+)$/.test(text))
    throw new InvalidArgumentError('expected the ARN of a key, or of an alias of it.');
  return text;
}

function commit(text: string): string {
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text))
    throw new InvalidArgumentError('expected 40 or 64 hexadecimal digits.');
  return text;
}

function label(text: string): string {
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) {
    throw new InvalidArgumentError('expected lower-case letters, digits and hyphens, at most 63.');
  }
  return text;
}

function url(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text)) throw new InvalidArgumentError('expected http://… or https://….');
  return text;
}

function instant(text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError('expected a time such as 2026-11-21T13:17:36Z.');
  return new Date(time).toISOString();
}

function strategy(text: string): Strategy {
  const parsed = parseStrategy(text);
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.errors.join('; ')}.`);
  return parsed.value;
}
