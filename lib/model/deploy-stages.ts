import type { DeliveryInput, EnvironmentInput } from './delivery-input';
import { job, VERSION } from './job';
import { alarmName, approvalStageName, imageRepositoryName, stageName } from './names';
import type { BakeAction, BuildAction, Stage, Target } from './pipeline';

/** All approvals at once, before anything of the environment is touched. `previous`: the environment that was deployed last. */
export const approvalStage = (
  input: DeliveryInput,
  environment: EnvironmentInput,
  previous: EnvironmentInput | undefined,
): Stage => ({
  name: approvalStageName(environment.name),
  actions: environment.approvals.map((approval) => ({
    kind: 'approval',
    name: approval.name,
    runOrder: 1,
    message: approval.message ?? `Deploy ${input.service.name} ${VERSION} to ${environment.name}?`,
    ...(previous?.url === undefined ? {} : { link: previous.url }),
    timeoutMinutes: approval.timeoutMinutes,
  })),
});

/** Deploy, verify what was deployed, watch it for a while; any failure brings the last good release back. */
export const deployStage = (input: DeliveryInput, environment: EnvironmentInput): Stage => ({
  name: stageName(environment.name),
  actions: [deploy(input, environment), verify(input, environment), ...bake(input, environment)],
  onFailure: 'ROLLBACK',
});

const target = ({ name, namespace }: EnvironmentInput): Target => ({ environment: name, namespace });

const place = (input: DeliveryInput, { name, namespace }: EnvironmentInput) => ({
  SERVICE: input.service.name,
  CLUSTER: input.cluster.name,
  NAMESPACE: namespace,
  ENVIRONMENT: name,
});

const deploy = (input: DeliveryInput, environment: EnvironmentInput): BuildAction => ({
  ...job('deploy'),
  name: 'Deploy',
  category: 'Build',
  variables: { VERSION },
  environment: {
    ...place(input, environment),
    MANIFESTS: environment.manifests,
    HELM_VALUES: environment.helm.values.join(' '),
    REPOSITORY: imageRepositoryName(input.service.name),
    ROLLOUT_TIMEOUT: `${environment.rolloutTimeoutSeconds}s`,
    SETTLE: `${environment.settleSeconds}s`,
    STRATEGY: JSON.stringify(environment.strategy),
  },
  target: target(environment),
  timeoutMinutes: deployMinutes(environment),
});

/**
 * Two rollouts one after the other and, if they fail, their undoing, each up to its timeout; a canary's steps with a rollout each;
 * and ten minutes for the rest.
 */
const deployMinutes = ({ rolloutTimeoutSeconds, settleSeconds, strategy }: EnvironmentInput): number => {
  const steps = (strategy.steps ?? []).reduce((sum, { seconds }) => sum + seconds + rolloutTimeoutSeconds, 0);
  return 10 + Math.ceil((4 * (rolloutTimeoutSeconds + settleSeconds) + steps) / 60);
};

const verify = (input: DeliveryInput, environment: EnvironmentInput): BuildAction => ({
  ...job('verify'),
  name: 'Verify',
  runOrder: 2,
  namespace: `${stageName(environment.name)}Verify`,
  exports: ['BASE_URL'],
  variables: { VERSION },
  environment: {
    ...place(input, environment),
    PACKAGE_DIR: input.build.package,
    URL: environment.url ?? '',
    SUITE: environment.suite,
  },
  target: target(environment),
  timeoutMinutes: 20,
});

const bake = (input: DeliveryInput, environment: EnvironmentInput): BakeAction[] =>
  environment.bakeMinutes === undefined
    ? []
    : [
        {
          kind: 'bake',
          name: 'Bake',
          runOrder: 3,
          alarm: alarmName(input.service.name, environment.name),
          minutes: environment.bakeMinutes,
          target: target(environment),
        },
      ];
