import type { Execution } from './executions';
import type { ActionStatus, ConditionStatus, PipelineStatus, StageStatus } from './status-view';
import { ago, clip, type Paint, short } from './text';

export interface Screen {
  readonly columns: number;
  readonly paint: Paint;
  readonly now: Date;
  /** What stands before the names of pipelines in commands, e.g. ` --profile ops`; for commands to copy. */
  readonly options: string;
}

/** A pipeline as lines. Only links, reasons and commands, each on a line of its own, may be wider than the screen. */
export function renderStatus(status: PipelineStatus, screen: Screen): string[] {
  const { paint, columns } = screen;
  const head = [
    clip(status.pipeline, columns).replace(status.pipeline, paint.bold(status.pipeline)),
    paint.dim(clip(`version ${status.version}, ${status.mode}`, columns)),
  ];
  const isNew = status.executions.length === 0 && status.stages.every(({ transition }) => transition.enabled);
  if (isNew) return [...head, paint.dim('  has not run yet')];
  const names = status.stages.flatMap(({ name, actions }) => [
    name.length,
    ...actions.map((each) => each.name.length + 2),
  ]);
  const width = Math.min(Math.max(...names, 0), Math.floor(columns / 3));
  const stages = status.stages.flatMap((stage) => stageLines(stage, status, width, screen));
  const shown = new Set(
    status.stages.flatMap((stage) => [stage.execution, ...stage.waiting]).map((each) => each?.execution),
  );
  const others = status.executions.filter(({ execution }) => !shown.has(execution));
  return [...head, ...others.map((each) => executionLine(each, screen)), ...stages];
}

function stageLines(stage: StageStatus, { pipeline }: PipelineStatus, width: number, screen: Screen): string[] {
  const { paint, now } = screen;
  const when = stage.changed === undefined ? '' : ago(stage.changed, now);
  const detail = stage.execution ? words(stage.execution) : '';
  return [
    ...waitingLines(stage, pipeline, screen),
    row(
      { mark: mark(stage.status, paint), name: paint.bold, of: stage.name, status: stage.status, when, detail },
      width,
      screen,
    ),
    ...stage.conditions.flatMap((condition) => conditionLines(condition, screen)),
    ...stage.actions.flatMap((action) => actionLines(action, stage, pipeline, width, screen)),
    ...(stage.status === 'Failed' || stage.status === 'Stopped'
      ? [paint.cyan(`      slipway retry ${pipeline} --stage ${stage.name}${screen.options}`)]
      : []),
  ];
}

interface Row {
  readonly mark: string;
  readonly name: (text: string) => string;
  readonly of: string;
  readonly status: string;
  readonly when: string;
  readonly detail: string;
}

/** Mark, name, status (11), when (4), and in the rest what there is to say. */
function row({ mark, name, of, status, when, detail }: Row, width: number, { columns, paint }: Screen): string {
  const cell = clip(of, width);
  const told = status === 'NotStarted' ? '–' : status;
  const rest = columns - (2 + width + 2 + 11 + 2 + 4 + 2);
  const padded = name(cell) + ' '.repeat(width - [...cell].length);
  return `${mark} ${padded}  ${colour(status, paint)(told)}${' '.repeat(Math.max(0, 11 - told.length))}  ${when.padStart(4)}  ${paint.dim(clip(detail, rest))}`.trimEnd();
}

function waitingLines(stage: StageStatus, pipeline: string, screen: Screen): string[] {
  const { paint, columns, now, options } = screen;
  const { enabled, reason, by, changed } = stage.transition;
  const disabled = enabled
    ? []
    : [
        paint.yellow(
          clip(
            `  ⊘ transition to ${stage.name} is disabled${changed ? ` since ${ago(changed, now)}` : ''}${by ? ` by ${by.split('/').at(-1)}` : ''}`,
            columns,
          ),
        ),
        ...(reason ? [`    ${reason}`] : []),
        paint.cyan(`    slipway transition enable ${pipeline} --stage ${stage.name}${options}`),
      ];
  return [
    ...disabled,
    ...stage.waiting.map((each) => {
      const waits = each.status === 'Stopped' ? 'was stopped in front of' : 'waits for';
      return paint.yellow(
        clip(`  … ${short(each.execution)} ${waits} ${stage.name}  ${words(each, false)}`.trimEnd(), columns),
      );
    }),
  ];
}

function executionLine(execution: Execution, { paint, columns, now }: Screen): string {
  const when = execution.started === undefined ? '' : `${ago(execution.started, now)} ago  `;
  return paint.dim(
    clip(`  ${short(execution.execution)}  ${execution.status}  ${when}${words(execution, false)}`, columns),
  );
}

function conditionLines({ hook, status, summary, rules }: ConditionStatus, { paint, columns }: Screen): string[] {
  const note = summary === undefined ? '' : `  ${summary}`;
  const failed = rules.filter((rule) => rule.status === 'Failed' && rule.reason !== undefined);
  return [
    `  ${mark(status, paint)} ${colour(status, paint)(clip(`${hook}: ${status}`, columns - 4))}${paint.dim(clip(note, columns - 4 - `${hook}: ${status}`.length))}`,
    ...failed.map(({ name, reason }) => `      ${paint.red(`${name}: ${reason}`)}`),
  ];
}

function actionLines(
  action: ActionStatus,
  stage: StageStatus,
  pipeline: string,
  width: number,
  screen: Screen,
): string[] {
  const { paint, now, options } = screen;
  const when = action.changed === undefined ? '' : ago(action.changed, now);
  const failed = action.status === 'Failed' || action.status === 'Abandoned';
  const detail = action.approval ? 'waits for approval' : failed ? '' : (action.summary ?? '');
  const name = `  ${action.name}`;
  const line = row(
    { mark: mark(action.status, paint), name: (text) => text, of: name, status: action.status, when, detail },
    width,
    screen,
  );
  if (action.approval)
    return [line, paint.cyan(`      slipway approve ${pipeline} ${stage.name}/${action.name}${options}`)];
  if (!failed)
    return action.status === 'InProgress' && action.link ? [line, paint.dim(`      ${action.link}`)] : [line];
  const reason = action.error ?? action.summary;
  return [
    line,
    ...(reason === undefined ? [] : [`      ${paint.red(reason)}`]),
    ...(action.link === undefined ? [] : [paint.dim(`      ${action.link}`)]),
  ];
}

/** `7363ca23 rollback to 11112222, fcbd3b51 Fix the counter`. */
export function words({ execution, type, target, revisions }: Execution, withId = true): string {
  const [first] = revisions;
  const commit = first ? `${short(first.id)} ${first.message ?? ''}`.trim() : '';
  const more = revisions.length > 1 ? ` and ${revisions.length - 1} more` : '';
  const rollback = type === 'ROLLBACK' ? `rollback${target ? ` to ${short(target)}` : ''}` : '';
  return [withId ? short(execution) : '', rollback, commit + more].filter((part) => part !== '').join('  ');
}

export function mark(status: string, paint: Paint): string {
  switch (status) {
    case 'Succeeded':
    case 'Overridden':
      return paint.green('✓');
    case 'Failed':
    case 'Errored':
      return paint.red('✗');
    case 'Stopped':
    case 'Abandoned':
    case 'Cancelled':
    case 'Superseded':
      return paint.yellow('■');
    case 'InProgress':
    case 'Stopping':
      return paint.cyan('●');
    default:
      return paint.dim('○');
  }
}

export function colour(status: string, paint: Paint): (text: string) => string {
  if (status === 'Succeeded') return paint.green;
  if (status === 'Failed' || status === 'Errored') return paint.red;
  if (status === 'InProgress' || status === 'Stopping') return paint.cyan;
  if (['Stopped', 'Abandoned', 'Cancelled', 'Superseded', 'Overridden'].includes(status)) return paint.yellow;
  return paint.dim;
}
