import { lineSplitter, type TakeLines } from '../codebuild/lines';
import { linesOf } from '../output-text';

/** Takes a container's output file apart: lines, and the ends of commands (see commandScript). */
export interface OutputReader {
  push(chunk: Uint8Array): void;
  /** Passes on what is held back. */
  end(): void;
}

const END = '\x1e';

/** `onEnd` gets a command's word and exit status and says whether it knows the word. The line feed before an end is not the command's own. */
export function outputReader(take: TakeLines, onEnd: (word: string, status: number) => boolean): OutputReader {
  // The empty line that may be the one before an end.
  let held = false;
  const pass = (lines: string, more: boolean): void => {
    const text = held ? `\n${lines}` : lines;
    held = !more && (text === '' || text.endsWith('\n'));
    if (!held) take(text, more);
    else if (text !== '') take(text.slice(0, -1), false);
  };
  const isEnd = (line: string): boolean => {
    const end = line.startsWith(END) ? /^\x1e(\S+) (\d+)$/.exec(line) : null;
    return end !== null && onEnd(end[1] ?? '', Number(end[2]));
  };
  const splitter = lineSplitter((text, more) => {
    if (more || !text.includes(END)) return pass(text, more);
    // What comes before an end is passed on before it is told.
    for (const line of linesOf(text)) {
      if (isEnd(line)) held = false;
      else pass(line, false);
    }
  });
  return {
    push: splitter.push,
    end() {
      splitter.end();
      if (held) take('', false);
      held = false;
    },
  };
}
