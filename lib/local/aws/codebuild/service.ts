import type {
  BatchGetBuildsInput,
  BatchGetBuildsOutput,
  BatchGetProjectsInput,
  BatchGetProjectsOutput,
  ListBuildsForProjectInput,
  ListBuildsForProjectOutput,
  ListBuildsInput,
  ListBuildsOutput,
  ListProjectsInput,
  ListProjectsOutput,
  StopBuildInput,
  StopBuildOutput,
} from '@aws-sdk/client-codebuild';
import { err, ok, type Result } from '../../../result';
import { pageOf } from '../paging';
import { type AwsError, type Service, takes } from '../service';
import { batchOperations } from './batches';
import { type BuildAttempt, buildsOf, describeBuild, statusOf } from './builds';
import { type BuildContext, codeBuildArn, invalidToken } from './context';
import { describeProject, projectsOf } from './projects';
import { reportOperations } from './reports';

const LARGEST_PAGE = 100;

/** CodeBuild (CodeBuild API reference): a build is an attempt of a pipeline's CodeBuild action. */
export function codebuild(context: BuildContext): Service {
  const builds = (): readonly BuildAttempt[] => buildsOf(context);
  /** The API counts the builds of a project from 1. */
  const describe = (all: readonly BuildAttempt[], build: BuildAttempt) => {
    const siblings = all.filter(({ project }) => project === build.project);
    return describeBuild(context, build, siblings.length - siblings.indexOf(build));
  };

  return {
    prefix: 'codebuild',
    invalidInput: 'InvalidInputException',
    operations: {
      BatchGetBuilds: takes<BatchGetBuildsInput, BatchGetBuildsOutput>()(['ids'], ({ ids = [] }) => {
        const all = builds();
        const found = ids.map((asked) => all.find(({ id }) => id === plainId(asked)));
        return ok({
          builds: found.flatMap((build) => (build ? [describe(all, build)] : [])),
          buildsNotFound: ids.filter((_, index) => !found[index]),
        });
      }),
      ListBuilds: takes<ListBuildsInput, ListBuildsOutput>()(
        ['sortOrder', 'nextToken'],
        ({ sortOrder = 'DESCENDING', nextToken }) => listed(builds(), sortOrder, nextToken),
      ),
      ListBuildsForProject: takes<ListBuildsForProjectInput, ListBuildsForProjectOutput>()(
        ['projectName', 'sortOrder', 'nextToken'],
        ({ projectName = '', sortOrder = 'DESCENDING', nextToken }) => {
          if (!projectsOf(context.pipelines()).has(projectName))
            return err({ code: 'ResourceNotFoundException', message: `The project ${projectName} cannot be found` });
          return listed(
            builds().filter(({ project }) => project === projectName),
            sortOrder,
            nextToken,
          );
        },
        ({ projectName }) => codeBuildArn(context, `project/${projectName}`),
      ),
      StopBuild: takes<StopBuildInput, StopBuildOutput>()(
        ['id'],
        ({ id: asked = '' }) => {
          const id = plainId(asked);
          const all = builds();
          const build = all.find((each) => each.id === id);
          if (!build) return err({ code: 'ResourceNotFoundException', message: `Build ${asked} cannot be found` });
          // One that has ended stays as it is, and is told.
          if (statusOf(build.attempt.state) === 'IN_PROGRESS' && !context.stopBuild?.(id))
            return err({
              code: 'InvalidInputException',
              message: `Build ${id} cannot be stopped by itself here; stop its execution (StopPipelineExecution)`,
            });
          return ok({ build: describe(all, build) });
        },
        ({ id }) => codeBuildArn(context, `build/${id}`),
      ),
      ListProjects: takes<ListProjectsInput, ListProjectsOutput>()(
        ['sortBy', 'sortOrder', 'nextToken'],
        ({ sortOrder = 'ASCENDING', nextToken }) => {
          const names = [...projectsOf(context.pipelines()).keys()].sort();
          const page = pageOf(
            sortOrder === 'ASCENDING' ? names : names.reverse(),
            (name) => name,
            LARGEST_PAGE,
            nextToken,
          );
          if (!page.ok) return invalidToken(page.errors);
          const { items, ...rest } = page.value;
          return ok({ projects: [...items], ...rest });
        },
      ),
      BatchGetProjects: takes<BatchGetProjectsInput, BatchGetProjectsOutput>()(['names'], ({ names = [] }) => {
        const known = projectsOf(context.pipelines());
        const found = names.map((name) => known.get(name) ?? [...known.values()].find(({ arn }) => arn === name));
        return ok({
          projects: found.flatMap((project) => (project ? [describeProject(project)] : [])),
          projectsNotFound: names.filter((_, index) => !found[index]),
        });
      }),
      ...batchOperations(context),
      ...reportOperations(context, builds),
    },
  };
}

/** A build may be named by its ARN. */
const plainId = (id: string): string => id.replace(/^arn:[^/]*:build\//, '');

function listed(
  builds: readonly BuildAttempt[],
  order: 'ASCENDING' | 'DESCENDING',
  token: string | undefined,
): Result<{ ids: string[]; nextToken?: string }, AwsError> {
  const ids = builds.map(({ id }) => id);
  const page = pageOf(order === 'DESCENDING' ? ids : ids.reverse(), (id) => id, LARGEST_PAGE, token);
  if (!page.ok) return invalidToken(page.errors);
  const { items, ...rest } = page.value;
  return ok({ ids: [...items], ...rest });
}
