import type { Event, Report } from '../event';
import { lastLines, prefixed } from '../output-text';
import { clip, duration, mark, type Paint, printable, printableLines, type Status } from './format';

/** How many lines of a failed action's output are shown. */
const tailLength = 25;

/** How a build's log announces its next command: what came before it no longer tells why this one failed. */
const commandMark = '[slipway] Running command';

/** What a line of a finished action needs from what came before it. */
interface Running {
  readonly started: number;
  readonly tail: string[];
  readonly reports: Report[];
  readonly facts: Map<string, string>;
  phase?: string;
}

/**
 * Turns events into permanent lines, the same for the terminal and for plain output. Holds what is running now, which the
 * terminal draws below them.
 */
export class Lines {
  readonly running = new Map<string, Running>();
  readonly #stages = new Map<string, number>();
  /** When the execution began, or went on: the first that was heard of it. */
  #started: number | undefined;

  constructor(
    private readonly paint: Paint,
    private readonly options: { readonly announce: boolean; readonly verbose: boolean },
  ) {}

  /** The lines that an event leaves behind, usually none or one; those of output together, with newlines between them. */
  of(event: Event): string[] {
    const { paint } = this;
    const at = Date.parse(event.time);
    this.#started ??= at;
    switch (event.kind) {
      case 'pipeline-started':
        this.#started = at;
        return [
          '',
          event.type === 'ROLLBACK'
            ? `${paint.yellow('↺')} ${paint.bold(event.pipeline)} rollback to execution ${event.target ?? '?'} ${paint.dim(event.execution)}`
            : `${paint.bold(event.pipeline)} ${paint.dim(`execution ${event.execution}`)}`,
        ];
      case 'pipeline-ended':
        return [
          `${mark(event.status, paint)} ${paint.bold(`Pipeline ${event.status.toLowerCase()}`)} ${paint.dim(duration(at - this.#started))}${briefly(event.reason)}`,
        ];
      case 'pipeline-stopping':
        return [
          `${paint.yellow('■')} ${event.abandon ? 'Stopping, what runs is abandoned' : 'Stopping once what runs has ended'}${because(event.reason)}`,
        ];
      case 'pipeline-resumed':
        this.#started = at;
        return [
          `${paint.yellow('↻')} ${event.stage}: retrying ${event.mode === 'ALL_ACTIONS' ? 'all of its actions' : (event.again?.join(', ') ?? 'the actions that did not succeed')} ${paint.dim(event.execution)}`,
        ];
      case 'stage-waiting':
        return [
          `  ${paint.yellow('…')} ${paint.bold(event.stage)} Waiting: ${event.reason} ${paint.dim(event.execution)}`,
        ];
      case 'notice':
        return [event.level === 'warning' ? `${paint.yellow('!')} ${event.message}` : paint.dim(`· ${event.message}`)];
      case 'stage-started':
        this.#stages.set(event.stage, at);
        return [
          ...(event.retry?.by === 'automatic'
            ? [
                `${paint.yellow('!')} Stage ${event.stage} failed; retrying ${event.retry.mode === 'ALL_ACTIONS' ? 'all of its actions' : 'the actions that did not succeed'} once`,
              ]
            : []),
          ...(this.options.announce ? [`  ${paint.bold(event.stage)}`] : []),
        ];
      case 'stage-ended':
        return [
          `  ${mark(event.status, paint)} ${paint.bold(event.stage)} ${paint.dim(event.status === 'Skipped' ? 'skipped' : this.#since(this.#stages.get(event.stage), at))}${briefly(event.reason)}`,
        ];
      case 'condition-ended':
        return [`  ${paint.dim(`${event.stage}: condition ${event.hook}: ${event.reason}`)}`];
      case 'condition-overridden':
        return [`  ${paint.yellow('!')} ${event.stage}: condition ${event.hook} is overridden`];
      case 'condition-started':
      case 'rule-started':
      case 'rule-ended':
        return [];
      case 'rollback-requested':
        return [`  ${paint.yellow('↺')} ${event.stage}: ${event.reason}`];
      case 'action-started':
        this.running.set(event.action, { started: at, tail: [], reports: [], facts: new Map() });
        return this.options.announce ? [`    ${paint.dim(`… ${event.action}`)}`] : [];
      case 'action-ended':
        return this.#ended(event.action, event.status, at, event.reason);
      case 'output':
        return this.#output(event.action, event.text);
      case 'phase-started': {
        const running = this.running.get(event.action);
        if (running) running.phase = event.phase;
        return [];
      }
      case 'report':
        this.running.get(event.action)?.reports.push(event.report);
        return [];
      case 'approval-requested':
        return [
          `    ${paint.yellow('?')} ${event.action} waits for approval${event.message ? `: ${event.message}` : ''}`,
        ];
      case 'approval-answered':
        return [
          `    ${event.status === 'Approved' ? paint.green('✓') : paint.red('✗')} ${event.action} ${event.status.toLowerCase()}${event.by ? ` by ${event.by}` : ''}${because(event.summary)}`,
        ];
      case 'fact':
        this.running.get(event.action)?.facts.set(event.name, event.value);
        return [];
      case 'phase-ended':
        return [];
      default:
        return event satisfies never;
    }
  }

  #output(action: string, text: string): string[] {
    const running = this.running.get(action);
    if (running) {
      const command = text.lastIndexOf(`\n${commandMark}`) + 1;
      if (command > 0 || text.startsWith(commandMark)) running.tail.length = 0;
      running.tail.push(...lastLines(text.slice(command), tailLength).map(printable));
      running.tail.splice(0, running.tail.length - tailLength);
    }
    if (!this.options.verbose) return [];
    return [prefixed(`    ${this.paint.dim(`${action} │`)} `, printableLines(text))];
  }

  #ended(action: string, status: Status, at: number, reason: string | undefined): string[] {
    const { paint } = this;
    const running = this.running.get(action);
    this.running.delete(action);
    const detail = [...describeSource(running?.facts), ...(running?.reports ?? []).map(describeReport)].join(' · ');
    const head = `    ${mark(status, paint)} ${action} ${paint.dim(this.#since(running?.started, at))}${detail ? ` ${detail}` : ''}${because(reason)}`;
    if (status !== 'Failed' || !running || this.options.verbose) return [head];
    return [head, ...running.tail.map((line) => `      ${paint.red('│')} ${line}`)];
  }

  #since = (start: number | undefined, end: number): string => (start === undefined ? '' : duration(end - start));
}

const because = (reason: string | undefined): string => (reason ? `: ${reason}` : '');

/** Of a stage or pipeline: the action's own line, just above, has it in full. */
const briefly = (reason: string | undefined): string => because(reason && clip(reason, 60));

/** Which state of the source a run takes, and what it leaves out. */
function describeSource(facts: ReadonlyMap<string, string> | undefined): string[] {
  const commit = facts?.get('commit')?.slice(0, 12);
  if (!facts || commit === undefined) return [];
  if (facts.get('dirty') === 'yes') return [`${commit}: the work tree as it is, with what is not committed`];
  const left = Number(facts.get('uncommitted') ?? 0);
  if (left === 0) return [`commit ${commit}`];
  return [
    `commit ${commit}; ${left} uncommitted ${left === 1 ? 'change is' : 'changes are'} left out, --dirty takes them`,
  ];
}

function describeReport(report: Report): string {
  switch (report.type) {
    case 'TEST': {
      const counts = [`${report.passed} passed`];
      if (report.failed) counts.push(`${report.failed} failed`);
      if (report.skipped) counts.push(`${report.skipped} skipped`);
      return `${report.name}: ${counts.join(', ')}`;
    }
    case 'CODE_COVERAGE':
      return `${report.name}: ${report.lineCoverage.toFixed(1)} % of lines`;
  }
}
