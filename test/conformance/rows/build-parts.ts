import { differs, enforced, holds, notApplicable, type Row, rejected, section } from '../row';

const BUILDS = 'conformance/builds.test.ts';
const PROJECT = 'local/plan/project-rules.test.ts';
const KEYED = 'local/codebuild/cache.test.ts';
const REPORT = 'local/codebuild/reports.test.ts';
const TASKS = 'local/codebuild/batch.test.ts';
const KEYS = 'local/plan/keys.test.ts';

export const CACHE: readonly Row[] = section('2.5', [
  [
    'LOCAL_CUSTOM_CACHE keeps folders; it is best effort.',
    'CB:caching-local',
    holds(KEYED, 'LOCAL_CUSTOM_CACHE keeps the paths for the project; the other local modes keep none'),
  ],
  [
    'LOCAL_SOURCE_CACHE and LOCAL_DOCKER_LAYER_CACHE.',
    'CB:caching-local',
    differs(
      'They keep nothing here: no build may count on a local cache.',
      KEYED,
      'LOCAL_CUSTOM_CACHE keeps the paths for the project; the other local modes keep none',
    ),
  ],
  [
    'LOCAL_DOCKER_LAYER_CACHE needs privileged mode.',
    'CB:caching-local',
    enforced(PROJECT, 'a Docker layer cache without privileges'),
  ],
  ['A local cache has its modes.', 'API:ProjectCache', enforced(PROJECT, 'a local cache without modes')],
  [
    'A cache under a key is written once.',
    'CB:caching-s3',
    holds(KEYED, 'a cache under a key is written once and never again'),
  ],
  [
    'The key is expanded by the shell; codebuild-hash-files is the digest of files.',
    'CB:caching-s3',
    holds(KEYED, 'the key is expanded by the shell, and codebuild-hash-files is the digest of its files'),
  ],
  [
    'Fallback keys are taken by their beginning.',
    'CB:caching-s3',
    holds(KEYED, 'without the key the newest cache of the first fallback key that fits is restored'),
  ],
  [
    'At most 5 fallback keys.',
    'CB:caching-s3',
    enforced(BUILDS, 'a cache with more than five fallback keys is refused'),
  ],
  [
    'action restore and save.',
    'CB:caching-s3',
    holds(KEYED, 'action: restore writes nothing, action: save reads nothing'),
  ],
  [
    'The paths are the version of a cache.',
    'CB:caching-s3',
    holds(KEYED, 'the version of a cache is its paths: with others it is not found'),
  ],
  [
    'Projects share a cache by its namespace.',
    'CB:caching-s3',
    holds(KEYED, 'a cache is shared by namespace, and by nothing else'),
  ],
  [
    'Without paths common dependencies are kept as CodeBuild sees fit.',
    'CB:caching-s3',
    differs('Nothing is kept then, and the log says so.', KEYED, 'a cache without paths keeps nothing, and says so'),
  ],
  [
    'A build that fails keeps its cache too.',
    'CB:caching-s3',
    differs(
      'Only a build that succeeds does, so that a broken one never spoils it.',
      'local/codebuild/artifacts.test.ts',
      'caches are kept by namespace after a build that succeeded, and only then',
    ),
  ],
  ['A cache is in S3 or local.', 'API:CacheType', enforced(PROJECT, 'a cache nobody knows')],

  [
    'What is cached comes over what the source has; another page of AWS says the opposite.',
    'CB:caching-local, API:ProjectCache',
    holds(BUILDS, 'a cache comes over the source'),
    'uncertain',
  ],
  [
    'A cache is a secret of nobody: paths outside of the build are kept too.',
    'CB:caching-s3',
    differs(
      'Only what lies in the build’s own folders is kept, since a restore would write into this machine.',
      KEYED,
      'a path outside the build’s folders is not kept, and said',
    ),
  ],
]);

export const REPORTS: readonly Row[] = section('2.6', [
  ['At most 5 report groups.', 'CB:limits', enforced(BUILDS, 'are of at most five groups')],
  [
    'JUNITXML, CUCUMBERJSON, NUNITXML, NUNIT3XML, TESTNGXML, VISUALSTUDIOTRX, CLOVERXML, COBERTURAXML, JACOCOXML, SIMPLECOV; no other.',
    'CB:build-spec-ref',
    enforced(BUILDS, 'are of a format that CodeBuild has'),
  ],
  [
    'A report has counts, times and failures of its tests.',
    'CB:test-view-reports',
    holds(REPORT, 'JUnit: counts, times and the first failures'),
  ],
  ['Several files are one report.', 'CB:build-spec-ref', holds(REPORT, 'several files are one report')],
  [
    'A group may be named by its ARN.',
    'CB:build-spec-ref',
    holds(REPORT, 'a report group by its ARN is named by its last part'),
  ],
  [
    'Tests that fail in a report do not fail the build by themselves.',
    'CB:test-reporting',
    holds(REPORT, 'failing tests in a report do not fail a build by themselves'),
    'uncertain',
  ],
  [
    'Reports of a failed build are told.',
    'CB:test-reporting',
    holds(REPORT, 'after a failed BUILD the reports are still told'),
  ],
  [
    'A report that is not there only warns.',
    'CB:test-reporting',
    differs(
      'It fails the build: what was promised and did not run is no success.',
      REPORT,
      'a report that was promised and is not there fails the build; one that is there is still told',
    ),
    'uncertain',
  ],
  ['Reports are kept for 30 days.', 'CB:limits', differs('As long as their run.')],

  [
    'At most 500 cases a report.',
    'CB:limits',
    holds('local/codebuild/report-formats.test.ts', 'a report of more than 500 cases is told'),
  ],
  [
    'A name has at most 1,000 characters, a message 5,000.',
    'API:TestCase',
    holds('local/codebuild/report-formats.test.ts', 'a name has at most 1,000 characters, a message 5,000'),
  ],
]);

export const BATCH: readonly Row[] = section('2.7', [
  [
    'build-list: builds that run at once.',
    'CB:batch-build-buildspec',
    holds(TASKS, 'a build-list is a list of tasks with what they have in place of the project’s'),
  ],
  [
    'build-graph: a build starts when those before it have ended.',
    'CB:batch-build-buildspec',
    holds(TASKS, 'of a graph starts a build when those before it have ended'),
  ],
  [
    'build-matrix: every combination of the dynamic values, with the static ones.',
    'CB:batch-build-buildspec',
    holds(TASKS, 'a build-matrix is every combination of its dynamic values, each with the static ones'),
  ],
  ['build-fanout.', 'CB:batch-build-buildspec', rejected(BUILDS, 'a batch that fans out tests is refused')],
  [
    'fast-fail is false if nothing is said: the other builds complete.',
    'CB:batch-build-buildspec',
    holds(
      TASKS,
      'fails when a build fails; without fast-fail the others complete, and what depends on it is not started',
    ),
  ],
  [
    'With fast-fail the first failure ends the others.',
    'CB:batch-build-buildspec',
    holds(TASKS, 'with fast-fail ends the builds that run as soon as one has failed'),
  ],
  [
    'ignore-failure: the batch goes on and succeeds.',
    'CB:batch-build-buildspec',
    holds(TASKS, 'with ignore-failure goes on past a build that fails, and succeeds'),
  ],
  [
    'A build may have a buildspec of its own.',
    'CB:batch-build-buildspec',
    holds(TASKS, 'a build may have a buildspec of the source in place of the batch’s'),
  ],
  [
    'The phases of a batch: SUBMITTED, DOWNLOAD_BATCHSPEC, IN_PROGRESS, COMBINE_ARTIFACTS.',
    'API:BuildBatchPhaseType',
    holds(
      TASKS,
      'goes through SUBMITTED, DOWNLOAD_BATCHSPEC and IN_PROGRESS, and every build has its own identifier, variables, log and source',
    ),
  ],
  [
    'CombineArtifacts makes one artifact of all.',
    'CP:action-reference-CodeBuild',
    holds(TASKS, 'with CombineArtifacts makes one zip of all primary artifacts in COMBINE_ARTIFACTS'),
  ],
  ['A batch needs a role of its own.', 'CB:batch-build', enforced(PROJECT, 'a batch without a role')],
  [
    'The project may restrict the number of builds.',
    'API:BatchRestrictions',
    enforced(PROJECT, 'a batch of more builds than the project allows'),
  ],
  [
    'And their compute types.',
    'API:BatchRestrictions',
    enforced(PROJECT, 'a batch with a compute type that the project does not allow'),
  ],

  [
    'Outputs are named <build> and <build>_<artifact>.',
    'CB:sample-codepipeline',
    holds(TASKS, 'hands over <build> and <build>_<artifact>'),
  ],
  [
    'An output of the action belongs to a build of the batch.',
    'CB:sample-codepipeline',
    enforced(PROJECT, 'an output of no build of the batch'),
  ],
  [
    'A buildspec without a batch section fails DOWNLOAD_BATCHSPEC.',
    'CB:batch-build',
    holds(TASKS, 'whose buildspec has no batch section fails in DOWNLOAD_BATCHSPEC'),
  ],
]);

export const COMPUTE: readonly Row[] = section('2.9', [
  [
    'A project has one of CodeBuild’s compute types.',
    'API:ComputeType',
    enforced(PROJECT, 'a compute type nobody knows'),
  ],
  ['Lambda compute.', 'CB:lambda', rejected(PROJECT, 'Lambda compute')],
  [
    'Fleets and servers for Docker.',
    'CB:fleets, API:DockerServer',
    rejected(KEYS, 'that are not supported are an error that says what to do instead'),
  ],
  ['The timeout of a build is 5 to 2,160 minutes.', 'CB:limits', enforced(PROJECT, 'a timeout of 4 minutes')],
  ['The time in the queue is 5 to 480 minutes.', 'CB:limits', enforced(PROJECT, 'a queue of 4 minutes')],
  [
    'A project whose source is CODEPIPELINE has no webhook.',
    'CB:github-webhook',
    enforced(PROJECT, 'a webhook of a project that has its source of a pipeline'),
  ],
  [
    'A buildspec stands in the project, in the source, or in S3.',
    'API:ProjectSource',
    holds(PROJECT, 'a buildspec may be a file asset of the assembly: its text runs, and what it exports is known'),
  ],
  [
    'An object in S3 that is no file asset of the templates does not run as a buildspec here.',
    'API:ProjectSource',
    rejected(PROJECT, 'a buildspec in S3'),
  ],
  [
    'A project with a source of its own runs in a pipeline with what CodePipeline hands over.',
    'CB:how-to-create-pipeline',
    holds(
      PROJECT,
      'a project may have a source and a webhook of its own: the pipeline’s go before, and the plan says so',
    ),
  ],
  ['What is wrong in a buildspec is told.', 'CB:build-spec-ref', enforced(PROJECT, 'a buildspec that is wrong')],
  ['The number of builds at once has a limit that is often 1.', 'CB:limits', notApplicable('A quota of an account.')],

  [
    'A build is privileged where the project says so.',
    'API:ProjectEnvironment',
    holds(
      'local/rooms/containers.test.ts',
      'it is privileged only where the project says so, and has its name and labels',
    ),
  ],
  [
    'An image that cannot be had fails PROVISIONING.',
    'API:BuildPhaseType',
    holds(
      'local/rooms/containers.test.ts',
      'an image that cannot be had fails PROVISIONING with the words of the engine and what to do',
    ),
  ],
  [
    'Sizes of compute, prices, histories.',
    'CB:build-env-ref-compute-types',
    notApplicable('This machine has the size that it has.'),
  ],
]);
