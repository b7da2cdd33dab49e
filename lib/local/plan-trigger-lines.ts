import type { GlobList, PlannedTrigger } from './plan';

/** What starts the pipeline, one line a filter. */
export function triggerLines({ sourceAction, push, pullRequest }: PlannedTrigger): string[] {
  const pushes = push.map(({ tags, branches, filePaths }) =>
    ['a push', globs('of a tag', tags), globs('to a branch', branches), globs('that changes', filePaths)].join(''),
  );
  const requests = pullRequest.map(({ events, branches, filePaths }) => {
    const happening = events.length === 0 ? 'any event' : events.join(' or ');
    return [`${happening} of a pull request`, globs('to', branches), globs('that changes', filePaths)].join('');
  });
  return [...pushes, ...requests].map((what) => `started by ${what} in ${sourceAction}`);
}

function globs(before: string, list: GlobList | undefined): string {
  if (list === undefined) return '';
  const { includes, excludes } = list;
  const taken = includes.length === 0 ? 'anything' : includes.join(' or ');
  return ` ${before} ${taken}${excludes.length === 0 ? '' : ` but ${excludes.join(' or ')}`}`;
}
