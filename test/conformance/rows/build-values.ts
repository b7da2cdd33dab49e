import { differs, enforced, holds, notApplicable, type Row, section } from '../row';

const BUILDS = 'conformance/builds.test.ts';
const VALUES = 'local/codebuild/environment.test.ts';
const PROJECT = 'local/plan/project-rules.test.ts';
const ARTIFACT = 'local/codebuild/artifacts.test.ts';
const SOURCE = 'local/executors/source.test.ts';

export const ENVIRONMENT: readonly Row[] = section('2.3', [
  [
    'The action’s value counts before the project’s, and that before the buildspec’s.',
    'CB:build-env-ref-env-vars',
    holds(VALUES, 'action beats project beats buildspec, and values are literal'),
  ],
  [
    'Values are taken as they are written: nothing is expanded.',
    'CB:build-env-ref-env-vars',
    holds(BUILDS, 'variables of the action have values of their own, and are not expanded'),
  ],
  [
    'Names that begin with CODEBUILD_ are reserved: in the buildspec.',
    'CB:build-spec-ref',
    enforced(BUILDS, 'a name of CodeBuild’s own is refused'),
  ],
  ['In the project.', 'CB:build-env-ref-env-vars', enforced(PROJECT, 'a reserved variable of the project')],
  ['In the action.', 'CB:build-env-ref-env-vars', enforced('local/plan/action-rules.test.ts', 'a reserved variable')],
  [
    'Values of Parameter Store and Secrets Manager, by buildspec and by project, whole or by their JSON key.',
    'CB:build-spec-ref',
    differs(
      'They come from a file of this machine that git does not see.',
      VALUES,
      'come from the local file, by buildspec and by project',
    ),
  ],
  [
    'A secret is named by id:key:stage:version, and not by both of the last two.',
    'CB:build-spec-ref',
    enforced(PROJECT, 'a secret of the action with stage and id'),
  ],
  [
    'A value that there is not fails the build.',
    'CB:build-spec-ref',
    holds(VALUES, 'that are missing are all told, with what to write where'),
  ],
  [
    'Logs mask the values of secrets.',
    'CB:build-spec-ref',
    differs(
      'They are masked in every output, and in base64, URL and JSON too.',
      VALUES,
      'are in no event, log, reason or report, in no encoding',
    ),
  ],
  [
    'Exported variables are read at the end of POST_BUILD.',
    'CB:build-spec-ref',
    holds(BUILDS, 'have the values that they have at the end of POST_BUILD'),
  ],
  [
    'No variable is exported that begins with AWS_.',
    'CB:build-spec-ref',
    enforced(BUILDS, 'are none that begin with AWS_'),
  ],
  [
    'Nor one of the project’s from Parameter Store or Secrets Manager.',
    'CB:build-spec-ref',
    holds(BUILDS, 'are none of the project’s secrets'),
  ],
  [
    'git-credential-helper and proxy.',
    'CB:build-spec-ref',
    differs(
      'They have no effect here, and the log says so.',
      BUILDS,
      'the helper for git and the proxy have no effect, and that is said',
    ),
  ],
  [
    'runtime-versions picks the version of a language.',
    'CB:runtime-versions',
    differs(
      'A build takes what it finds; the log tells what was asked for and what is there.',
      BUILDS,
      'are told as they are found, since nothing is installed',
    ),
  ],
  ['runtime-versions stands in install only.', 'CB:build-spec-ref', enforced(BUILDS, 'stand in install only')],
  [
    'A build has CodeBuild’s own variables: its id, ARN, number, image, initiator, source, start …',
    'CB:build-env-ref-env-vars',
    holds(VALUES, 'CodeBuild’s variables are there'),
  ],
  [
    'A version of a buildspec is 0.1 or 0.2.',
    'CB:build-spec-ref',
    enforced(BUILDS, 'a version that there is not is refused'),
  ],
  ['A webhook’s variables.', 'CB:build-env-ref-env-vars', notApplicable('A project of a pipeline has no webhook.')],

  [
    'CODEBUILD_BUILD_NUMBER counts the builds of a project.',
    'CB:build-env-ref-env-vars',
    holds(
      'local/codebuild/versions.test.ts',
      'CODEBUILD_BUILD_NUMBER counts the builds of a project; CODEBUILD_KMS_KEY_ID is Amazon S3’s own key where the project has none',
    ),
  ],
  [
    'CODEBUILD_BATCH_BUILD_IDENTIFIER is of builds in a batch alone.',
    'CB:build-env-ref-env-vars',
    holds('local/codebuild/versions.test.ts', 'CODEBUILD_BATCH_BUILD_IDENTIFIER is of batch builds alone'),
  ],
  [
    'BuildspecOverride goes before the project’s buildspec, inline or as a file.',
    'CP:action-reference-CodeBuild',
    holds(
      'local/codebuild/buildspec-source.test.ts',
      'BuildspecOverride goes before the project’s, inline or as a file',
    ),
  ],
]);

export const ARTIFACTS: readonly Row[] = section('2.4', [
  ['files is required.', 'CB:build-spec-ref', enforced(BUILDS, 'need files')],
  ['A file by its name.', 'CB:build-spec-ref', holds(ARTIFACT, 'a file')],
  ['A file in a folder.', 'CB:build-spec-ref', holds(ARTIFACT, 'a file in a folder')],
  ['* stays in its folder.', 'CB:build-spec-ref', holds(ARTIFACT, '* stays in its folder')],
  ['**/* is everything.', 'CB:build-spec-ref', holds(ARTIFACT, '**/* is everything; linked folders are not entered')],
  [
    'base-directory may be a pattern, and is taken away.',
    'CB:build-spec-ref',
    holds(ARTIFACT, 'the base directory may be a pattern'),
  ],
  ['discard-paths lays everything flat.', 'CB:build-spec-ref', holds(ARTIFACT, 'discard-paths')],
  [
    'enable-symlinks keeps links in the zip.',
    'CB:build-spec-ref',
    holds(ARTIFACT, 'executable bits survive; links are kept or followed as enable-symlinks says'),
  ],
  [
    'In a pipeline name, packaging and path are ignored.',
    'API:ProjectArtifacts',
    holds(BUILDS, 'of a build in a pipeline ignore their name'),
  ],
  [
    'Where the project’s source is of type CODEPIPELINE its artifacts are, too.',
    'API:ProjectArtifacts',
    enforced(PROJECT, 'artifacts of its own, with the source of a pipeline'),
  ],
  [
    'And where its artifacts are, its source is.',
    'API:ProjectSource',
    enforced(PROJECT, 'a source of its own, with the artifacts of a pipeline'),
  ],
  [
    'One output is the top-level section.',
    'CP:action-reference-CodeBuild',
    holds(ARTIFACT, 'of one output the artifact is the top-level section'),
  ],
  [
    'Of several each is the secondary artifact of its name.',
    'CP:action-reference-CodeBuild',
    holds(ARTIFACT, 'of several outputs each is the secondary artifact of its name'),
  ],
  [
    'An output that the buildspec does not make fails the build.',
    'CP:action-reference-CodeBuild',
    holds(ARTIFACT, 'an output without an artifacts section fails'),
  ],
  [
    'More inputs are in CODEBUILD_SRC_DIR_<artifact>.',
    'CP:action-reference-CodeBuild',
    holds(BUILDS, 'of several inputs are in CODEBUILD_SRC_DIR_<artifact>'),
  ],
  [
    'Files that match nothing fail UPLOAD_ARTIFACTS.',
    'CB:build-spec-ref',
    holds(ARTIFACT, 'files that are not there fail UPLOAD_ARTIFACTS'),
    'uncertain',
  ],
  [
    'A source of CODE_ZIP has no .git.',
    'CP:action-reference-CodeCommit',
    holds(SOURCE, 'holds the files of the commit, without .git, and the variables of CodeCommit'),
  ],
  [
    'And no executable bits.',
    'CP:action-reference-CodeCommit',
    holds(SOURCE, 'has no executable bits, keeps links, and is the same bytes each time'),
    'uncertain',
  ],

  ['exclude-paths: * within a folder.', 'CB:build-spec-ref', holds(ARTIFACT, 'exclude-paths, in one folder')],
  ['exclude-paths: ** across folders.', 'CB:build-spec-ref', holds(ARTIFACT, 'exclude-paths, across folders')],
  [
    'files is required though only secondary artifacts are wanted.',
    'CB:build-spec-ref',
    differs(
      'In a pipeline with secondary artifacts the top-level section may be left out.',
      ARTIFACT,
      'of several outputs each is the secondary artifact of its name',
    ),
  ],
]);
