import type { RefChange } from '../git-server/refs';
import { madeIdentifier } from '../template/resource-types';
import type { EventContent } from './bus-event';

export interface CodeCommitPlace {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

export const repositoryArn = (place: CodeCommitPlace, repository: string): string =>
  `arn:${place.partition}:codecommit:${place.region}:${place.account}:${repository}`;

/** The id that `Ref` of the repository gives. */
export const repositoryId = ({ account, region }: CodeCommitPlace, repository: string): string =>
  madeIdentifier('', `${account}/${region}/${repository}`);

/** `CodeCommit Repository State Change` (CodeCommit user guide, monitoring-events); commit ids of tags are of what is tagged. */
export function referenceEvent(
  place: CodeCommitPlace,
  repository: string,
  { type, name, ref }: RefChange,
  ids: { readonly commit?: string; readonly oldCommit?: string },
  more: Readonly<Record<string, string>> = {},
): EventContent {
  const { commit, oldCommit } = ids;
  const event =
    commit === undefined ? 'referenceDeleted' : oldCommit === undefined ? 'referenceCreated' : 'referenceUpdated';
  return {
    source: 'aws.codecommit',
    'detail-type': 'CodeCommit Repository State Change',
    resources: [repositoryArn(place, repository)],
    detail: {
      event,
      repositoryName: repository,
      repositoryId: repositoryId(place, repository),
      referenceType: type,
      referenceName: name,
      referenceFullName: ref,
      ...(commit !== undefined && { commitId: commit }),
      ...(oldCommit !== undefined && { oldCommitId: oldCommit }),
      ...more,
    },
  };
}
