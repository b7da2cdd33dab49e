import {
  answerApproval,
  chooseApproval,
  nameOf,
  type WaitingApproval,
  waitingApprovals,
} from '../../lib/ops/approvals';
import { words } from '../../lib/ops/render-status';
import { ago, oneLine } from '../../lib/ops/text';
import { confirm } from '../confirm';
import { exitCode } from '../exit-codes';
import { Failure } from '../failure';
import { operate, orFail, type PlaceOptions, pipelinesOf } from '../operations';

export interface ApproveOptions extends PlaceOptions {
  readonly comment?: string;
  readonly execution?: string;
  readonly yes?: boolean;
}

/** API ApprovalResult: the summary's length. */
const LONGEST_COMMENT = 512;

export const approve = (first: string | undefined, second: string | undefined, options: ApproveOptions) =>
  answer('Approved', first, second, options);

/** Answers the approval that waits, after it has shown what the answer is about. */
export async function answer(
  status: 'Approved' | 'Rejected',
  first: string | undefined,
  second: string | undefined,
  options: ApproveOptions,
): Promise<void> {
  const { comment = '' } = options;
  if (comment.length > LONGEST_COMMENT)
    throw new Failure(
      `--comment: at most ${LONGEST_COMMENT} characters, these are ${comment.length}`,
      exitCode['usage, configuration or template is wrong'],
    );
  // `approve SignOff/ClientSignOff` names no pipeline: their names hold no slash.
  const [pipeline, action] = second === undefined && first?.includes('/') ? [undefined, first] : [first, second];
  await operate(options, async (operations) => {
    const waiting: WaitingApproval[] = [];
    for (const name of await pipelinesOf(operations, pipeline))
      waiting.push(...orFail(await waitingApprovals(operations.aws, name)));
    const { execution } = options;
    const chosen = orFail(
      chooseApproval(waiting, {
        ...(action !== undefined && { action }),
        ...(execution !== undefined && { execution }),
      }),
    );
    process.stdout.write(`${describe(chosen).join('\n')}\n`);
    const verb = status === 'Approved' ? 'approve' : 'reject';
    await confirm(operations, `${verb} ${chosen.pipeline} ${nameOf(chosen)}`, options);
    orFail(await answerApproval(operations.aws, chosen, status, comment));
    process.stdout.write(`${status.toLowerCase()}\n`);
    return exitCode['all done'];
  });
}

function describe(approval: WaitingApproval): string[] {
  const { pipeline, execution, message, link, since } = approval;
  const waits = since === undefined ? '' : `, for ${ago(since, new Date())}`;
  return [
    `${pipeline} ${nameOf(approval)} waits for approval${waits}`,
    ...(message === undefined ? [] : [`  ${oneLine(message)}`]),
    ...(link === undefined ? [] : [`  ${oneLine(link)}`]),
    `  execution ${execution.execution}`,
    ...execution.revisions.map(({ source, id, message: text = '' }) => `  ${source} ${id} ${text}`.trimEnd()),
    ...(execution.type === 'ROLLBACK' ? [`  ${words(execution)}`] : []),
  ];
}
