import type { DeliveryInput, EnvironmentInput } from './delivery-input';
import { COMMIT, job, VERSION } from './job';
import {
  alarmName,
  approvalStageName,
  environmentRoleName,
  imageRepositoryName,
  platformAlarmName,
  stageName,
} from './names';
import type { BakeAction, BuildAction, BuildRule, Stage, Target } from './pipeline';
import { IGNORE_ALARMS, referenceTo } from './pipeline-variables';

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

/**
 * Deploy, verify what was deployed, watch it for a while, and only then accept it as the last good release; any failure brings the
 * one before back.
 */
export const deployStage = (input: DeliveryInput, environment: EnvironmentInput): Stage => {
  const deploy = deployAction(input, environment);
  return {
    name: stageName(environment.name),
    actions: [deploy, verify(input, environment), ...bake(input, environment), accept(deploy)],
    onFailure: { result: 'ROLLBACK', rules: [restore(deploy)] },
  };
};

const target = (input: DeliveryInput, { name, namespace, elsewhere }: EnvironmentInput): Target => ({
  environment: name,
  namespace,
  ...(elsewhere && {
    elsewhere: { account: elsewhere.account, role: environmentRoleName(input.service.name, name, 'action') },
  }),
});

const platformAlarm = (input: DeliveryInput, { elsewhere }: EnvironmentInput): string =>
  platformAlarmName(input.service.name, elsewhere?.account);

const place = (input: DeliveryInput, { name, namespace, elsewhere }: EnvironmentInput) => ({
  SERVICE: input.service.name,
  CLUSTER: (elsewhere?.cluster ?? input.cluster).name,
  NAMESPACE: namespace,
  ENVIRONMENT: name,
});

const deployAction = (input: DeliveryInput, environment: EnvironmentInput): BuildAction => ({
  ...job('deploy'),
  name: 'Deploy',
  category: 'Build',
  variables: { VERSION, COMMIT, MODE: 'deploy', IGNORE_ALARMS: referenceTo(IGNORE_ALARMS) },
  environment: {
    ...place(input, environment),
    MANIFESTS: environment.manifests,
    HELM_VALUES: environment.helm.values.join(' '),
    REPOSITORY: imageRepositoryName(input.service.name),
    ROLLOUT_TIMEOUT: `${environment.rolloutTimeoutSeconds}s`,
    SETTLE: `${environment.settleSeconds}s`,
    STRATEGY: JSON.stringify(environment.strategy),
    URL: environment.url ?? '',
    ALARMS: `${alarmName(input.service.name, environment.name)} ${platformAlarm(input, environment)}`,
  },
  target: target(input, environment),
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

/** The deployer's last word, after everything else that judges the release. */
const accept = (deploy: BuildAction): BuildAction => ({
  ...deploy,
  name: 'Accept',
  runOrder: 4,
  project: deploy.name,
  variables: { VERSION, MODE: 'accept' },
});

/**
 * Brings the last good release back through the deployer, which needs no earlier execution of the pipeline for it: CodePipeline's
 * own rollback finds none after a change of the pipeline.
 */
const restore = (deploy: BuildAction): BuildRule => ({
  name: 'RestoreLastGood',
  provider: 'CodeBuild',
  project: deploy.name,
  input: deploy.input,
  variables: { VERSION, MODE: 'restore' },
  ...(deploy.target && { target: deploy.target }),
});

const verify = (input: DeliveryInput, environment: EnvironmentInput): BuildAction => ({
  ...job('verify'),
  name: 'Verify',
  runOrder: 2,
  namespace: verifyNamespace(environment),
  exports: ['BASE_URL'],
  variables: { VERSION },
  environment: {
    ...place(input, environment),
    PACKAGE_DIR: input.build.package,
    URL: environment.url ?? '',
    SUITE: environment.suite,
  },
  target: target(input, environment),
  timeoutMinutes: 20,
});

const verifyNamespace = ({ name }: EnvironmentInput): string => `${stageName(name)}Verify`;

const bake = (input: DeliveryInput, environment: EnvironmentInput): BakeAction[] =>
  environment.bakeMinutes === undefined
    ? []
    : [
        {
          kind: 'bake',
          name: 'Bake',
          runOrder: 3,
          alarm: alarmName(input.service.name, environment.name),
          platformAlarm: platformAlarm(input, environment),
          minutes: environment.bakeMinutes,
          url: `#{${verifyNamespace(environment)}.BASE_URL}`,
          version: VERSION,
          inconclusive: environment.bakeInconclusive,
          ignoreAlarms: referenceTo(IGNORE_ALARMS),
          target: target(input, environment),
        },
      ];
