import type { DeliveryInput, EnvironmentInput } from './delivery-input';
import { EXECUTION, IMAGE_DIGEST, SOURCE_ARTIFACT, VERSION } from './job';
import type { Action, ApprovalAction, BakeAction, BuildAction, Job, Pipeline } from './pipeline';
import { IGNORE_ALARMS, referenceTo } from './pipeline-variables';
import { isBefore, maySkip, type Placed, placedActions, provides } from './positions';

/**
 * Ways round a gate: empty when every path from a commit to each environment passes image, tests, scans and release, then every
 * environment before it with its verification, and every approval that the input asks for; and when what fails there rolls back.
 */
export const gateViolations = (pipeline: Pipeline, input: DeliveryInput): string[] => {
  const actions = placedActions(pipeline);
  const environments = input.environments.filter((environment) => environment.pipeline === pipeline.kind);
  return [
    ...releaseViolations(actions, required(input)),
    ...attestViolations(actions, pipeline, required(input)),
    ...strangers(actions, environments),
    ...pipeline.variables
      .filter((variable) => variable.name === IGNORE_ALARMS.name && variable.default !== 'no')
      .map(({ name }) => `${name} is not no by default: alarms stop nothing`),
    ...environments.flatMap((environment, index) =>
      environmentViolations(actions, environment, environments[index - 1]).map(
        (text) => `environment ${environment.name}: ${text}`,
      ),
    ),
  ];
};

const required = ({ checks }: DeliveryInput): Job[] => [
  'build',
  'image',
  'unit',
  ...(checks.integration ? (['integration'] as const) : []),
  'quality',
  'security',
  'attest',
];

const isJob =
  (job: Job) =>
  (placed: Placed): placed is Placed<BuildAction> =>
    placed.action.kind === 'build' && placed.action.job === job;

/** The release ends last of all checks; where they may be skipped, so is it, and only for a version that has been released. */
const releaseViolations = (actions: readonly Placed[], jobs: readonly Job[]): string[] => {
  const release = actions.find(isJob('release'));
  if (release === undefined) return ['nothing releases the image'];
  const found = jobs.flatMap((job) => {
    const check = actions.find(isJob(job));
    if (check === undefined) return [`there is no ${job}`];
    return provides(check, release) ? [] : [`${check.id} does not always end before ${release.id}`];
  });
  if (release.action.variables['IMAGE_DIGEST'] !== '#{Image.IMAGE_DIGEST}') {
    found.push(`${release.id}: does not release the image that was built`);
  }
  const images = actions.filter(isJob('image'));
  if (images.length > 1) found.push(`${images.length} image builds; what passed is not what is deployed`);
  const condition = release.stage.beforeEntry;
  if (condition?.result === 'SKIP') {
    const [rule, ...others] = condition.rules;
    const known = rule?.variable === '#{Build.TESTED}' && rule.operator === 'EQ' && rule.value === 'no';
    if (!known || others.length > 0) {
      found.push(`${release.stage.name}: may be skipped for another reason than #{Build.TESTED}`);
    }
  }
  return found;
};

/** What is signed of the image is signed after all that it says has passed, by an action that no commit has a say in. */
const attestViolations = (actions: readonly Placed[], { name }: Pipeline, jobs: readonly Job[]): string[] => {
  const attest = actions.find(isJob('attest'));
  if (attest === undefined) return [];
  const { action, id } = attest;
  const earlier = jobs.filter((job) => job !== 'attest').flatMap((job): Placed | [] => actions.find(isJob(job)) ?? []);
  const said = [action.environment['VERSION_ACTION'], action.environment['IMAGE_ACTION'], action.environment['PASSED']];
  const asked = said.flatMap((ids = '') => ids.split(' '));
  const expected: [what: string, found: string | undefined, wanted: string][] = [
    ['image', action.variables['IMAGE_DIGEST'], IMAGE_DIGEST],
    ['version', action.variables['VERSION'], VERSION],
    ['execution', action.variables['EXECUTION'], EXECUTION],
    ['pipeline', action.environment['PIPELINE'], name],
  ];
  return [
    ...earlier.filter((each) => !provides(each, attest)).map((each) => `${each.id} does not always end before ${id}`),
    ...earlier
      .filter((each) => !asked.includes(each.id))
      .map((each) => `${id}: does not ask whether ${each.id} passed`),
    ...expected.filter(([, found, wanted]) => found !== wanted).map(([what]) => `${id}: is about another ${what}`),
    ...(action.input === SOURCE_ARTIFACT ? [`${id}: gets the source`] : []),
  ];
};

const targetOf = (action: Action): string | undefined => ('target' in action ? action.target?.environment : undefined);

/** Deploys to environments that this pipeline has no business with. */
const strangers = (actions: readonly Placed[], environments: readonly EnvironmentInput[]): string[] =>
  actions.flatMap(({ action, id }) => {
    const name = targetOf(action);
    return name === undefined || environments.some((environment) => environment.name === name)
      ? []
      : [`${id}: environment ${name} is not one of this pipeline's`];
  });

const environmentViolations = (
  actions: readonly Placed[],
  environment: EnvironmentInput,
  previous: EnvironmentInput | undefined,
): string[] => {
  const mine = actions.filter(({ action }) => targetOf(action) === environment.name);
  const deploys = mine.filter(isJob('deploy')).filter(({ action }) => action.project === undefined);
  const [deploy] = deploys;
  if (deploy === undefined || deploys.length > 1) return [`${deploys.length} deploys; there must be one`];
  const found: string[] = [];
  const verify = mine.find(isJob('verify'));
  const release = actions.find(isJob('release'));
  const bake = mine.find((placed): placed is Placed<BakeAction> => placed.action.kind === 'bake');

  if (release !== undefined && !(release.index < deploy.index)) found.push('is deployed before the release');
  if (deploy.action.variables['VERSION'] !== '#{Build.VERSION}')
    found.push('does not deploy the version that was built');
  if (deploy.action.variables['MODE'] !== 'deploy') found.push('its deploy does not deploy');
  if (deploy.action.variables['IGNORE_ALARMS'] !== referenceTo(IGNORE_ALARMS))
    found.push('whether its deploy heeds alarms is not for the execution to say');
  if (verify === undefined || verify.index !== deploy.index || !isBefore(deploy, verify)) {
    found.push('is not verified after the deploy, in its stage');
  }
  if (environment.bakeMinutes !== undefined) {
    if (bake === undefined || bake.index !== deploy.index || (verify !== undefined && !isBefore(verify, bake))) {
      found.push('is not watched after the verification, in its stage');
    }
    if (bake !== undefined && bake.action.ignoreAlarms !== referenceTo(IGNORE_ALARMS))
      found.push('whether its bake heeds alarms is not for the execution to say');
  }
  found.push(...acceptViolations(mine, deploy));
  if (deploy.stage.onFailure?.result !== 'ROLLBACK') found.push('its stage does not roll back');
  if (!deploy.stage.onFailure?.rules.some((rule) => runs(rule, deploy, 'restore')))
    found.push('its stage does not restore the last good release');
  if (maySkip(deploy.stage)) found.push('its stage may be skipped');

  const earlier = actions.find((placed) => isJob('verify')(placed) && targetOf(placed.action) === previous?.name);
  if (previous !== undefined && (earlier === undefined || !(earlier.index < deploy.index) || maySkip(earlier.stage))) {
    found.push(`is deployed before ${previous.name} is verified`);
  }
  return [...found, ...approvalViolations(actions, environment, deploy, earlier)];
};

/** Whether it starts the deployer of `deploy` in this mode, for its version. */
const runs = (
  { project, variables }: { readonly project?: string; readonly variables: Readonly<Record<string, string>> },
  { action }: Placed<BuildAction>,
  mode: string,
): boolean =>
  project === action.name && variables['MODE'] === mode && variables['VERSION'] === action.variables['VERSION'];

/** A release is the last good one once everything of its stage has judged it, and never before. */
const acceptViolations = (mine: readonly Placed[], deploy: Placed<BuildAction>): string[] => {
  const accepts = mine.filter(isJob('deploy')).filter(({ action }) => action.project !== undefined);
  const [accept] = accepts;
  if (accept === undefined || accepts.length > 1) return [`${accepts.length} times accepted; it must be once`];
  if (accept.index !== deploy.index || !runs(accept.action, deploy, 'accept')) return ['its release is not accepted'];
  const others = mine.filter((placed) => placed.index === deploy.index && placed.action !== accept.action);
  return others.every((other) => isBefore(other, accept)) ? [] : ['its release is accepted before all have judged it'];
};

/** Approvals are asked for after the environment before has been verified, and answered before anything is touched. */
const approvalViolations = (
  actions: readonly Placed[],
  environment: EnvironmentInput,
  deploy: Placed,
  earlier: Placed | undefined,
): string[] =>
  environment.approvals.flatMap(({ name }) => {
    const approval = actions.find(
      (placed): placed is Placed<ApprovalAction> =>
        placed.action.kind === 'approval' &&
        placed.action.name === name &&
        placed.index < deploy.index &&
        placed.index > (earlier?.index ?? 0),
    );
    if (approval === undefined) return [`is deployed without the approval ${name}`];
    return maySkip(approval.stage) ? [`the approval ${name} may be skipped`] : [];
  });
