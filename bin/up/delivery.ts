import { randomUUID } from 'node:crypto';
import type { AlarmWatchOptions } from '../../lib/local/aws/alarms';
import { codecommit } from '../../lib/local/aws/codecommit';
import { events } from '../../lib/local/aws/events';
import { followSource } from '../../lib/local/aws/pull-requests';
import type { Service } from '../../lib/local/aws/service';
import { sns } from '../../lib/local/aws/sns';
import { systemClock } from '../../lib/local/clock';
import { alarmEvent } from '../../lib/local/events/alarm-events';
import { type EventBus, openBus } from '../../lib/local/events/bus';
import type { EventContent } from '../../lib/local/events/bus-event';
import { consequencesOf } from '../../lib/local/events/consequences';
import { type Notifications, openNotifications } from '../../lib/local/events/notifications';
import { pipelineEvents } from '../../lib/local/events/pipeline-events';
import { deliverTo, isSupportedTarget } from '../../lib/local/events/targets';
import { PullRequests } from '../../lib/local/git-server/pull-requests';
import { type GitServer, startGitServer } from '../../lib/local/git-server/server';
import { type GitService, openGitService, type ServedRepository } from '../../lib/local/git-server/service';
import type { PipelineHost } from '../../lib/local/pipelines/host';
import type { Bindings, Plan } from '../../lib/local/plan';
import type { RepositoryLocation } from '../../lib/local/source/revision';
import type { World } from '../../lib/local/world';

export interface DeliveryOptions {
  readonly stateFolder: string;
  readonly place: Bindings;
  readonly plans: readonly Plan[];
  readonly world: World;
  readonly pipelines: () => ReadonlyMap<string, PipelineHost>;
  /** Shows a line to the user. */
  readonly say: (line: string) => void;
}

/** What brings pushes to pipelines, and what pipelines tell to topics: the event bus and the repositories. */
export interface DeliveryRoom {
  readonly bus: EventBus;
  readonly notifications: Notifications;
  /** CodeCommit, EventBridge and SNS, for the endpoint. */
  readonly services: Readonly<Record<string, Service>>;
  /** Undefined until `open` has ended. */
  git(): GitService | undefined;
  /** Opens the repositories and serves them; the history comes from the repository that holds `seedFrom`. Errors in words. */
  open(seedFrom: string, signal: AbortSignal): Promise<readonly string[]>;
  server(): GitServer | undefined;
  /** Tells the bus what the pipelines do, and begins to deliver. */
  start(): void;
  /** Tells the bus that an alarm has another state. */
  alarmChanged: NonNullable<AlarmWatchOptions['onChange']>;
  /** Where a source action takes its source. */
  source(subfolder: string): (repository: string, branch: string) => RepositoryLocation | undefined;
  /** Lets no more in, and ends what is under way. */
  close(): Promise<void>;
}

export function makeDeliveryRoom(options: DeliveryOptions): DeliveryRoom {
  const { stateFolder, place, plans, world, pipelines, say } = options;
  const notifications = openNotifications({
    file: `${stateFolder}/notifications.jsonl`,
    topics: world.topics,
    show: ({ message }, topic) => say(`✉ ${topic.displayName || topic.name}: ${message}`),
    now: systemClock.now,
  });
  const bus = openBus({
    ...place,
    folder: `${stateFolder}/events`,
    rules: world.rules,
    deliver: deliverTo({ pipelines, notifications }),
    warn: (message) => say(`! ${message}`),
    clock: systemClock,
    newId: randomUUID,
    random: Math.random,
  });
  const requests = new PullRequests(`${stateFolder}/events/pull-requests.jsonl`);
  let git: GitService | undefined;
  let server: GitServer | undefined;
  const subscriptions: (() => void)[] = [];
  let telling: Promise<unknown> = Promise.resolve();
  let isOpen = true;
  const tell = (contents: readonly EventContent[]) => {
    if (contents.length === 0 || !isOpen) return;
    telling = Promise.all([telling, bus.publish(contents)]).catch((cause: Error) => say(`! ${cause.message}`));
  };
  return {
    bus,
    notifications,
    services: {
      codecommit: codecommit({
        ...place,
        git: () => git,
        bus,
        requests,
        approvalRules: (name) => world.codeRepositories.find((each) => each.name === name)?.approvalRules ?? [],
        now: systemClock.now,
        cloneUrl: (name) => server?.url(name),
        since: systemClock.now(),
      }),
      events: events({ ...place, bus }),
      sns: sns({ account: place.account, notifications }),
    },
    git: () => git,
    server: () => server,
    async open(seedFrom, signal) {
      const opened = await openGitService({
        ...place,
        folder: `${stateFolder}/git`,
        repositories: repositoriesOf(plans),
        seedFrom,
        bus,
        consequences: consequencesOf({
          ...place,
          plans,
          rules: world.rules,
          newId: randomUUID,
          now: systemClock.now,
        }),
        caller: `arn:${place.partition}:iam::${place.account}:role/slipway-operator`,
        environment: process.env,
        signal,
      });
      if (!opened.ok) return opened.errors;
      const service = opened.value;
      git = service;
      service.onChange(followSource({ ...place, requests, now: systemClock.now }));
      server = await startGitServer({
        folder: `${stateFolder}/git`,
        find: (name) => service.find(name),
        change: (repository, work) => service.change(repository, work),
      });
      return [];
    },
    start() {
      for (const host of pipelines().values()) {
        subscriptions.push(host.subscribe((event) => tell(pipelineEvents(host, event, place))));
      }
      bus.start();
    },
    alarmChanged: (before, now) => tell([alarmEvent(before, now)]),
    source: (subfolder) => (repository, branch) => {
      const folder = git?.find(repository)?.folder;
      return folder === undefined ? undefined : { folder, branch, ...(subfolder !== '' && { subfolder }) };
    },
    async close() {
      await server?.close();
      for (const end of subscriptions) end();
      isOpen = false;
      await telling;
      await bus.close();
    },
  };
}

/** Every repository that a source action names, with the branch that its first action takes. */
function repositoriesOf(plans: readonly Plan[]): ServedRepository[] {
  const found = new Map<string, ServedRepository>();
  for (const action of plans.flatMap(({ stages }) => stages.flatMap(({ actions }) => actions))) {
    if (action.kind !== 'codecommit' && action.kind !== 'connection') continue;
    const { repository: name, branch, kind } = action;
    if (!found.has(name)) found.set(name, { name, provider: kind, defaultBranch: branch });
  }
  return [...found.values()];
}

/** What rules of the templates would hand events to, and this machine has not. */
export const unsupportedTargets = ({ rules }: World): string[] =>
  rules.flatMap(({ name, targets }) =>
    targets
      .filter(({ arn }) => !isSupportedTarget(arn))
      .map(
        ({ id, arn }) => `rule ${name}: its target ${id} (${arn}) does not run on this machine; its events are dropped`,
      ),
  );
