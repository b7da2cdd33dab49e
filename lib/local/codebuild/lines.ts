/** Longest line that is passed on whole, in characters; what is longer comes in pieces of this size. */
export const MAX_LINE = 16_384;

/** Cuts a stream of bytes into lines, as a terminal would show them. */
export interface LineSplitter {
  push(chunk: Uint8Array): void;
  /** Passes on what has no newline yet. */
  end(): void;
}

/**
 * Lines end at LF or CRLF. Of a line that was redrawn with CR (a progress bar) only the last state counts. Invalid UTF-8
 * becomes U+FFFD; a character cut in two by the chunks stays whole. `more`: the line goes on in the next piece.
 */
export function lineSplitter(emit: (line: string, more: boolean) => void): LineSplitter {
  const decoder = new TextDecoder('utf-8');
  let rest = '';

  const accept = (text: string): void => {
    rest += text;
    let start = 0;
    for (let end = rest.indexOf('\n', start); end !== -1; end = rest.indexOf('\n', start)) {
      flush(rest.slice(start, end));
      start = end + 1;
    }
    rest = rest.slice(start);
    const redrawn = rest.lastIndexOf('\r', rest.length - 2);
    if (redrawn !== -1 && rest.length > MAX_LINE) rest = rest.slice(redrawn + 1);
    while (rest.length > MAX_LINE) {
      const cut = cutBefore(rest, MAX_LINE);
      emit(rest.slice(0, cut), true);
      rest = rest.slice(cut);
    }
  };

  const flush = (line: string): void => {
    const ended = line.endsWith('\r') ? line.slice(0, -1) : line;
    let visible = ended.slice(ended.lastIndexOf('\r') + 1);
    while (visible.length > MAX_LINE) {
      const cut = cutBefore(visible, MAX_LINE);
      emit(visible.slice(0, cut), true);
      visible = visible.slice(cut);
    }
    emit(visible, false);
  };

  return {
    push: (chunk) => accept(decoder.decode(chunk, { stream: true })),
    end: () => {
      accept(decoder.decode());
      if (rest !== '') flush(rest);
      rest = '';
    },
  };
}

/** The largest place up to `at` that does not split a surrogate pair. */
const cutBefore = (text: string, at: number): number => {
  const code = text.charCodeAt(at - 1);
  return code >= 0xd800 && code <= 0xdbff ? at - 1 : at;
};
