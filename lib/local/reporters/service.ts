import type { Event } from '../event';
import { prefixed } from '../output-text';
import type { Paint } from './format';
import { Lines } from './lines';
import { plainReporter } from './plain';
import type { Reporter } from './reporter';

/** Lines that only ever grow, of several executions at once: each line begins with its execution. */
export function serviceReporter(write: (text: string) => void, paint: Paint, verbose: boolean): Reporter {
  const executions = new Map<string, Lines>();
  const linesOf = (event: Event): Lines => {
    const lines = executions.get(event.execution) ?? new Lines(paint, { announce: false, verbose });
    executions.set(event.execution, lines);
    if (event.kind === 'pipeline-ended') executions.delete(event.execution);
    return lines;
  };
  return {
    ...plainReporter(write, paint, verbose),
    event(event) {
      const lines = linesOf(event).of(event);
      // Where the service can be reached is worth a line of its own: nobody prints a summary here.
      const url = event.kind === 'action-ended' ? event.variables['BASE_URL'] : undefined;
      if (url !== undefined) lines.push(`      ${paint.cyan(url)}`);
      for (const line of lines)
        write(line === '' ? '\n' : `${prefixed(`${paint.dim(event.execution.slice(0, 8))} `, line)}\n`);
    },
  };
}
