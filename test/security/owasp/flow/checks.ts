import type { Json } from '../../../../lib/cloud/rules/rule';
import type { DeliveryInput } from '../../../../lib/model/delivery-input';
import { pipelineName, stageName } from '../../../../lib/model/names';
import type { Job } from '../../../../lib/model/pipeline';
import type { Check } from '../mutants';
import { allowedActions, covers, policiesOf } from '../policies';
import { readable, resources, type Templates } from '../templates';
import { before, type Path, paths, type Step } from './walk';

/** What makes and judges a release; a version that has its tag went through all of it. */
const TESTS: readonly Job[] = ['build', 'image', 'unit', 'integration', 'quality', 'security', 'attest', 'release'];

/** The checks of how a commit gets to production, for a service with this configuration. */
export function flowChecks(input: DeliveryInput, jobs: ReadonlyMap<string, Job>): Check<Templates>[] {
  const walk = (all: Templates): Path[] => paths(all, jobs);
  /** Each deploy on each path: the first of its stage, not the one that accepts. */
  const deploys = (path: Path): Step[] =>
    path.steps.filter(({ does, variables }) => does === 'deploy' && variables['MODE'] !== 'accept');
  const environmentOf = ({ project }: Step) =>
    input.environments.find(({ name }) => project?.endsWith(`-${stageName(name).toLowerCase()}-deploy`));
  const each = (all: Templates, look: (deploy: Step, path: Path) => string[]): string[] =>
    walk(all).flatMap((path) =>
      deploys(path).flatMap((deploy) => look(deploy, path).map((text) => `${path.pipeline}: ${deploy.name} ${text}`)),
    );
  const lacks = (path: Path, deploy: Step, job: Step['does']): boolean =>
    !path.steps.some((step) => step.does === job && before(step, deploy));

  return [
    {
      name: 'tests-and-scans',
      holds:
        'On every path a deploy comes after build, image, every test, every scan, the attestation and the release; they are left out only for a version that has been released, as the build has found out.',
      findings: (all) =>
        each(all, (deploy, path) => {
          const missing = TESTS.filter((job) => lacks(path, deploy, job));
          if (missing.length === 0) return [];
          const excused = path.skips.length === 1 && isReleased(path.skips[0]) && !lacks(path, deploy, 'build');
          const skippable = missing.every((job) => job !== 'build');
          return excused && skippable ? [] : [`comes without ${missing.join(', ')}`];
        }),
    },
    {
      name: 'release-after-checks',
      holds:
        'The release, which tags the image that was built here, comes when every test and scan has ended, and it is attested how the image came about.',
      findings: (all) =>
        walk(all).flatMap((path) =>
          path.steps
            .filter(({ does }) => does === 'release')
            .flatMap((release) => [
              ...TESTS.slice(0, -1)
                .filter((job) => lacks(path, release, job))
                .map((job) => `${path.pipeline}: ${release.name} does not wait for ${job}`),
              ...(release.variables['IMAGE_DIGEST'] === '#{Image.IMAGE_DIGEST}'
                ? []
                : [`${path.pipeline}: ${release.name} releases another image`]),
            ]),
        ),
    },
    {
      name: 'earlier-environment',
      holds: 'An environment is deployed when the one before it in its pipeline has been verified.',
      findings: (all) =>
        each(all, (deploy, path) => {
          const environment = environmentOf(deploy);
          if (environment === undefined) return ['deploys to an environment that nobody has named'];
          const chain = input.environments.filter(({ pipeline }) => pipeline === environment.pipeline);
          const previous = chain[chain.indexOf(environment) - 1];
          if (previous === undefined) return [];
          const verified = path.steps.some(
            (step) => step.does === 'verify' && step.stage === stageName(previous.name) && before(step, deploy),
          );
          return verified ? [] : [`does not wait until ${previous.name} is verified`];
        }),
    },
    {
      name: 'sign-off',
      holds:
        'What asks for approvals is deployed after them, and they are asked for when the environment before it has been verified.',
      findings: (all) =>
        each(all, (deploy, path) => {
          const environment = environmentOf(deploy);
          return (environment?.approvals ?? []).flatMap(({ name }) => {
            const given = path.steps.find((step) => step.does === 'approval' && step.name.endsWith(`/${name}`));
            if (given === undefined || !before(given, deploy)) return [`comes without ${name}`];
            const early = path.steps.some(
              (step) => step.does === 'verify' && before(step, deploy) && !before(step, given),
            );
            return early ? [`is approved by ${name} before it has been verified`] : [];
          });
        }),
    },
    {
      name: 'verified-or-restored',
      holds:
        'A deploy is verified in its own stage, of the version that was built; whatever fails there brings the last good release back.',
      findings: (all) =>
        each(all, (deploy, path) => [
          ...(path.steps.some(
            (step) =>
              step.does === 'verify' && step.stage === deploy.stage && before(deploy, step) && isBuilt(step.variables),
          )
            ? []
            : ['is not verified']),
          ...(isBuilt(deploy.variables) && deploy.variables['MODE'] === 'deploy' ? [] : ['deploys something else']),
          ...((path.onFailure.get(deploy.stage) ?? []).some(
            ({ project, variables }) => project === deploy.project && variables['MODE'] === 'restore',
          )
            ? []
            : ['is not undone when its stage fails']),
        ]),
    },
    {
      name: 'one-source',
      holds: 'A pipeline has one source, in a stage of its own that comes first.',
      findings: (all) =>
        resources(all, 'AWS::CodePipeline::Pipeline').flatMap(({ id, properties }) => {
          const [first, ...others] = properties.Stages as Json[];
          const isSource = ({ ActionTypeId }: Json) => ActionTypeId?.Category === 'Source';
          return first.Actions.length === 1 &&
            first.Actions.every(isSource) &&
            !others.some(({ Actions }) => Actions.some(isSource))
            ? []
            : [`${id} has not one source`];
        }),
    },
    {
      name: 'known-pipelines',
      holds: 'There is no pipeline but those of the model, and a deploy starts in no other way.',
      findings: (all) => {
        const known: string[] = (['development', 'production'] as const).map((kind) =>
          pipelineName(input.service.name, kind),
        );
        return [
          ...resources(all, 'AWS::CodePipeline::Pipeline')
            .map(({ properties }) => readable(properties.Name))
            .filter((name) => !known.includes(name))
            .map((name) => `there is a pipeline ${name}`),
          ...starters(all, known, jobs),
        ];
      },
    },
    {
      name: 'who-starts',
      holds: 'A pipeline starts by a change of its own branch and by nothing else, with the commit of that change.',
      findings: (all) => pushRules(all, input),
    },
    {
      name: 'alarms-count',
      holds: 'Nobody but who starts an execution by hand can tell it to ignore alarms.',
      findings: (all) =>
        resources(all, 'AWS::CodePipeline::Pipeline').flatMap(({ id, properties }) =>
          (properties.Variables ?? [])
            .filter(({ DefaultValue }: Json) => DefaultValue !== 'no')
            .map(({ Name }: Json) => `${id}: ${Name} is not no by default`),
        ),
    },
  ];
}

const isBuilt = (variables: Step['variables']): boolean => variables['VERSION'] === '#{Build.VERSION}';

/** The only reason to leave the tests out: the build has asked the registry, and the version is there. */
const isReleased = ({ stage, skips }: Json): boolean => {
  const rules = skips.flatMap(({ Rules }: Json) => Rules ?? []);
  const [rule] = rules;
  return (
    stage === 'Test' &&
    skips.length === 1 &&
    rules.length === 1 &&
    rule.RuleTypeId?.Provider === 'VariableCheck' &&
    rule.Configuration?.Variable === '#{Build.TESTED}' &&
    rule.Configuration?.Operator === 'EQ' &&
    rule.Configuration?.Value === 'no'
  );
};

/** Roles that may start a deployer's build and are not a pipeline's, and triggers of builds. */
function starters(all: Templates, pipelines: readonly string[], jobs: ReadonlyMap<string, Job>): string[] {
  const mine = resources(all, 'AWS::CodePipeline::Pipeline')
    .filter(({ properties }) => pipelines.includes(readable(properties.Name)))
    .map(({ stack, properties }) => `${stack}.${properties.RoleArn?.['Fn::GetAtt']?.[0]}`);
  const previews = resources(all, 'AWS::CodeBuild::Project')
    .filter(({ properties }) => jobs.get(properties.Name) === 'preview')
    .map(({ id }) => id);
  return [
    ...resources(all, 'AWS::IAM::Role')
      .filter(({ stack, id }) => !mine.includes(`${stack}.${id}`))
      .flatMap((role) =>
        policiesOf(all, role)
          .filter((statement) => allowedActions([statement]).some((action) => covers(action, 'codebuild:StartBuild')))
          .flatMap(({ resources: targets }) => targets)
          .filter((arn) => !previews.some((preview) => arn === `\${${preview}.Arn}`))
          .map((arn) => `${role.id} may start ${arn}`),
      ),
    ...resources(all, 'AWS::CodeBuild::Project')
      .filter(({ properties }) => properties.Triggers?.Webhook === true)
      .map(({ id }) => `${id} is started by a webhook`),
  ];
}

/** What is wrong with the event rules that start pipelines. */
function pushRules(all: Templates, { branches, source, service }: DeliveryInput): string[] {
  const found: string[] = [];
  const started: string[] = [];
  for (const { id, stack, properties } of resources(all, 'AWS::Events::Rule')) {
    for (const target of properties.Targets ?? []) {
      const arn = readable(target.Arn);
      const [, name] = /:codepipeline:.*:([^:]+)$/.exec(arn) ?? [];
      if (name === undefined) continue;
      const kind = (['development', 'production'] as const).find((each) => name === pipelineName(service.name, each));
      started.push(name);
      const detail = properties.EventPattern?.detail ?? {};
      const isPush =
        kind !== undefined &&
        JSON.stringify(properties.EventPattern?.source) === '["aws.codecommit"]' &&
        JSON.stringify(detail.referenceType) === '["branch"]' &&
        JSON.stringify(detail.referenceName) === JSON.stringify([branches[kind]]) &&
        readable(properties.EventPattern?.resources).endsWith(`:${source.repository}`);
      if (!isPush) found.push(`${stack}.${id} starts ${name} by something else than its branch`);
      if (
        !String(target.InputTransformer?.InputTemplate).includes('"revisionType":"COMMIT_ID","revisionValue":<commit>')
      )
        found.push(`${stack}.${id} starts ${name} with another commit than the one that came`);
    }
    if (properties.ScheduleExpression !== undefined) found.push(`${stack}.${id} starts something by the clock`);
  }
  const twice = started.filter((name, index) => started.indexOf(name) !== index);
  return [...found, ...twice.map((name) => `${name} is started by two rules`)];
}
