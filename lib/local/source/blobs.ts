import type { GitProcess } from './git';

/** Reads objects of a repository one after the other, through one `git cat-file --batch`. */
export class Blobs {
  private readonly chunks: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(private readonly git: GitProcess) {
    this.chunks = git.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** The object's bytes. Throws if git cannot give it. One call at a time. */
  async read(object: string): Promise<Buffer> {
    this.git.stdin.write(`${object}\n`);
    const header = await this.line();
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1];
    if (size === undefined) throw new Error(`git cannot read object ${object}: ${header}`);
    const bytes = await this.take(Number(size) + 1);
    return bytes.subarray(0, -1);
  }

  close(): void {
    this.git.stdin.end();
    this.git.kill();
  }

  private async line(): Promise<string> {
    let end = this.rest.indexOf(0x0a);
    while (end < 0) {
      this.rest = Buffer.concat([this.rest, await this.next()]);
      end = this.rest.indexOf(0x0a);
    }
    return (await this.take(end + 1)).toString('utf8', 0, end);
  }

  private async take(size: number): Promise<Buffer> {
    const parts = [this.rest];
    let have = this.rest.length;
    while (have < size) {
      const chunk = await this.next();
      parts.push(chunk);
      have += chunk.length;
    }
    const all = parts.length === 1 ? this.rest : Buffer.concat(parts, have);
    this.rest = all.subarray(size);
    return all.subarray(0, size);
  }

  private async next(): Promise<Buffer> {
    const { value, done } = await this.chunks.next();
    if (done) throw new Error('git ended before it had given every object');
    return value;
  }
}
