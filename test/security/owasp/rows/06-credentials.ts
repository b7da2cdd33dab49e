import { inTemplates } from '../credentials/in-templates';
import { inRuns } from '../credentials/leaks';
import type { Row } from '../mutants';

export const credentials: Row = {
  number: 6,
  risk: 'Insufficient Credential Hygiene',
  controls: [
    'Secrets are in Secrets Manager or Parameter Store and are named in templates and buildspecs, never written there; a rule of every synthesis looks for them.',
    'Everything that calls AWS is a role; a repository is reached by CodeCommit or a connection, never by a token.',
    'In a run on this machine nothing that is shown or kept holds a secret: output is masked in every usual way of writing it, an exported variable or an artifact with a secret fails the build, none is cached or left behind. CodeBuild masks the exact value in its log and does none of the rest.',
    'The security check of the pipeline looks for secrets in every file of the source.',
  ],
  suites: [inRuns, inTemplates],
  proofs: [
    {
      file: 'test/local/codebuild/environment.test.ts',
      title: 'are in no event, log, reason or report, in no encoding',
    },
    {
      file: 'test/local/codebuild/mask.test.ts',
      title: 'a secret is masked wherever a very long line is cut, and however its bytes come in',
    },
  ],
  notRun: [
    'Masking by CodeBuild itself, on AWS.',
    'A build that sends its secret over the network: whoever may change the build may do so, on AWS and here.',
  ],
};
