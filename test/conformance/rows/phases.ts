import { differs, enforced, holds, notApplicable, type Row, rejected, section } from '../row';

const BUILDS = 'conformance/builds.test.ts';
const WALK = 'local/codebuild/phases.test.ts';
const STATE = 'local/rooms/shell.test.ts';
const ARTIFACT = 'local/codebuild/artifacts.test.ts';

export const PHASES: readonly Row[] = section('2.1', [
  [
    'Phases run in the order of CodeBuild, whatever their order in the file.',
    'API:BuildPhaseType',
    holds(WALK, 'phases run in CodeBuild’s order, whatever the order in the file'),
  ],
  [
    'A build tells SUBMITTED, QUEUED, PROVISIONING, FINALIZING and COMPLETED too.',
    'API:BuildPhaseType',
    differs(
      'Phases in which nothing happens here are not told, nor are those that the buildspec leaves empty.',
      BUILDS,
      'a build has the phases DOWNLOAD_SOURCE, INSTALL, PRE_BUILD, BUILD, POST_BUILD and UPLOAD_ARTIFACTS',
    ),
  ],
  [
    'A command that fails has the rest of its phase left out; finally runs, and a failure of either fails the phase.',
    'CB:build-spec-ref',
    holds(WALK, 'finally runs after success and after failure; its own failure fails the phase'),
  ],
  [
    'The reason is the command’s, if finally fails too.',
    'CB:build-spec-ref',
    holds(WALK, 'when a command and finally fail, the command is the reason'),
  ],
  [
    'A failed INSTALL goes straight to FINALIZING: no BUILD, no POST_BUILD.',
    'CB:view-build-details-phases',
    holds(WALK, 'a failed INSTALL goes straight to FINALIZING'),
  ],
  [
    'So does a failed PRE_BUILD.',
    'CB:view-build-details-phases',
    holds(WALK, 'a failed PRE_BUILD goes straight to FINALIZING'),
  ],
  [
    'After a failed BUILD come POST_BUILD and the upload; the build has failed.',
    'CB:view-build-details-phases',
    holds(WALK, 'after a failed BUILD, POST_BUILD and the upload still come, and the build fails'),
  ],
  [
    'A failed POST_BUILD fails the build, and the upload is still tried.',
    'CB:view-build-details-phases',
    holds(WALK, 'a failed POST_BUILD fails the build; the first failure is the one that is told'),
    'uncertain',
  ],
  [
    'In a pipeline a failed build hands nothing over.',
    'CP:action-reference-CodeBuild',
    holds(ARTIFACT, 'after a failed BUILD the reason stays that of the build, and no artifact is handed over'),
  ],
  [
    'CODEBUILD_BUILD_SUCCEEDING is 1 until something fails, and 0 from then on.',
    'CB:build-env-ref-env-vars',
    holds(
      WALK,
      'CODEBUILD_BUILD_SUCCEEDING is 1 until a command fails, 0 from finally on, and 1 again after a retry that mended it',
    ),
  ],
  [
    'on-failure ABORT: nothing comes after the phase.',
    'CB:build-spec-ref',
    holds(WALK, 'on-failure ABORT: nothing comes after a failed BUILD'),
  ],
  [
    'on-failure CONTINUE: the next phase runs; whether the build has failed then, AWS’s pages tell both ways, and it has.',
    'CB:build-spec-ref',
    holds(WALK, 'on-failure CONTINUE: the next phase runs after a failed PRE_BUILD, and the build still fails'),
    'uncertain',
  ],
  [
    'on-failure RETRY runs the phase again, 3 times at most.',
    'CB:build-spec-ref',
    holds(WALK, 'on-failure RETRY repeats the whole phase until it succeeds'),
  ],
  [
    'on-failure RETRY-n, RETRY-regex and RETRY-n-regex.',
    'CB:build-spec-ref',
    holds(WALK, 'on-failure RETRY ends after its number of retries, and at once when the pattern does not match'),
  ],
  ['At most 100 retries.', 'CB:build-spec-ref', enforced(BUILDS, 'more than 100 retries are refused')],
  [
    'Another word for on-failure is refused.',
    'CB:build-spec-ref',
    enforced(BUILDS, 'a phase that fails in a way that is not known is refused'),
  ],
  [
    'on-failure has no effect on Lambda compute, reserved capacity and images that are not CodeBuild’s.',
    'CB:build-spec-ref',
    differs('It has its effect in every image; the first two do not run here.'),
  ],
  [
    'autoRetryLimit does not go for builds of a pipeline.',
    'CB:auto-retry-build',
    holds('local/plan/keys.test.ts', 'that have no effect here are listed with the reason'),
  ],
  [
    'A build that takes longer than its timeout ends as TIMED_OUT.',
    'API:StatusType',
    holds('local/codebuild/processes.test.ts', 'a build that takes longer than its timeout fails as TIMED_OUT'),
  ],
  [
    'A build that is stopped ends its command and runs nothing more.',
    'API:StatusType',
    holds('local/codebuild/processes.test.ts', 'a stop ends the running command, runs nothing more and leaves nothing'),
  ],
  ['A build may end as FAULT.', 'API:StatusType', notApplicable('A defect of the service.')],
]);

export const SHELL: readonly Row[] = section('2.2', [
  [
    'Version 0.2 keeps the folder from one command to the next.',
    'CB:build-spec-ref',
    holds(STATE, 'the directory is carried over'),
  ],
  [
    'And all variables, exported or not.',
    'CB:build-spec-ref',
    holds(STATE, 'variables are carried over without export'),
  ],
  ['Child processes see them.', 'CB:build-spec-ref', holds(STATE, 'and reach child processes')],
  [
    'A variable that was unset stays unset.',
    'CB:build-spec-ref',
    holds(STATE, 'a variable that was unset stays unset'),
  ],
  [
    'Folder and variables go on into the next phase.',
    'CB:build-spec-ref',
    holds(BUILDS, 'carries folder and variables from one phase to the next'),
  ],
  [
    'Version 0.1 begins anew with each command.',
    'CB:build-spec-ref',
    holds(BUILDS, 'of version 0.1 begins anew with each command'),
  ],
  [
    'Functions end with their command.',
    'CB:build-env-ref-cmd',
    holds(STATE, 'functions are not carried over'),
    'uncertain',
  ],
  ['set -e ends with its command.', 'CB:build-env-ref-cmd', holds(STATE, 'set -e is not carried over'), 'uncertain'],
  ['Traps end with their command.', 'CB:build-env-ref-cmd', holds(STATE, 'traps end with their command'), 'uncertain'],
  [
    'A command that calls exit 0 leaves no state.',
    'CB:build-env-ref-cmd',
    holds(STATE, 'exit 0 leaves no state'),
    'uncertain',
  ],
  [
    'Text of several lines is one command, and its last status counts.',
    'CB:build-spec-ref',
    holds(STATE, 'the last status of several lines counts'),
  ],
  ['Unless it says set -e.', 'CB:build-spec-ref', holds(STATE, 'set -e inside a command holds')],
  [
    'CODEBUILD_LAST_EXIT has the status of the command before.',
    'CB:build-env-ref-env-vars',
    holds(STATE, 'the status is carried over'),
    'uncertain',
  ],
  [
    'The text of a command begins at line 4 of script.sh, as errors of the shell say.',
    'CB:build-env-ref-cmd',
    holds(STATE, 'a syntax error is told with line 4 as the first of the command, and leaves the state'),
    'uncertain',
  ],
  [
    'The shell is /bin/sh if nothing is said.',
    'CB:build-spec-ref',
    holds('local/codebuild/buildspec.test.ts', 'the smallest buildspec has the defaults of CodeBuild'),
  ],
  ['env.shell bash.', 'CB:build-spec-ref', holds(BUILDS, 'may be bash')],
  ['env.shell powershell.exe and cmd.exe.', 'CB:build-spec-ref', rejected(BUILDS, 'is none of Windows: %s')],
  [
    'What runs in the background does not hold its command up.',
    'CB:build-env-ref-cmd',
    holds(STATE, 'what runs in the background does not hold its command up'),
    'uncertain',
  ],
  [
    'HOME is /root.',
    'CB:build-env-ref-env-vars',
    differs(
      'On this machine each build has an empty home of its own, so that it finds nothing of its user’s.',
      'local/codebuild/environment.test.ts',
      'the home of a build is its own and empty, and the user’s is not named anywhere',
    ),
  ],

  [
    'run-as of a phase goes before that of the buildspec; root is the default.',
    'CB:build-spec-ref',
    holds('local/codebuild/run-as.test.ts', 'run-as of a phase goes before that of the buildspec'),
  ],
  [
    'Commands run as root.',
    'CB:build-spec-ref',
    differs(
      'They run as the user who started Slipway; only root can become another.',
      'local/codebuild/run-as.test.ts',
      'root is CodeBuild’s own default, for which the user stands who started Slipway',
    ),
  ],
]);
