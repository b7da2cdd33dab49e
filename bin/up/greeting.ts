import type { Endpoint } from '../../lib/local/aws/endpoint';
import type { GitServer } from '../../lib/local/git-server/server';
import type { ServedRepository } from '../../lib/local/git-server/service';
import type { Bindings, Plan } from '../../lib/local/plan';
import type { World } from '../../lib/local/world';

export interface Greeting {
  readonly place: Bindings;
  readonly plans: readonly Plan[];
  readonly world: World;
  readonly endpoint: Endpoint;
  readonly cluster: { readonly url: string; readonly kubeconfig: string };
  readonly server: GitServer;
  readonly repositories: readonly ServedRepository[];
  /** Name of the git remote that has the address already; undefined: none has. */
  readonly remote: string | undefined;
}

/** What a user needs to know of a slipway that is up: where to push, what starts, how to reach it. */
export function greeting(options: Greeting): string {
  const { place, plans, endpoint, cluster, server, repositories, remote } = options;
  const several = repositories.length > 1;
  const remotes = repositories.flatMap(({ name }) => {
    const url = server.url(name);
    const called = several ? name.replace(/\W+/g, '-') : 'slipway';
    return remote === undefined
      ? [row(several ? name : 'git', `git remote add ${called} ${url}`)]
      : [row(several ? name : 'git', `the remote ${remote}: ${url}`)];
  });
  const starts = plans.flatMap((plan) => {
    const reasons = startedBy(plan, options);
    return (reasons.length > 0 ? reasons : ['by `slipway start` alone']).map((reason, index) =>
      row('', `${index === 0 ? plan.pipeline.padEnd(24) : ' '.repeat(24)} ${reason}`),
    );
  });
  const branch = repositories[0]?.defaultBranch ?? 'main';
  return [
    '',
    'slipway is up.',
    '',
    ...remotes,
    row('', `git push ${several ? '<remote>' : (remote ?? 'slipway')} ${branch}`),
    '',
    row('pipelines', '').trimEnd(),
    ...starts,
    '',
    row('aws', `export AWS_ENDPOINT_URL=${endpoint.url} AWS_REGION=${place.region} AWS_DEFAULT_REGION=${place.region}`),
    row('', `export AWS_ACCESS_KEY_ID=${endpoint.operator.accessKeyId}`),
    row('', `export AWS_SECRET_ACCESS_KEY=${endpoint.operator.secretAccessKey}`),
    row('kubectl', `export KUBECONFIG=${cluster.kubeconfig}`),
    row('look', 'slipway status, slipway logs, slipway approve, slipway start'),
    '',
    'Ctrl-C ends it; what runs then goes on with the next `slipway up`.',
  ].join('\n');
}

const row = (name: string, text: string): string => `  ${name.padEnd(10)} ${text}`;

function startedBy({ pipeline, stages, triggers = [] }: Plan, { world, place }: Greeting): string[] {
  const arn = `arn:${place.partition}:codepipeline:${place.region}:${place.account}:${pipeline}`;
  const rules = world.rules.filter(({ enabled, targets }) => enabled && targets.some((target) => target.arn === arn));
  const sources = (stages[0]?.actions ?? []).flatMap((action) => {
    if (action.kind === 'codecommit')
      return action.polls ? [`a push to ${action.branch} of ${action.repository} (polling)`] : [];
    if (action.kind !== 'connection') return [];
    if (triggers.some(({ sourceAction }) => sourceAction === action.name))
      return [`a push to ${action.repository} that its trigger is about`];
    return action.detectsChanges === false ? [] : [`a push to ${action.branch} of ${action.repository}`];
  });
  return [...rules.map(({ name, description }) => description ?? `rule ${name}`), ...sources];
}
