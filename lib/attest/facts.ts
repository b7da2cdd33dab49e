import { createHash } from 'node:crypto';
import { codeCommitSource, connectionSource } from '../provenance/build-type';
import { err, ok, type Result } from '../result';
import type { ActionRun, Build, Execution, Ports } from './ports';
import type { AttestRequest } from './request';

/** What AWS says of the build of an image, everything of it in agreement with what the action was handed. */
export interface Facts {
  readonly pipelineArn: string;
  readonly source: { readonly repository: string; readonly branch: string; readonly commit: string };
  readonly variables: Readonly<Record<string, string>>;
  readonly imageBuild: Build;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** Reads the facts; or every disagreement, each as a sentence. */
export async function readFacts(request: AttestRequest, ports: Ports): Promise<Result<Facts, string>> {
  const { pipeline, repository, digest } = request;
  const [execution, runs, manifest] = await Promise.all([
    ports.execution(pipeline, request.execution),
    ports.actionRuns(pipeline, request.execution),
    ports.manifest(repository, digest),
  ]);
  if (!execution.ok || !runs.ok || !manifest.ok)
    return err(...[execution, runs, manifest].flatMap((each) => (each.ok ? [] : each.errors)));
  const latest = latestRuns(runs.value);
  const problems = [
    ...executionProblems(execution.value, request),
    ...required(request).flatMap((id) => passedProblems(id, latest.get(id))),
    ...[...latest.values()].filter(isAnotherFailure(request)).map((run) => `${idOf(run)} is ${run.status}`),
    ...handedProblems(request, latest),
    ...manifestProblems(request, manifest.value),
  ];
  const source = sourceOf([...latest.values()], execution.value);
  const build = await imageBuildOf(request, latest.get(request.imageAction), ports);
  if (!source.ok || !build.ok || problems.length > 0)
    return err(...problems, ...(source.ok ? [] : source.errors), ...(build.ok ? [] : build.errors));
  const { repositoryName, ...place } = source.value;
  const builds = buildProblems(build.value, request, latest.get(request.imageAction), place.commit);
  const arn = arnParts(build.value.arn);
  if (builds.length > 0 || arn === undefined)
    return err(...builds, ...(arn ? [] : [`the build's ARN ${build.value.arn} is none`]));
  const { partition, region, account } = arn;
  const passed = required(request).flatMap((id) => latest.get(id) ?? []);
  return ok({
    pipelineArn: `arn:${partition}:codepipeline:${region}:${account}:${pipeline}`,
    source: {
      ...place,
      repository:
        place.repository || codeCommitSource(`arn:${partition}:codecommit:${region}:${account}:${repositoryName}`),
    },
    variables: execution.value.variables,
    imageBuild: build.value,
    startedAt: earliest([...latest.values()].map(({ startedAt }) => startedAt)),
    finishedAt: newest(passed.map(({ updatedAt }) => updatedAt)),
  });
}

const idOf = ({ stage, action }: ActionRun): string => `${stage}/${action}`;
const earliest = (times: readonly Date[]): Date => new Date(Math.min(...times.map(Number)));
const newest = (times: readonly Date[]): Date => new Date(Math.max(...times.map(Number)));
const required = ({ versionAction, imageAction, checks }: AttestRequest): string[] => [
  versionAction,
  imageAction,
  ...checks,
];

/** Of each action its last start: a stage that was retried has others. */
function latestRuns(runs: readonly ActionRun[]): ReadonlyMap<string, ActionRun> {
  const latest = new Map<string, ActionRun>();
  for (const run of runs) {
    const known = latest.get(idOf(run));
    if (known === undefined || known.startedAt < run.startedAt) latest.set(idOf(run), run);
  }
  return latest;
}

const executionProblems = ({ status }: Execution, { execution }: AttestRequest): string[] =>
  status === 'InProgress' ? [] : [`the execution ${execution} is ${status}, not InProgress`];

const passedProblems = (id: string, run: ActionRun | undefined): string[] => {
  if (run === undefined) return [`${id} did not run in this execution`];
  return run.status === 'Succeeded' ? [] : [`${id} is ${run.status}, not Succeeded`];
};

/** Whatever else failed in this execution also means that not all of it has passed. */
const isAnotherFailure =
  (request: AttestRequest) =>
  (run: ActionRun): boolean =>
    !required(request).includes(idOf(run)) && ['Failed', 'Abandoned'].includes(run.status);

/** Digest and version against the variables of the actions that made them. */
const handedProblems = (request: AttestRequest, latest: ReadonlyMap<string, ActionRun>): string[] => {
  const said = (id: string, name: string): string => latest.get(id)?.variables[name] ?? 'nothing';
  return [
    {
      what: 'digest',
      handed: request.digest,
      told: said(request.imageAction, 'IMAGE_DIGEST'),
      by: request.imageAction,
    },
    {
      what: 'version',
      handed: request.version,
      told: said(request.versionAction, 'VERSION'),
      by: request.versionAction,
    },
  ].flatMap(({ what, handed, told, by }) =>
    handed === told ? [] : [`the ${what} that was handed over is ${handed}; ${by} made ${told}`],
  );
};

const manifestProblems = ({ repository, digest }: AttestRequest, manifest: Uint8Array | undefined): string[] => {
  if (manifest === undefined) return [`the repository ${repository} has no image ${digest}`];
  const actual = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
  return actual === digest ? [] : [`the manifest of ${digest} in ${repository} has the digest ${actual}`];
};

interface FoundSource {
  /** Empty: `repositoryName` in CodeCommit, in the pipeline's account. */
  readonly repository: string;
  readonly repositoryName: string;
  readonly branch: string;
  readonly commit: string;
}

function sourceOf(runs: readonly ActionRun[], { revisions }: Execution): Result<FoundSource, string> {
  const sources = runs.filter(({ category }) => category === 'Source');
  const [run] = sources;
  if (run === undefined || sources.length > 1) return err(`${sources.length} source actions ran; there must be one`);
  const { configuration, provider, outputs, variables } = run;
  const commit = revisions[outputs[0] ?? ''] ?? '';
  if (run.status !== 'Succeeded') return err(`${idOf(run)} is ${run.status}, not Succeeded`);
  if (commit !== variables['CommitId'])
    return err(`${idOf(run)} says commit ${variables['CommitId'] ?? 'nothing'}, the execution ${commit || 'nothing'}`);
  const branch = configuration['BranchName'] ?? '';
  switch (provider) {
    case 'CodeCommit':
      return ok({ repository: '', repositoryName: configuration['RepositoryName'] ?? '', branch, commit });
    case 'CodeStarSourceConnection': {
      const name = configuration['FullRepositoryId'] ?? '';
      return ok({
        repository: connectionSource(configuration['ConnectionArn'] ?? '', name),
        repositoryName: name,
        branch,
        commit,
      });
    }
    default:
      return err(`${idOf(run)} is a source of the provider ${provider}, which the build type does not have`);
  }
}

async function imageBuildOf(
  { imageAction }: AttestRequest,
  run: ActionRun | undefined,
  ports: Ports,
): Promise<Result<Build, string>> {
  if (run === undefined) return err();
  if (run.externalId === undefined) return err(`${imageAction} has no build`);
  const build = await ports.build(run.externalId);
  if (!build.ok) return build;
  return build.value === undefined ? err(`CodeBuild has no build ${run.externalId}`) : ok(build.value);
}

const buildProblems = (build: Build, request: AttestRequest, run: ActionRun | undefined, commit: string): string[] => {
  const differs = (what: string, found: string, expected: string): string[] =>
    found === expected ? [] : [`the ${what} of the image's build is ${found || 'nothing'}, not ${expected}`];
  return [
    ...differs('status', build.status, 'SUCCEEDED'),
    ...differs('project', build.project, run?.configuration['ProjectName'] ?? 'that of its action'),
    ...differs('initiator', build.initiator, `codepipeline/${request.pipeline}`),
    ...differs('commit', build.sourceVersion, commit),
    ...differs('exported digest', build.exported['IMAGE_DIGEST'] ?? '', request.digest),
  ];
};

const arnParts = (arn: string) =>
  /^arn:(?<partition>[^:]+):codebuild:(?<region>[^:]+):(?<account>\d{12}):build\//.exec(arn)?.groups as
    | { partition: string; region: string; account: string }
    | undefined;
