import { err, ok, type Result } from '../../result';
import type { EventBus } from '../events/bus';
import type { BusEvent, EventContent } from '../events/bus-event';
import { type CodeCommitPlace, referenceEvent } from '../events/codecommit-events';
import type { Delivery } from '../events/delivery';
import type { Refs } from '../events/journal';
import { Mutex } from './mutex';
import { changesBetween, commitOf, type RefChange, readRefs } from './refs';
import { openRepository, type Repository } from './repository';
import { seed } from './seed';

/** A repository that the templates speak of. */
export interface ServedRepository {
  /** `visits`, or `owner/name`. */
  readonly name: string;
  /** Whose events tell of its changes. */
  readonly provider: 'codecommit' | 'connection';
  readonly defaultBranch: string;
}

/** What a change of a branch or tag comes to, apart from events. */
export interface Consequences {
  /** What starts without a rule. */
  deliveries(repository: ServedRepository, changes: readonly ResolvedChange[]): Promise<readonly Delivery[]>;
  /** Whether something would start if this branch or tag was made. */
  startsBy(repository: ServedRepository, change: RefChange): boolean;
}

/** With the commits that it was and is of. */
export interface ResolvedChange extends RefChange {
  readonly commit?: string;
  readonly oldCommit?: string;
  readonly git: Repository['git'];
}

export interface GitServiceOptions extends CodeCommitPlace {
  /** Of the bare repositories. */
  readonly folder: string;
  readonly repositories: readonly ServedRepository[];
  /** A folder in the user's repository, for the first start. */
  readonly seedFrom: string;
  readonly bus: EventBus;
  readonly consequences: Consequences;
  /** ARN of who pushes. */
  readonly caller: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** The repositories of the templates on this machine, whose changes become events. */
export interface GitService {
  readonly repositories: readonly (ServedRepository & Repository)[];
  find(name: string): (ServedRepository & Repository) | undefined;
  /** Runs what changes a repository, alone; ends when the events that tell of it are in the journal. */
  change<T>(repository: Repository, work: () => Promise<T>, more?: Readonly<Record<string, string>>): Promise<T>;
  /** Hears of every change, before it is published; what it gives is published with it. */
  onChange(listener: ChangeListener): void;
}

export type ChangeListener = (
  repository: ServedRepository,
  changes: readonly ResolvedChange[],
) => Promise<readonly EventContent[]>;

/** Opens the repositories, seeds those that are new, and publishes what changed while nobody looked. */
export async function openGitService(options: GitServiceOptions): Promise<Result<GitService, string>> {
  const { bus, folder, environment, signal, consequences } = options;
  const opened: (ServedRepository & Repository)[] = [];
  for (const served of options.repositories) {
    const { name, defaultBranch } = served;
    const result = await openRepository({ folder, name, defaultBranch, environment, signal });
    if (!result.ok) return err(...result.errors.map((error) => `repository ${name}: ${error}`));
    const { repository, fresh } = result.value;
    if (fresh || bus.refs(name) === undefined) {
      const isSeeded = (ref: string) => {
        const [change] = changesBetween({}, { [ref]: 'new' });
        return change !== undefined && !consequences.startsBy(served, change);
      };
      const refs = await seed(repository, options.seedFrom, isSeeded);
      if (!refs.ok) return err(...refs.errors.map((error) => `repository ${name}: ${error}`));
      bus.seeded(name, refs.value);
    }
    opened.push({ ...served, ...repository });
  }
  const service = new Service(options, opened);
  for (const repository of opened) await service.change(repository, async () => {});
  return ok(service);
}

class Service implements GitService {
  private readonly mutex = new Mutex();
  private readonly listeners: ChangeListener[] = [];

  constructor(
    private readonly options: GitServiceOptions,
    readonly repositories: readonly (ServedRepository & Repository)[],
  ) {}

  find(name: string): (ServedRepository & Repository) | undefined {
    return this.repositories.find((repository) => repository.name === name);
  }

  onChange(listener: ChangeListener): void {
    this.listeners.push(listener);
  }

  change<T>({ name }: Repository, work: () => Promise<T>, more: Readonly<Record<string, string>> = {}): Promise<T> {
    const repository = this.find(name);
    if (!repository) throw new Error(`there is no repository ${name}`);
    return this.mutex.run(name, async () => {
      try {
        return await work();
      } finally {
        // Whatever came of the work: what has changed is told.
        await this.publish(repository, more);
      }
    });
  }

  private async publish(repository: ServedRepository & Repository, more: Readonly<Record<string, string>>) {
    const { bus, consequences, caller } = this.options;
    const { name, git, provider } = repository;
    const now = await readRefs(git);
    if (!now.ok) throw new Error(`repository ${name}: ${now.errors.join('; ')}`);
    const changes = changesBetween(bus.refs(name) ?? {}, now.value);
    if (changes.length === 0) return;
    const resolved = await Promise.all(changes.map((change) => resolve(change, repository)));
    const told = (await Promise.all(this.listeners.map((listener) => listener(repository, resolved)))).flat();
    const references = provider === 'codecommit' ? resolved : [];
    const contents = references.map((change) =>
      referenceEvent(this.options, name, change, change, { callerUserArn: caller, ...more }),
    );
    const started = await consequences.deliveries(repository, resolved);
    await bus.publish([...contents, ...told], {
      refs: { repository: name, changes: changesOf(changes) },
      deliveries: (_: readonly BusEvent[]) => started,
    });
  }
}

const changesOf = (changes: readonly RefChange[]): Record<string, string | null> =>
  Object.fromEntries(changes.map(({ ref, after }): [string, Refs[string] | null] => [ref, after ?? null]));

/** A tag's commit is that which it is of; what is of no commit keeps its own id. */
async function resolve(change: RefChange, { git }: Repository): Promise<ResolvedChange> {
  const idOf = async (object: string | undefined): Promise<string | undefined> => {
    if (object === undefined || change.type === 'branch') return object;
    const found = await commitOf(git, object);
    return found.ok ? found.value : object;
  };
  const [oldCommit, commit] = await Promise.all([idOf(change.before), idOf(change.after)]);
  return { ...change, git, ...(commit !== undefined && { commit }), ...(oldCommit !== undefined && { oldCommit }) };
}
