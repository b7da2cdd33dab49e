import type { GlobList, PlannedTrigger, PullRequestFilter, PushFilter } from '../plan';
import { matchesGlob } from './glob';

/** What happened in the repository of a connection. */
export type GitChange =
  | {
      readonly kind: 'push';
      readonly type: 'branch' | 'tag';
      readonly name: string;
      /** The branch or tag was not there before. */
      readonly created: boolean;
      /** Paths of changed files. */
      readonly files: readonly string[];
    }
  | {
      readonly kind: 'pull-request';
      readonly event: 'OPEN' | 'UPDATED' | 'CLOSED';
      /** The branch that it is to be merged into. */
      readonly destination: string;
      readonly files: readonly string[];
    };

/** CodePipeline user guide, limits and pipelines-filter: the files of a change that are looked at. */
const MOST_FILES = 100;

/**
 * Whether a change starts the pipeline (CodePipeline user guide, pipelines-filter): one filter that matches is enough; all that a
 * filter gives must match; what is excluded is out, whatever is included. One changed file that passes is enough.
 */
export function triggeredBy(trigger: PlannedTrigger, change: GitChange): boolean {
  return change.kind === 'push'
    ? trigger.push.some((filter) => matchesPush(filter, change))
    : trigger.pullRequest.some((filter) => matchesPullRequest(filter, change));
}

/** Without a trigger: a push to the branch of the source action (DetectChanges). */
export const detects = (branch: string, change: GitChange): boolean =>
  change.kind === 'push' && change.type === 'branch' && change.name === branch;

function matchesPush({ tags, branches, filePaths }: PushFilter, change: GitChange & { kind: 'push' }): boolean {
  if (change.type === 'tag') return tags !== undefined && passes(tags, change.name);
  if (tags !== undefined) return false;
  if (branches !== undefined && !passes(branches, change.name)) return false;
  if (filePaths === undefined) return true;
  // There is nothing that a new branch could be compared with.
  return !change.created && somePasses(filePaths, change.files);
}

function matchesPullRequest(filter: PullRequestFilter, change: GitChange & { kind: 'pull-request' }): boolean {
  const { events, branches, filePaths } = filter;
  if (events.length > 0 && !events.includes(change.event)) return false;
  if (branches !== undefined && !passes(branches, change.destination)) return false;
  return filePaths === undefined || somePasses(filePaths, change.files);
}

const somePasses = (list: GlobList, files: readonly string[]): boolean =>
  files.slice(0, MOST_FILES).some((file) => passes(list, file));

function passes({ includes, excludes }: GlobList, name: string): boolean {
  const matches = (pattern: string): boolean => matchesGlob(pattern, name);
  return !excludes.some(matches) && (includes.length === 0 || includes.some(matches));
}
