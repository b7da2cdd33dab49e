import type { DrillRelease, Stage } from './stage';

/** What a drill may want otherwise. Times are in seconds. */
export interface DeployFlags {
  readonly command?: 'deploy' | 'accept' | 'restore' | 'preview';
  /** Whether a verified release is the last known good one at once. */
  readonly accept?: boolean;
  readonly rollout?: number;
  readonly smoke?: number;
  readonly settle?: number;
  readonly lock?: number;
  readonly unreachable?: number;
  /** JSON of lib/deploy/strategy.ts. */
  readonly strategy?: string;
  readonly alarms?: readonly string[];
  /** Further environment of the deployer. */
  readonly environment?: Readonly<Record<string, string>>;
}

const LIMITS = { rollout: 40, smoke: 15, settle: 1, lock: 30, unreachable: 30 };

/** The command line of the deployer for a release. */
export function deployCommand(stage: Stage, release: DrillRelease, image: string, flags: DeployFlags): string[] {
  const { venue, service, namespace } = stage;
  const { command = 'deploy', accept = false, strategy = '{"kind":"rolling"}', alarms = [] } = flags;
  const limit = (name: keyof typeof LIMITS): string => `${flags[name] ?? LIMITS[name]}s`;
  return [
    process.execPath,
    venue.programs.deployer,
    command,
    ...['--service', service, '--environment', 'drill', '--namespace', namespace],
    ...(command === 'accept' || command === 'restore' ? [] : releaseOptions(release, image)),
    ...['--releases', stage.releases, '--output', stage.output],
    ...['--strategy', strategy],
    ...['--rollout-timeout', limit('rollout'), '--smoke-timeout', limit('smoke'), '--settle', limit('settle')],
    ...['--lock-timeout', limit('lock'), '--unreachable', limit('unreachable')],
    ...(venue.proxy ? ['--url', venue.proxy.url(namespace, service)] : []),
    ...(alarms.length > 0 ? ['--alarms', ...alarms] : []),
    ...(accept ? ['--accept'] : []),
  ];
}

function releaseOptions({ version, manifests, repository, digest }: DrillRelease, image: string): string[] {
  return ['--version', version, '--manifests', manifests, '--image', `${image}=${repository}@${digest}`];
}
