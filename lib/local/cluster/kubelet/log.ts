import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export interface LogLine {
  /** RFC 3339 with milliseconds. */
  readonly time: string;
  readonly text: string;
}

/** Bytes of one container's log that are kept, at most twice that for a moment. */
const LIMIT = 8 * 1024 * 1024;

/** What a container said, on disk: the running instance's lines and the previous one's. */
export class ContainerLog {
  private readonly followers = new Set<(line: LogLine | undefined) => void>();
  private readonly file: string;
  private size = 0;

  constructor(
    private readonly folder: string,
    private readonly now: () => number,
  ) {
    mkdirSync(folder, { recursive: true });
    this.file = join(folder, 'current.log');
  }

  /** A new instance begins: the running log becomes the previous one. */
  rotate(): void {
    if (existsSync(this.file)) renameSync(this.file, join(this.folder, 'previous.log'));
    this.size = 0;
    for (const follow of this.followers) follow(undefined);
    this.followers.clear();
  }

  /** Takes over a stream line by line. */
  capture(stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) this.append(text);
    });
    stream.on('end', () => {
      if (rest !== '') this.append(rest);
    });
  }

  private append(text: string): void {
    const line = { time: new Date(this.now()).toISOString(), text };
    const written = `${line.time} ${text}\n`;
    this.size += written.length;
    if (this.size > LIMIT) {
      rmSync(this.file, { force: true });
      this.size = written.length;
    }
    appendFileSync(this.file, written);
    for (const follow of this.followers) follow(line);
  }

  read(previous: boolean): LogLine[] {
    const file = previous ? join(this.folder, 'previous.log') : this.file;
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8').split('\n').slice(0, -1).map(parse);
  }

  hasPrevious(): boolean {
    return existsSync(join(this.folder, 'previous.log'));
  }

  /** Calls with each new line, and with undefined when no more will come. */
  follow(listener: (line: LogLine | undefined) => void): () => void {
    this.followers.add(listener);
    return () => this.followers.delete(listener);
  }

  /** No more lines of this instance. */
  end(): void {
    for (const follow of this.followers) follow(undefined);
    this.followers.clear();
  }
}

function parse(line: string): LogLine {
  const space = line.indexOf(' ');
  return { time: line.slice(0, space), text: line.slice(space + 1) };
}
