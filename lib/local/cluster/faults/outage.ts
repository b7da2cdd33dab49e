/** What is away while the API is down. */
interface Interruptible {
  /** At once. */
  suspend(): void;
  resume(): Promise<void> | void;
}

const RETRY = 200;

/** The API server is killed and comes back later, in the same process: pods and Services do not notice. */
export class Outage {
  private timer: NodeJS.Timeout | undefined;

  /** `parts` go in this order and come back in the reverse one. */
  constructor(
    private readonly parts: readonly Interruptible[],
    private readonly onError: (message: string) => void,
  ) {}

  /** A second outage within the first one only moves its end. */
  begin(seconds: number): void {
    if (this.timer === undefined) for (const part of this.parts) part.suspend();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.end(), seconds * 1000);
  }

  /** The cluster stops: nothing comes back. */
  stop(): void {
    clearTimeout(this.timer);
  }

  private async end(): Promise<void> {
    try {
      for (const part of [...this.parts].reverse()) await part.resume();
      this.timer = undefined;
    } catch (error) {
      this.onError(`the API does not come back: ${error instanceof Error ? error.message : String(error)}`);
      this.timer = setTimeout(() => void this.end(), RETRY);
    }
  }
}
