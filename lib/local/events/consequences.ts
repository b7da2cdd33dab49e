import type { RefChange } from '../git-server/refs';
import type { Consequences, ResolvedChange, ServedRepository } from '../git-server/service';
import type { Trigger } from '../pipelines/host';
import type { CodeCommitAction, ConnectionAction, Plan } from '../plan';
import type { EventRule } from '../template/event-rule';
import { busEvent } from './bus-event';
import { type CodeCommitPlace, referenceEvent } from './codecommit-events';
import { type Delivery, deliveryId } from './delivery';
import { detects, type GitChange, triggeredBy } from './triggers';

export interface ConsequenceOptions extends CodeCommitPlace {
  readonly plans: readonly Plan[];
  readonly rules: readonly EventRule[];
  readonly newId: () => string;
  readonly now: () => Date;
}

/** Tries again as a rule's target without a policy of its own does. */
const RETRY = { seconds: 86_400, attempts: 185 };

type SourceAction = CodeCommitAction | ConnectionAction;

interface Source {
  readonly plan: Plan;
  readonly action: SourceAction;
}

/** What pushes start by the pipelines' own triggers and by polling, beside the rules of the event bus. */
export function consequencesOf(options: ConsequenceOptions): Consequences {
  const sources: Source[] = options.plans.flatMap((plan) =>
    plan.stages.flatMap(({ actions }) =>
      actions.flatMap((action) =>
        action.kind === 'codecommit' || action.kind === 'connection' ? [{ plan, action }] : [],
      ),
    ),
  );
  return {
    async deliveries(repository, changes) {
      const made = await Promise.all(
        sources.map((source) => Promise.all(changes.map((change) => started(source, repository, change, options)))),
      );
      return made.flat().filter((delivery) => delivery !== undefined);
    },
    startsBy(repository, change) {
      const push: GitChange = { kind: 'push', type: change.type, name: change.name, created: true, files: [] };
      if (sources.some((source) => isOf(source, repository) && starts(source, push))) return true;
      if (repository.provider !== 'codecommit') return false;
      const event = busEvent(
        referenceEvent(options, repository.name, change, { commit: '0'.repeat(40) }),
        options,
        options.newId(),
        options.now(),
      );
      return options.rules.some(
        ({ enabled, pattern, targets }) =>
          enabled && pattern(event) && targets.some(({ arn }) => arn.split(':')[2] === 'codepipeline'),
      );
    },
  };
}

const isOf = ({ action }: Source, { name, provider }: ServedRepository): boolean =>
  action.repository === name && action.kind === provider;

function starts({ plan, action }: Source, change: GitChange): boolean {
  if (action.kind === 'codecommit') return action.polls === true && detects(action.branch, change);
  const trigger = plan.triggers?.find(({ sourceAction }) => sourceAction === action.name);
  return trigger ? triggeredBy(trigger, change) : action.detectsChanges !== false && detects(action.branch, change);
}

async function started(
  source: Source,
  repository: ServedRepository,
  change: ResolvedChange,
  options: ConsequenceOptions,
): Promise<Delivery | undefined> {
  const { plan, action } = source;
  const { commit } = change;
  if (commit === undefined || !isOf(source, repository)) return undefined;
  const files = await changedFiles(change);
  const push: GitChange = { kind: 'push', type: change.type, name: change.name, created: !change.before, files };
  if (!starts(source, push)) return undefined;
  const event = options.newId();
  const target = `arn:${options.partition}:codepipeline:${options.region}:${options.account}:${plan.pipeline}`;
  const polled = action.kind === 'codecommit';
  const rule = polled ? target : action.connectionArn;
  const trigger: Trigger = { type: polled ? 'PollForSourceChanges' : 'WebhookV2', detail: rule };
  const revision = { actionName: action.name, revisionType: 'COMMIT_ID', revisionValue: commit };
  return {
    id: deliveryId(event, target, action.name),
    event,
    rule,
    target,
    // Polling sees the newest commit alone, whichever it is when the action runs.
    input: JSON.stringify(polled ? {} : { sourceRevisions: [revision] }),
    trigger,
    retry: RETRY,
    since: options.now().toISOString(),
  };
}

/** Paths that differ between the two commits of a branch; of a new branch none. */
async function changedFiles({ type, before, after, git }: RefChange & Pick<ResolvedChange, 'git'>): Promise<string[]> {
  if (type === 'tag' || before === undefined || after === undefined) return [];
  const listed = await git.run(['diff', '--name-only', '--no-renames', '-z', before, after]);
  return listed.ok ? listed.value.split('\0').filter((path) => path !== '') : [];
}
