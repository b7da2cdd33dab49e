import type { Paint } from './format';
import { Lines } from './lines';
import type { Reporter } from './reporter';

/** Lines that only ever grow: for logs, CI and pipes. */
export function plainReporter(write: (text: string) => void, paint: Paint, verbose: boolean): Reporter {
  const lines = new Lines(paint, { announce: true, verbose });
  const put = (rows: readonly string[]) => {
    for (const row of rows) write(`${row}\n`);
  };
  return {
    prepare: ({ name, status, detail }) => {
      if (status === 'progress') return;
      put([
        status === 'started'
          ? paint.dim(`… ${name}`)
          : `${status === 'done' ? paint.green('✓') : paint.red('✗')} ${name}${detail ? ` ${paint.dim(detail)}` : ''}`,
      ]);
    },
    event: (event) => put(lines.of(event)),
    text: (block) => put([block]),
    quietly: (ask) => ask(),
    close: () => {},
  };
}
