import { join } from 'node:path';
import { JOURNAL } from '../../history';
import { partsOf } from '../attempts/parts';
import type { BuildContext } from '../codebuild/context';
import type { LineIndex } from './line-index';
import { LogIndex, prefixOf } from './log-index';
import { type Stream, streamOf } from './streams';

/** The log groups of all pipelines, from the journals of their executions. */
export class LogStore {
  private readonly indexes = new Map<string, LogIndex>();

  constructor(private readonly context: Pick<BuildContext, 'pipelines' | 'attempts'>) {}

  /** Streams by name, of every group. */
  groups(): ReadonlyMap<string, ReadonlyMap<string, Stream>> {
    const groups = new Map<string, Map<string, Stream>>();
    for (const host of this.context.pipelines().values())
      for (const attempt of this.context.attempts.all(host).flatMap((each) => [each, ...partsOf(each)])) {
        const stream = streamOf(attempt);
        if (!stream) continue;
        const group = groups.get(stream.group) ?? new Map<string, Stream>();
        groups.set(stream.group, group.set(stream.name, stream));
      }
    return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  lines({ attempt }: Stream): LineIndex {
    return this.indexOf(attempt.view.folder).of(attempt.state.id, attempt.number, attempt.part);
  }

  text({ attempt }: Stream, lines: LineIndex, from: number, to: number): string[] {
    const texts = this.indexOf(attempt.view.folder).text(lines, from, to);
    const prefix = attempt.part === undefined ? '' : prefixOf(attempt.part);
    return texts.map((line) => line.slice(prefix.length));
  }

  private indexOf(folder: string): LogIndex {
    const index = this.indexes.get(folder) ?? new LogIndex(join(folder, JOURNAL));
    this.indexes.set(folder, index);
    return index;
  }
}
