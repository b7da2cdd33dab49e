/** Where a record of output stands in its execution's journal. */
export interface OutputRecord {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** In the file, bytes. */
  readonly offset: number;
  readonly length: number;
  /** How many lines of output it has. */
  readonly lines: number;
}

/** The lines of one attempt, by their number: they have the time of their record, and times never fall. */
export class LineIndex {
  readonly records: OutputRecord[] = [];
  /** Number of each record's first line. */
  private readonly firsts: number[] = [];
  private lines = 0;

  add(record: OutputRecord): void {
    this.firsts.push(this.lines);
    this.records.push({ ...record, time: Math.max(record.time, this.records.at(-1)?.time ?? 0) });
    this.lines += record.lines;
  }

  get count(): number {
    return this.lines;
  }

  /** Of the line with this number, which there is. */
  time(line: number): number {
    return (this.records[this.recordOf(line)] as OutputRecord).time;
  }

  /** The first line whose time is not before `time`. */
  firstAt(time: number): number {
    const at = firstWhere(this.records.length, (index) => (this.records[index] as OutputRecord).time >= time);
    return this.firstOf(at);
  }

  /** Place of the record in which a line stands. */
  recordOf(line: number): number {
    return firstWhere(this.firsts.length, (index) => this.firstOf(index) > line) - 1;
  }

  /** Number of a record's first line; past the last record: how many lines there are. */
  firstOf(record: number): number {
    return this.firsts[record] ?? this.lines;
  }
}

/** The first of so many places for which something holds that holds for all after it. */
function firstWhere(count: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
