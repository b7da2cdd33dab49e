import { ListPipelinesCommand } from '@aws-sdk/client-codepipeline';
import { err, ok, type Result } from '../result';
import type { Aws } from './aws';
import { type OpsError, usage } from './ops-error';
import { nearest, noSuch } from './text';

/** What the user's project says about names: its service, and the pipelines that its slipway.yaml describes. */
export interface ProjectNames {
  readonly service: string;
  readonly pipelines: readonly string[];
}

/** Names of all pipelines in the account and region, in the order of their names. */
export async function listPipelines(aws: Aws): Promise<Result<readonly string[], OpsError>> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await aws.call('codepipeline:ListPipelines', (options) =>
      aws.codepipeline.send(new ListPipelinesCommand({ ...(nextToken !== undefined && { nextToken }) }), options),
    );
    if (!page.ok) return page;
    names.push(...(page.value.pipelines ?? []).flatMap(({ name }) => name ?? []));
    nextToken = page.value.nextToken;
  } while (nextToken);
  return ok(names.sort());
}

/**
 * The pipelines that a word means. Who may not list pipelines names one: it is taken as the project's, else as it is written.
 */
export async function findPipelines(
  aws: Aws,
  wanted: string | undefined,
  project: ProjectNames | undefined,
): Promise<Result<readonly string[], OpsError>> {
  const names = await listPipelines(aws);
  if (names.ok) return choosePipelines(names.value, wanted, project);
  const [error] = names.errors;
  if (wanted === undefined || error?.kind !== 'access' || error.permission === undefined) return names;
  const own = project?.pipelines.find((name) => name === `${project.service}-${wanted}`);
  return ok([own ?? wanted]);
}

/**
 * The pipelines that a word means: a full name, or what follows the service's name (`production`). Without a word: those of the
 * project, where any of them exists, else all. There is at least one.
 */
export function choosePipelines(
  names: readonly string[],
  wanted: string | undefined,
  project: ProjectNames | undefined,
): Result<readonly string[], OpsError> {
  if (names.length === 0) return err(usage('there is no pipeline here: look at --region and --profile'));
  if (wanted === undefined) {
    const own = names.filter((name) => project?.pipelines.includes(name));
    return ok(own.length > 0 ? own : names);
  }
  const found =
    names.find((name) => name === wanted) ?? names.find((name) => name === `${project?.service ?? ''}-${wanted}`);
  if (found !== undefined) return ok([found]);
  const ending = names.filter((name) => name.endsWith(`-${wanted}`));
  if (ending.length === 1) return ok(ending);
  if (ending.length > 1) return err(usage(`several pipelines are called so: ${ending.join(', ')}; name one`));
  const near = nearest(wanted, names) ?? nearest(`${project?.service ?? ''}-${wanted}`, names);
  return err(usage(noSuch('pipeline', wanted, names, near)));
}
