import {
  type DeployedResource,
  listOf,
  lookUp,
  numberOf,
  type OwnerOf,
  objectsOf,
  ofType,
  type Properties,
  textOf,
} from '../inventory';
import type { AssumptionName } from './assumptions';
import { type CostLine, type Estate, line } from './estate';
import type { PriceId } from './price-table';

/** What one execution of a pipeline, or one build that no pipeline starts, costs when everything succeeds the first time. */
export interface PipelineRun {
  /** Its name; of a build that its project. */
  readonly pipeline: string;
  readonly kind: 'pipeline' | 'build';
  /** Stages that a condition skips in this variant; none: all run. */
  readonly skipped: readonly string[];
  readonly lines: readonly CostLine[];
  /** Action minutes as they are billed. */
  readonly minutes: number;
  readonly builds: number;
  /** How many of the builds have a duration that was measured on this machine. */
  readonly measured: number;
}

const COMPUTE: Readonly<Record<string, PriceId>> = {
  BUILD_GENERAL1_SMALL: 'codebuild-small',
  BUILD_GENERAL1_MEDIUM: 'codebuild-medium',
  BUILD_GENERAL1_LARGE: 'codebuild-large',
  SMALL: 'codebuild-small',
  MEDIUM: 'codebuild-medium',
  LARGE: 'codebuild-large',
};

/** Actions that CodePipeline runs on builds of its own, billed as CodeBuild's (CodePipeline user guide, action-reference-Commands). */
const MANAGED_BUILDS = new Set(['Commands', 'ECRBuildAndPublish', 'EKS', 'InspectorScan']);
const MB_A_GB = 1024;

interface Billing {
  readonly estate: Estate;
  readonly owner: OwnerOf;
  readonly pipeline: DeployedResource;
  readonly unpriced: string[];
}

/** Each pipeline with all its stages, and once more without those that a SKIP condition may leave out. */
export function pipelineRuns(
  estate: Estate,
  owner: OwnerOf,
): { readonly runs: PipelineRun[]; readonly unpriced: readonly string[] } {
  const unpriced: string[] = [];
  const runs = ofType(estate.resources, 'AWS::CodePipeline::Pipeline').flatMap((pipeline) => {
    const billing: Billing = { estate, owner, pipeline, unpriced };
    const stages: Properties[] = objectsOf(pipeline.properties.Stages);
    const skippable = stages.filter((stage) =>
      objectsOf(stage.BeforeEntry?.Conditions).some(({ Result: result }) => result === 'SKIP'),
    );
    const all = run(billing, stages, []);
    if (skippable.length === 0) return [all];
    const rest = stages.filter((stage) => !skippable.includes(stage));
    return [
      all,
      run(
        billing,
        rest,
        skippable.map(({ Name: name }) => textOf(name)),
      ),
    ];
  });
  return { runs: [...runs, ...buildsApart(estate, owner, unpriced)], unpriced };
}

/** A build of each project that no pipeline names: an event starts it, such as a pull request. */
function buildsApart(estate: Estate, owner: OwnerOf, unpriced: string[]): PipelineRun[] {
  const named = new Set(
    ofType(estate.resources, 'AWS::CodePipeline::Pipeline').flatMap(({ properties }) => projectNames(properties)),
  );
  return ofType(estate.resources, 'AWS::CodeBuild::Project')
    .filter(({ id }) => !named.has(id))
    .map((project) => {
      const action = {
        ActionTypeId: { Category: 'Build', Owner: 'AWS', Provider: 'CodeBuild' },
        Configuration: { ProjectName: project.id },
      };
      // It is no action of a pipeline, so nobody bills action minutes.
      const alone = { ...project, properties: { Name: project.id } };
      const stage = { Name: project.id, Actions: [action] };
      return { ...run({ estate, owner, pipeline: alone, unpriced }, [stage], []), kind: 'build' as const, minutes: 0 };
    });
}

/** Every ProjectName of a pipeline, of its actions and of its conditions' rules. */
function projectNames(value: Properties): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = value.ProjectName === undefined ? [] : [value.ProjectName];
  return [...own, ...Object.values(value).flatMap(projectNames)];
}

function run(billing: Billing, stages: readonly Properties[], skipped: readonly string[]): PipelineRun {
  const actions = stages.flatMap((stage) =>
    objectsOf(stage.Actions).map((action) => actionCost(billing, textOf(stage.Name), action)),
  );
  const { estate, pipeline } = billing;
  const { assumptions } = estate;
  const builds = actions.filter(({ project, managed }) => project !== undefined || managed);
  const inVpc = builds.filter(({ project }) => project?.properties.VpcConfig !== undefined);
  const images = builds.filter(({ project }) => project?.properties.Environment?.PrivilegedMode === true);
  const keepsArtifacts = pipeline.type === 'AWS::CodePipeline::Pipeline';
  const amount = (price: PriceId, what: string, quantity: number, ...assumed: AssumptionName[]): CostLine[] =>
    quantity === 0 ? [] : [line(estate, price, what, quantity, {}, assumed)];
  return {
    pipeline: textOf(pipeline.properties.Name ?? pipeline.id),
    kind: 'pipeline',
    skipped,
    minutes: actions.reduce((total, { minutes }) => total + minutes, 0),
    builds: builds.length,
    measured: actions.filter(({ isMeasured }) => isMeasured).length,
    lines: [
      ...actions.flatMap(({ lines }) => lines),
      ...amount(
        'logs-ingested',
        'logs of builds',
        (builds.length * assumptions['build-log-mb']) / MB_A_GB,
        'build-log-mb',
      ),
      ...amount(
        'nat-data',
        'data through NAT',
        (inVpc.length * assumptions['nat-mb-per-build']) / MB_A_GB,
        'nat-mb-per-build',
      ),
      ...amount(
        's3-stored',
        'artifacts, a month',
        keepsArtifacts ? assumptions['artifact-mb'] / MB_A_GB : 0,
        'artifact-mb',
      ),
      ...amount('ecr-stored', 'image, a month', (images.length * assumptions['image-mb']) / MB_A_GB, 'image-mb'),
      ...amount('kms-requests', 'KMS requests', assumptions['kms-requests'] / 10_000, 'kms-requests'),
    ],
  };
}

interface ActionCost {
  readonly lines: readonly CostLine[];
  readonly minutes: number;
  readonly project?: DeployedResource;
  readonly managed: boolean;
  readonly isMeasured: boolean;
}

function actionCost(billing: Billing, stage: string, action: Properties): ActionCost {
  const { estate, owner, pipeline } = billing;
  const { Category: category, Owner: by, Provider: provider } = action.ActionTypeId ?? {};
  // Approvals and custom actions are free (CodePipeline pricing).
  if (category === 'Approval' || by !== 'AWS') return { lines: [], minutes: 0, managed: false, isMeasured: false };
  const managed = MANAGED_BUILDS.has(provider);
  const project = provider === 'CodeBuild' ? projectOf(estate, action.Configuration?.ProjectName) : undefined;
  const isBuild = managed || provider === 'CodeBuild';
  const seconds = estate.measured.get(textOf(pipeline.properties.Name))?.get(`${stage}/${textOf(action.Name)}`);
  const isMeasured = isBuild && seconds !== undefined;
  const { minutes, assumed } = duration(estate, category, provider, action, isBuild ? seconds : undefined);
  const environment = project === undefined ? undefined : owner(project);
  const at = environment === undefined ? {} : { environment };
  const isV2 = pipeline.properties.PipelineType === 'V2';
  const lines = isV2 ? [line(estate, 'codepipeline-minute', 'CodePipeline', minutes, at, assumed)] : [];
  if (isBuild) lines.push(...buildLines(billing, project, action, minutes, at, assumed));
  if (category === 'Invoke' && provider === 'Lambda') lines.push(...lambdaLines(estate, action, minutes));
  return { lines, minutes, managed, isMeasured, ...(project !== undefined && { project }) };
}

const projectOf = ({ resources }: Estate, name: unknown): DeployedResource | undefined =>
  ofType(resources, 'AWS::CodeBuild::Project').find(({ id, properties }) => id === name || properties.Name === name);

/** Whole minutes, as CodePipeline and CodeBuild both bill them. */
function duration(
  { assumptions }: Estate,
  category: string,
  provider: string,
  action: Properties,
  measured: number | undefined,
): { readonly minutes: number; readonly assumed: readonly AssumptionName[] } {
  const up = (seconds: number, ...assumed: AssumptionName[]) => ({
    minutes: Math.max(1, Math.ceil(seconds / 60)),
    assumed,
  });
  const start = assumptions['start-seconds'];
  if (measured !== undefined) return up(measured + start, 'start-seconds');
  if (category === 'Source') return up(assumptions['source-seconds'], 'source-seconds');
  if (provider === 'CodeBuild' || MANAGED_BUILDS.has(provider))
    return up(assumptions['build-seconds'] + start, 'build-seconds', 'start-seconds');
  if (provider === 'Lambda') {
    const minutes = minutesOf(action.Configuration?.UserParameters);
    return minutes === undefined ? up(assumptions['invoke-minutes'] * 60, 'invoke-minutes') : up(minutes * 60);
  }
  return up(assumptions['other-seconds'], 'other-seconds');
}

/** `{"minutes": 5}` of a function that watches for that long. */
function minutesOf(parameters: unknown): number | undefined {
  try {
    const { minutes } = JSON.parse(textOf(parameters)) as { minutes?: unknown };
    return typeof minutes === 'number' && minutes > 0 ? minutes : undefined;
  } catch {
    return undefined;
  }
}

function buildLines(
  { estate, unpriced }: Billing,
  project: DeployedResource | undefined,
  action: Properties,
  minutes: number,
  at: { readonly environment?: string },
  assumed: readonly AssumptionName[],
): CostLine[] {
  const { Type: kind, ComputeType: type } = project?.properties.Environment ?? {};
  const compute = textOf(type ?? action.Configuration?.ComputeType ?? 'SMALL');
  const price = kind === undefined || kind === 'LINUX_CONTAINER' ? lookUp(COMPUTE, compute) : undefined;
  if (price === undefined) {
    unpriced.push(`CodeBuild ${textOf(kind ?? '')} ${compute}`);
    return [];
  }
  const what = `CodeBuild ${price.slice('codebuild-'.length)}`;
  const built = line(estate, price, what, minutes, at, assumed);
  return [project === undefined ? built : { ...built, resource: `${project.stack}/${project.logicalId}` }];
}

/** A function that an action waits for is called again every 30 seconds or so; each call takes about a second. */
function lambdaLines(estate: Estate, action: Properties, minutes: number): CostLine[] {
  const name = action.Configuration?.FunctionName;
  const called = ofType(estate.resources, 'AWS::Lambda::Function').find(({ id }) => id === name);
  const calls = minutes * 2;
  const gigabytes = numberOf(called?.properties.MemorySize, 128) / MB_A_GB;
  const price = listOf(called?.properties.Architectures).includes('arm64') ? 'lambda-arm' : 'lambda-x86';
  const at = called === undefined ? {} : { resource: called };
  return [
    line(estate, 'lambda-requests', 'Lambda', calls / 1e6, at),
    line(estate, price, 'Lambda', calls * gigabytes, at),
  ];
}
