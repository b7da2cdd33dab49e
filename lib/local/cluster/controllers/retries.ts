/** Milliseconds after a first refusal; doubled up to the maximum. */
const FIRST = 500;
const MAXIMUM = 30_000;

/** Back-off of what the API refuses a controller, by the key of the controller's object. */
export class Retries {
  private readonly waiting = new Map<string, { count: number; next: number; of: number | undefined }>();

  /** Milliseconds until another attempt may be made; 0: now. A new generation of the object starts anew. */
  left(key: string, now: number, generation: number | undefined): number {
    const entry = this.waiting.get(key);
    return entry && entry.of === generation ? Math.max(0, entry.next - now) : 0;
  }

  /** Takes note of a refusal; gives the milliseconds until the next attempt. */
  refused(key: string, now: number, generation: number | undefined): number {
    const entry = this.waiting.get(key);
    const count = entry?.of === generation ? (entry?.count ?? 0) + 1 : 1;
    const wait = Math.min(FIRST * 2 ** (count - 1), MAXIMUM);
    this.waiting.set(key, { count, next: now + wait, of: generation });
    return wait;
  }

  forget(key: string): void {
    this.waiting.delete(key);
  }
}
