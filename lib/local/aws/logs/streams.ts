import { type Attempt, externalIdOf, isBatch } from '../attempts/attempts';

/** A log stream: the output of one attempt of an action. */
export interface Stream {
  readonly group: string;
  readonly name: string;
  readonly attempt: Attempt;
}

/**
 * Where AWS would log an attempt: `/aws/codebuild/<project>` by the build's UUID, `/aws/lambda/<function>` by day and instance,
 * `/aws/codepipeline/<pipeline>` for what runs on CodePipeline's own builds. Undefined: it has no log, or no build id yet.
 */
export function streamOf(attempt: Attempt): Stream | undefined {
  const { planned, pipeline, state, id } = attempt;
  const external = externalIdOf(attempt);
  const uuid = external?.split(':').at(-1) ?? '';
  switch (planned?.kind) {
    case 'codebuild': {
      const group = `/aws/codebuild/${planned.project.name}`;
      // A batch has no log of its own: its builds have.
      if (isBatch(attempt)) return undefined;
      return external === undefined ? undefined : { group, name: uuid, attempt };
    }
    case 'lambda': {
      const day = (state.startedAt ?? '').slice(0, 10).replaceAll('-', '/');
      const name = `${day}/[$LATEST]${id.replaceAll('-', '')}`;
      return { group: `/aws/lambda/${planned.function.name}`, name, attempt };
    }
    case 'approval':
    case 'codecommit':
    case 'connection':
    case 'pipeline-invoke':
      return undefined;
    default:
      return { group: `/aws/codepipeline/${pipeline}`, name: UUID.test(uuid) ? uuid : id, attempt };
  }
}

/** `arn:<partition>:logs:<region>:<account>:log-group:<group>:log-stream:<stream>`. */
export const streamArn = (
  { partition, region, account }: { readonly partition: string; readonly region: string; readonly account: string },
  { group, name }: Pick<Stream, 'group' | 'name'>,
): string => `arn:${partition}:logs:${region}:${account}:log-group:${group}:log-stream:${name}`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
