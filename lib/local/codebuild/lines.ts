import { StringDecoder } from 'node:string_decoder';

/** Longest line that is passed on whole, in characters; what is longer comes in pieces of this size. */
export const MAX_LINE = 16_384;

/** Cuts a stream of bytes into lines, as a terminal would show them. */
export interface LineSplitter {
  push(chunk: Uint8Array): void;
  /** Passes on what has no newline yet. */
  end(): void;
}

/**
 * Takes whole lines, with newlines between them and none at the end. `more`: the last one is a piece of a very long line, which goes
 * on in the next call.
 */
export type TakeLines = (text: string, more: boolean) => void;

/**
 * Passes on the lines that a chunk completes, all at once. Lines end at LF or CRLF. Of a line that was redrawn with CR (a
 * progress bar) only the last state counts. Invalid UTF-8 becomes U+FFFD; a character cut in two by the chunks stays whole.
 */
export function lineSplitter(take: TakeLines): LineSplitter {
  let decoder = new StringDecoder('utf8');
  let rest = '';

  const accept = (text: string): void => {
    rest += text;
    const end = text.includes('\n') ? rest.lastIndexOf('\n') : -1;
    if (end !== -1) {
      const lines = rest.slice(0, end);
      rest = rest.slice(end + 1);
      if (isPlain(lines)) take(lines, false);
      else takeOneByOne(lines.split('\n'), take);
    }
    if (rest.length <= MAX_LINE) return;
    const redrawn = rest.lastIndexOf('\r', rest.length - 2);
    if (redrawn !== -1) rest = rest.slice(redrawn + 1);
    rest = takePieces(rest, take);
  };

  return {
    push: (chunk) => accept(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end: () => {
      accept(decoder.end());
      if (rest !== '') takeOneByOne([rest], take);
      rest = '';
      decoder = new StringDecoder('utf8');
    },
  };
}

/** Whether every line is shown as it is: none was redrawn, none is very long. */
function isPlain(lines: string): boolean {
  if (lines.includes('\r')) return false;
  // From the start of a line to the end of the last one that ends in reach.
  for (let start = 0; lines.length - start > MAX_LINE; ) {
    const end = lines.lastIndexOf('\n', start + MAX_LINE);
    if (end < start) return false;
    start = end + 1;
  }
  return true;
}

function takeOneByOne(lines: readonly string[], take: TakeLines): void {
  let short: string[] = [];
  for (const line of lines) {
    const visible = visibleOf(line);
    if (visible.length > MAX_LINE) {
      if (short.length > 0) take(short.join('\n'), false);
      short = [takePieces(visible, take)];
    } else short.push(visible);
  }
  take(short.join('\n'), false);
}

const visibleOf = (line: string): string => {
  const ended = line.endsWith('\r') ? line.slice(0, -1) : line;
  return ended.slice(ended.lastIndexOf('\r') + 1);
};

/** Gives what is left of the line when its pieces are taken: at most MAX_LINE. */
function takePieces(line: string, take: TakeLines): string {
  let start = 0;
  while (line.length - start > MAX_LINE) {
    const end = cutBefore(line, start + MAX_LINE);
    take(line.slice(start, end), true);
    start = end;
  }
  return line.slice(start);
}

/** The largest place up to `at` that does not split a surrogate pair. */
const cutBefore = (text: string, at: number): number => {
  const code = text.charCodeAt(at - 1);
  return code >= 0xd800 && code <= 0xdbff ? at - 1 : at;
};
