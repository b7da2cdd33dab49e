import { err, ok, type Result } from '../result';

interface Assumption {
  readonly value: number;
  readonly means: string;
}

/** What no template says and a bill depends on. `slipway cost --assume name=value` puts your own number in its place. */
export const ASSUMPTIONS = {
  nodes: { value: 2, means: 'EC2 instances (m5.large) that Auto Mode runs for the pods, all month' },
  pods: { value: 20, means: 'pods in the cluster, those of the system among them' },
  'observations-per-node': { value: 40, means: 'Container Insights observations of a node each minute' },
  'observations-per-pod': { value: 40, means: 'Container Insights observations of a pod each minute' },
  'load-balancers': { value: 1, means: 'load balancers that Kubernetes makes for each environment' },
  'nat-gb': { value: 20, means: 'GB a month through the NAT gateways of a VPC while nothing is delivered' },
  'nat-s3-share': { value: 0.5, means: 'share of that which goes to S3: image layers, artifacts' },
  'control-plane-log-gb': { value: 30, means: 'GB a month of EKS control-plane logs; reports go from 10 to 200' },
  'audit-log-share': { value: 0.9, means: 'share of the control-plane logs that api and audit write' },
  'flow-log-gb': { value: 5, means: 'GB a month of VPC flow logs' },
  'flow-log-rejected-share': { value: 0.1, means: 'share of the flow logs that is about rejected traffic' },
  'container-log-gb': { value: 2, means: 'GB a month in each log group of Container Insights' },
  'log-compression': { value: 0.15, means: 'stored size of a log, of what was taken in' },
  'codecommit-users': { value: 5, means: 'users of CodeCommit in a month' },
  'build-seconds': { value: 120, means: 'a build that was never run on this machine' },
  'start-seconds': { value: 30, means: 'what CodeBuild takes before and after the commands of a build' },
  'source-seconds': { value: 15, means: 'a source action' },
  'invoke-minutes': { value: 1, means: 'a Lambda action whose parameters name no minutes' },
  'other-seconds': { value: 60, means: 'an action of any other kind' },
  'build-log-mb': { value: 1, means: 'MB that a build logs' },
  'nat-mb-per-build': { value: 200, means: 'MB that a build inside the VPC moves through NAT' },
  'artifact-mb': { value: 10, means: 'MB of artifacts a run, kept for a month' },
  'image-mb': { value: 80, means: 'MB of new image layers a run that builds an image, kept for a month' },
  'kms-requests': { value: 500, means: 'KMS requests a run' },
} as const satisfies Readonly<Record<string, Assumption>>;

export type AssumptionName = keyof typeof ASSUMPTIONS;
export type Assumptions = Readonly<Record<AssumptionName, number>>;

const isName = (name: string): name is AssumptionName => Object.hasOwn(ASSUMPTIONS, name);

/** The defaults with `given` in their place. Errors: a name that is none, a value that is no number of at least 0. */
export function assume(given: Readonly<Record<string, string>> = {}): Result<Assumptions, string> {
  const errors: string[] = [];
  const values = Object.fromEntries(Object.entries(ASSUMPTIONS).map(([name, { value }]) => [name, value])) as Record<
    AssumptionName,
    number
  >;
  for (const [name, text] of Object.entries(given)) {
    const value = Number(text);
    if (!isName(name))
      errors.push(`nothing is assumed about "${name}"; expected ${Object.keys(ASSUMPTIONS).join(', ')}`);
    else if (!/^\d+(\.\d+)?$/.test(text)) errors.push(`${name}: expected a number of at least 0, got "${text}"`);
    else if (/-share$|-compression$/.test(name) && value > 1) errors.push(`${name}: expected at most 1, got "${text}"`);
    else values[name] = value;
  }
  return errors.length > 0 ? err(...errors) : ok(values);
}
