import { clip, duration, type Paint, printable } from './format';
import { Lines } from './lines';
import type { Preparation, Reporter } from './reporter';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const eraseBelow = '\u001b[0J';

export interface Screen {
  write(text: string): void;
  /** Columns now; a terminal may be resized at any time. */
  columns(): number;
  rows(): number;
}

/** Permanent lines scroll up; what runs now is drawn below them, one line each, with a spinner and the last line of output. */
export function terminalReporter(screen: Screen, paint: Paint, verbose: boolean, now: () => number): Reporter {
  const lines = new Lines(paint, { announce: false, verbose });
  const preparing = new Map<string, { started: number; detail: string }>();
  let drawn = 0;
  let frame = 0;
  let quiet = false;

  const erase = () => (drawn > 0 ? `\u001b[${drawn}A\r${eraseBelow}` : '');
  const draw = (permanent: readonly string[] = []) => {
    const live = quiet ? [] : liveRows();
    const text = [...permanent, ...live].map((row) => `${row}\n`).join('');
    screen.write(erase() + text);
    drawn = live.length;
  };

  function liveRows(): string[] {
    const width = screen.columns() - 1;
    const spinner = frames[frame % frames.length] ?? '';
    const row = (name: string, started: number, tail: string) => {
      const elapsed = duration(now() - started);
      const head = `    ${spinner} ${name} ${elapsed} `;
      return `    ${paint.cyan(spinner)} ${name} ${paint.dim(elapsed)} ${paint.dim(clip(tail, width - head.length))}`;
    };
    const rows = [
      ...[...preparing].map(([name, step]) => row(name, step.started, step.detail)),
      ...[...lines.running].map(([action, step]) => row(action, step.started, step.tail.at(-1) ?? step.phase ?? '')),
    ];
    return rows.slice(-Math.max(1, screen.rows() - 2));
  }

  function prepare({ name, status, detail }: Preparation): void {
    const before = preparing.get(name);
    if (status === 'started' || status === 'progress') {
      preparing.set(name, { started: before?.started ?? now(), detail: printable(detail ?? '') });
      draw();
      return;
    }
    preparing.delete(name);
    const elapsed = before ? duration(now() - before.started) : '';
    const sign = status === 'done' ? paint.green('✓') : paint.red('✗');
    draw([`${sign} ${name} ${paint.dim(elapsed)}${detail ? ` ${paint.dim(detail)}` : ''}`]);
  }

  const timer = setInterval(() => {
    frame++;
    if (!quiet && (lines.running.size || preparing.size)) draw();
  }, 100);
  timer.unref();
  screen.write(hideCursor);

  return {
    prepare,
    event: (event) => {
      const permanent = lines.of(event);
      if (permanent.length || event.kind === 'action-started') draw(permanent);
    },
    text: (block) => draw([block]),
    quietly: async (ask) => {
      quiet = true;
      draw();
      screen.write(showCursor);
      try {
        return await ask();
      } finally {
        quiet = false;
        screen.write(hideCursor);
        draw();
      }
    },
    close: () => {
      clearInterval(timer);
      quiet = true;
      draw();
      screen.write(showCursor);
    },
  };
}
