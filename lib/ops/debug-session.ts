import { BatchGetBuildsCommand } from '@aws-sdk/client-codebuild';
import { err, ok, type Result } from '../result';
import { type ActionExecution, listActions } from './actions';
import type { Aws } from './aws';
import { listExecutions } from './executions';
import { hasBuild } from './log-streams';
import { type OpsError, refused } from './ops-error';

/**
 * How to get a shell in a build on AWS, as commands to copy: CodeBuild's own sessions (CodeBuild, session-manager). A build that CodePipeline
 * starts has none, so the same build is to be started by hand, with the action's own input.
 */
export async function shellOnAws(
  aws: Aws,
  pipeline: string,
  wanted: string | undefined,
): Promise<Result<string, OpsError>> {
  const run = await lastBuild(aws, pipeline, wanted);
  if (!run.ok) return run;
  const { stage, action, externalId: build = '', input, configuration } = run.value;
  const answer = await aws.call('codebuild:BatchGetBuilds', (options) =>
    aws.codebuild.send(new BatchGetBuildsCommand({ ids: [build] }), options),
  );
  if (!answer.ok) return answer;
  const region = await aws.region();
  const target = answer.value.builds?.[0]?.debugSession?.sessionTarget;
  if (target) return ok(`aws ssm start-session --region ${region} --target ${target}`);
  const source = input ? ` --source-type-override S3 --source-location-override ${input}` : '';
  const project = configuration['ProjectName'] ?? build.split(':')[0];
  return ok(
    [
      `slipway shell opens builds of this machine. ${stage}/${action} is build ${build} of CodeBuild, which CodePipeline started without a session.`,
      'To stand in the same build there: put the command codebuild-breakpoint into its buildspec, where it is to stop, then',
      `  aws codebuild start-build --region ${region} --project-name ${project}${source} --artifacts-type-override NO_ARTIFACTS --debug-session-enabled`,
      `  aws codebuild batch-get-builds --region ${region} --ids <its id> --query 'builds[0].debugSession.sessionTarget'`,
      `  aws ssm start-session --region ${region} --target <that>`,
      'and codebuild-resume in the session lets it go on. Action variables have to be given with --environment-variables-override.',
    ].join('\n'),
  );
}

/** The build of the named action in the newest execution; without a name its last build, one that failed first. */
async function lastBuild(
  aws: Aws,
  pipeline: string,
  wanted: string | undefined,
): Promise<Result<ActionExecution, OpsError>> {
  const executions = await listExecutions(aws, pipeline, { most: 1 });
  if (!executions.ok) return executions;
  const [last] = executions.value;
  if (!last) return err(refused(`${pipeline} has not run yet`));
  const runs = await listActions(aws, pipeline, last.execution);
  if (!runs.ok) return runs;
  const builds = runs.value.filter(
    (run) => hasBuild(run) && (wanted === undefined || `${run.stage}/${run.action}` === wanted),
  );
  const found = builds.findLast(({ status }) => status === 'Failed') ?? builds.at(-1);
  if (found) return ok(found);
  const names = [...new Set(runs.value.filter(hasBuild).map(({ stage, action }) => `${stage}/${action}`))].join(', ');
  return err(
    refused(
      `execution ${last.execution} of ${pipeline} has no build${wanted === undefined ? '' : ` of ${wanted}`} yet${names && `; it has: ${names}`}`,
    ),
  );
}
