import { describe, expect, test } from '@jest/globals';
import { matchesGlob } from '../../../lib/local/events/glob';
import { detects, type GitChange, triggeredBy } from '../../../lib/local/events/triggers';
import type { GlobList, PlannedTrigger, PullRequestFilter, PushFilter } from '../../../lib/local/plan';

const list = (includes: readonly string[], excludes: readonly string[] = []): GlobList => ({ includes, excludes });
const onPush = (...push: PushFilter[]): PlannedTrigger => ({ sourceAction: 'S', push, pullRequest: [] });
const onPull = (...pullRequest: PullRequestFilter[]): PlannedTrigger => ({ sourceAction: 'S', push: [], pullRequest });
const branch = (name: string, files: readonly string[] = ['src/a.ts'], created = false): GitChange => ({
  kind: 'push',
  type: 'branch',
  name,
  created,
  files,
});
const tag = (name: string): GitChange => ({ kind: 'push', type: 'tag', name, created: true, files: [] });
const pull = (event: 'OPEN' | 'UPDATED' | 'CLOSED', destination = 'main', files = ['src/a.ts']): GitChange => ({
  kind: 'pull-request',
  event,
  destination,
  files,
});
const many = (count: number, last: string) => [...Array(count).fill('docs/a.md'), last];

// [what, trigger, change, whether it starts]
const table: readonly (readonly [string, PlannedTrigger, GitChange, boolean])[] = [
  ['a branch that is included', onPush({ branches: list(['main']) }), branch('main'), true],
  ['another branch', onPush({ branches: list(['main']) }), branch('develop'), false],
  ['a branch by a pattern', onPush({ branches: list(['feature/*']) }), branch('feature/x'), true],
  ['a branch deeper than the pattern', onPush({ branches: list(['feature/*']) }), branch('feature/x/y'), false],
  ['a branch that is included and excluded', onPush({ branches: list(['f**'], ['f/no']) }), branch('f/no'), false],
  ['excludes alone include the rest', onPush({ branches: list([], ['wip/**']) }), branch('main'), true],
  ['excludes alone', onPush({ branches: list([], ['wip/**']) }), branch('wip/a/b'), false],
  ['a new branch', onPush({ branches: list(['**']) }), branch('new', [], true), true],
  ['a tag', onPush({ tags: list(['v*']) }), tag('v1'), true],
  ['another tag', onPush({ tags: list(['v*']) }), tag('x1'), false],
  ['a tag that is excluded', onPush({ tags: list(['v*'], ['*-rc*']) }), tag('v1-rc1'), false],
  ['a tag where branches are filtered', onPush({ branches: list(['v*']) }), tag('v1'), false],
  ['a branch where tags are filtered', onPush({ tags: list(['v*']) }), branch('v1'), false],
  ['one filter of several', onPush({ tags: list(['v*']) }, { branches: list(['main']) }), branch('main'), true],
  ['a path', onPush({ branches: list(['main']), filePaths: list(['src/**']) }), branch('main'), true],
  ['the path on another branch', onPush({ branches: list(['main']), filePaths: list(['src/**']) }), branch('x'), false],
  [
    'another path',
    onPush({ branches: list(['main']), filePaths: list(['src/**']) }),
    branch('main', ['docs/a']),
    false,
  ],
  [
    'one file that passes beside one that is excluded',
    onPush({ branches: list(['main']), filePaths: list([], ['docs/**']) }),
    branch('main', ['docs/a.md', 'src/a.ts']),
    true,
  ],
  [
    'only files that are excluded',
    onPush({ branches: list(['main']), filePaths: list([], ['docs/**']) }),
    branch('main', ['docs/a.md']),
    false,
  ],
  [
    'a file that is included and excluded',
    onPush({ branches: list(['main']), filePaths: list(['**/*.ts'], ['src/**']) }),
    branch('main', ['src/a.ts']),
    false,
  ],
  [
    'a new branch with a path',
    onPush({ branches: list(['**']), filePaths: list(['**']) }),
    branch('n', ['a'], true),
    false,
  ],
  ['no file at all', onPush({ branches: list(['main']), filePaths: list([], ['docs/**']) }), branch('main', []), false],
  [
    'the 100th file',
    onPush({ branches: list(['main']), filePaths: list(['src/**']) }),
    branch('main', many(99, 'src/a')),
    true,
  ],
  [
    'the 101st file',
    onPush({ branches: list(['main']), filePaths: list(['src/**']) }),
    branch('main', many(100, 'src/a')),
    false,
  ],
  ['a pull request of any event', onPull({ events: [], branches: list(['main']) }), pull('CLOSED'), true],
  ['a pull request of the event', onPull({ events: ['OPEN'], branches: list(['main']) }), pull('OPEN'), true],
  ['a pull request of another event', onPull({ events: ['OPEN'], branches: list(['main']) }), pull('UPDATED'), false],
  ['a pull request to another branch', onPull({ events: [], branches: list(['main']) }), pull('OPEN', 'x'), false],
  [
    'a pull request with a path',
    onPull({ events: [], branches: list(['main']), filePaths: list(['docs/**']) }),
    pull('OPEN'),
    false,
  ],
  ['a push where pull requests are filtered', onPull({ events: [], branches: list(['main']) }), branch('main'), false],
  ['a pull request where pushes are filtered', onPush({ branches: list(['main']) }), pull('OPEN'), false],
];

describe('a trigger is started by', () => {
  test.each(table)('%s', (_, trigger, change, expected) => expect(triggeredBy(trigger, change)).toBe(expected));
});

test('without a trigger a push to the branch of the action is detected, and nothing else', () => {
  expect(detects('main', branch('main', [], true))).toBe(true);
  expect(detects('main', branch('develop'))).toBe(false);
  expect(detects('main', tag('main'))).toBe(false);
  expect(detects('main', pull('OPEN'))).toBe(false);
});

test.each([
  ['*.java', 'A.java', true],
  ['*.java', 'a/A.java', false],
  ['**.java', 'a/A.java', true],
  ['*.*', 'a.b', true],
  ['*.{java,class}', 'A.class', true],
  ['*.{java,class}', 'A.ts', false],
  ['foo.?', 'foo.c', true],
  ['foo.?', 'foo.cc', false],
  ['v[0-9]', 'v1', true],
  ['v[0-9]', 'vx', false],
  ['v[!0-9]', 'vx', true],
  ['v[!a]', 'v/', false],
  ['a\\*', 'a*', true],
  ['a\\*', 'ab', false],
  ['.github/*', '.github/x', true],
  ['*', '.hidden', true],
  ['a+b(c)', 'a+b(c)', true],
  ['release/**', 'release/1/2', true],
  ['[', '[', true],
  ['{a', '{a', true],
])('the glob %s and %s: %s', (pattern, name, expected) => expect(matchesGlob(pattern, name)).toBe(expected));
