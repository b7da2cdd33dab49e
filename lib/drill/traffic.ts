import { request } from 'node:http';

/** What users saw. */
export interface Seen {
  readonly requests: number;
  /** Neither an answer with status 200 nor a version in it. */
  readonly failed: number;
  /** Of the first few that failed: when it was (ISO 8601), and why. */
  readonly failures: readonly string[];
  /** Answers by the version that they named. */
  readonly versions: Readonly<Record<string, number>>;
}

const EVERY = 60;
const TIMEOUT = 5_000;
const KEPT_FAILURES = 5;

/** Users: ask the service all the time, each time on a new connection, and count what they get. Times are in milliseconds. */
export class Traffic {
  private readonly versions: Record<string, number> = {};
  private readonly failures: string[] = [];
  private readonly running = new Set<Promise<unknown>>();
  private requests = 0;
  private failed = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly url: URL,
    private readonly now: () => Date = () => new Date(),
  ) {}

  start(): void {
    this.timer ??= setInterval(() => this.ask(), EVERY);
  }

  /** The requests under way end first. */
  async stop(): Promise<Seen> {
    clearInterval(this.timer);
    this.timer = undefined;
    await Promise.all(this.running);
    return this.seen();
  }

  seen(): Seen {
    const { requests, failed, failures, versions } = this;
    return { requests, failed, failures: [...failures], versions: { ...versions } };
  }

  /** What so many new requests, one after the other, get: versions, or `failed`. */
  async sample(count: number): Promise<readonly string[]> {
    const answers: string[] = [];
    for (let asked = 0; asked < count; asked++) {
      const answer = await ask(this.url);
      answers.push(answer.version ?? `failed: ${answer.why}`);
    }
    return answers;
  }

  private ask(): void {
    const asked = this.now().toISOString();
    const one = ask(this.url).then((answer) => {
      this.requests++;
      if (answer.version !== undefined) {
        this.versions[answer.version] = (this.versions[answer.version] ?? 0) + 1;
        return;
      }
      this.failed++;
      if (this.failures.length < KEPT_FAILURES) this.failures.push(`${asked} ${answer.why}`);
    });
    this.running.add(one);
    void one.then(() => this.running.delete(one));
  }
}

type Answer = { readonly version: string } | { readonly version?: undefined; readonly why: string };

function ask(url: URL): Promise<Answer> {
  return new Promise((resolve) => {
    const failed = (why: string) => resolve({ why });
    const outgoing = request(url, { agent: false, timeout: TIMEOUT }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('error', (error) => failed(error.message));
      response.on('end', () => {
        const version = response.statusCode === 200 ? versionIn(body) : undefined;
        if (version === undefined) failed(`status ${response.statusCode}: ${body.trim().slice(0, 200)}`);
        else resolve({ version });
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer in ${TIMEOUT / 1000} s`)));
    outgoing.on('error', (error) => failed(error.message));
    outgoing.end();
  });
}

function versionIn(body: string): string | undefined {
  try {
    const { version } = JSON.parse(body) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
