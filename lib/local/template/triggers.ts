import type { GlobList, PlannedTrigger, PullRequestFilter, PushFilter } from '../plan';
import type { DraftStage } from './draft';
import { KEYS } from './keys';
import type { Node } from './node';

/** Source: CodePipeline user guide, limits; API, GitConfiguration and what it holds. */
const MOST_TRIGGERS = 50;
const MOST_FILTERS = 3;
const MOST_PATTERNS = 8;
const LONGEST_PATTERN = 255;
const LARGEST = 200 * 1024;

const EVENTS = ['OPEN', 'UPDATED', 'CLOSED'] as const;

/**
 * Reads the triggers of a pipeline: filters over what happens in the repository of a connection. Undefined where there are none.
 * Sources: CodePipeline user guide, pipelines-filter, limits; API, PipelineTriggerDeclaration.
 */
export function readTriggers(list: Node, stages: readonly DraftStage[]): PlannedTrigger[] | undefined {
  if (list.absent) return undefined;
  const items = list.items();
  if (items.length > MOST_TRIGGERS) list.fail(`Expected at most ${MOST_TRIGGERS} triggers, found ${items.length}.`);
  const named = new Set<string>();
  const triggers = items.map((item) => {
    item.object(KEYS.trigger);
    item
      .member('ProviderType')
      .required()
      .oneOf(['CodeStarSourceConnection'], 'Changes of other sources start a pipeline by an EventBridge rule.');
    const git = item.member('GitConfiguration').required().object(KEYS.gitConfiguration);
    const sourceAction = readSource(git.member('SourceActionName'), stages, named);
    const push = readFilters(git.member('Push'), 'push', readPush);
    const pullRequest = readFilters(git.member('PullRequest'), 'pull request', readPullRequest);
    if (!git.absent && push.length === 0 && pullRequest.length === 0)
      git.fail('Expected Push or PullRequest with a filter; without a trigger every push to the branch starts it.');
    return { sourceAction, push, pullRequest };
  });
  const size = Buffer.byteLength(JSON.stringify(triggers));
  if (size > LARGEST) list.fail(`The triggers take ${size} bytes; CodePipeline takes ${LARGEST}.`);
  return triggers;
}

/** A source action of a connection; only one trigger names it. */
function readSource(node: Node, stages: readonly DraftStage[], named: Set<string>): string {
  const name = node.requiredText();
  if (name === '') return name;
  if (named.has(name)) node.fail(`Another trigger is for "${name}" already; put all filters into one.`);
  named.add(name);
  const sources = stages[0]?.actions ?? [];
  const source = sources.find(({ action }) => action.name === name);
  const connections = sources.filter(({ action }) => action.kind === 'connection').map(({ action }) => action.name);
  if (stages[0]?.refused.some((action) => action.name === name)) return name;
  if (source === undefined)
    node.fail(`There is no source action "${name}"; those of a connection: ${connections.join(', ') || 'none'}.`);
  else if (source.action.kind !== 'connection')
    node.fail(`"${name}" is no CodeStarSourceConnection; only such a source has triggers, others EventBridge rules.`);
  return name;
}

function readFilters<T>(list: Node, what: string, read: (filter: Node) => T): T[] {
  if (list.absent) return [];
  const items = list.items();
  if (items.length < 1 || items.length > MOST_FILTERS)
    list.fail(`Expected 1 to ${MOST_FILTERS} ${what} filters, found ${items.length}.`);
  return items.map(read);
}

function readPush(node: Node): PushFilter {
  node.object(KEYS.pushFilter);
  const tags = readGlobs(node.member('Tags'));
  const branches = readGlobs(node.member('Branches'));
  const filePaths = readGlobs(node.member('FilePaths'));
  if (tags && (branches || filePaths))
    node.fail('Tags go alone: give branches and file paths in a filter of their own.');
  else if (!tags && !branches)
    node.fail(filePaths ? 'FilePaths go only with Branches; add them.' : 'Expected Tags, or Branches with FilePaths.');
  return { ...(tags && { tags }), ...(branches && { branches }), ...(filePaths && { filePaths }) };
}

function readPullRequest(node: Node): PullRequestFilter {
  node.object(KEYS.pullRequestFilter);
  const list = node.member('Events');
  const items = list.items();
  if (!list.absent && items.length === 0) list.fail(`Expected one or more of ${EVENTS.join(', ')}.`);
  const events = items.map((item) => item.oneOf(EVENTS)).filter((event) => event !== undefined);
  if (new Set(events).size < events.length) list.fail('An event stands twice in this list.');
  const branches = readGlobs(node.member('Branches'));
  const filePaths = readGlobs(node.member('FilePaths'));
  if (!branches)
    node.fail(filePaths ? 'FilePaths go only with Branches; add them.' : 'Branches is missing: those of destination.');
  return { events, ...(branches && { branches }), ...(filePaths && { filePaths }) };
}

function readGlobs(node: Node): GlobList | undefined {
  if (node.absent) return undefined;
  node.object(KEYS.globs);
  const [includes = [], excludes = []] = ['Includes', 'Excludes'].map((key) => readPatterns(node.member(key)));
  if (includes.length === 0 && excludes.length === 0) node.fail('Expected Includes or Excludes with a pattern.');
  return { includes, excludes };
}

function readPatterns(list: Node): string[] {
  const items = list.items();
  if (items.length > MOST_PATTERNS) list.fail(`Expected at most ${MOST_PATTERNS} patterns, found ${items.length}.`);
  return items.map((item) => {
    const pattern = item.requiredText();
    if (pattern.length > LONGEST_PATTERN)
      item.fail(`The pattern has ${pattern.length} characters; CodePipeline takes ${LONGEST_PATTERN}: shorten it.`);
    return pattern;
  });
}
