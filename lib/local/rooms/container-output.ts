import { lineSplitter } from '../codebuild/lines';

/** Takes a container's output file apart: lines, and the ends of commands (see commandScript). */
export interface OutputReader {
  push(chunk: Uint8Array): void;
  /** Passes on what is held back. */
  end(): void;
}

/** `onEnd` gets a command's word and exit status and says whether it knows the word. The line feed before an end is not the command's own. */
export function outputReader(
  onLine: (line: string, more: boolean) => void,
  onEnd: (word: string, status: number) => boolean,
) {
  // The empty line that may be the one before an end.
  let held = false;
  const release = (): void => {
    if (held) onLine('', false);
    held = false;
  };
  const splitter = lineSplitter((line, more = false) => {
    const end = line.charCodeAt(0) === 0x1e ? /^\x1e(\S+) (\d+)$/.exec(line) : null;
    if (end && onEnd(end[1] ?? '', Number(end[2]))) {
      held = false;
      return;
    }
    release();
    if (line === '' && !more) held = true;
    else onLine(line, more);
  });
  return {
    push: splitter.push,
    end() {
      splitter.end();
      release();
    },
  } satisfies OutputReader;
}
