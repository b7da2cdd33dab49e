import { differs, holds, notApplicable, type Row, section } from '../row';

const APPROVALS = 'conformance/approvals.test.ts';

export const APPROVAL_ROWS: readonly Row[] = section('1.9', [
  [
    'An approval that is given lets the execution go on.',
    'API:PutApprovalResultInput',
    holds(APPROVALS, 'that is given lets the execution go on'),
  ],
  [
    'A rejection is a failure of the action.',
    'CP:approvals',
    holds(APPROVALS, 'that is rejected is a failure of the action'),
  ],
  [
    'The summary has at most 512 characters.',
    'API:ApprovalSummary',
    holds(APPROVALS, 'has a summary of at most 512 characters'),
  ],
  ['The token is a UUID.', 'API:ApprovalToken', holds(APPROVALS, 'has a token that is a UUID')],
  [
    'Another token: InvalidApprovalTokenException.',
    'API:PutApprovalResult',
    holds(APPROVALS, 'with another token is refused'),
  ],
  [
    'A second answer: ApprovalAlreadyCompletedException.',
    'API:PutApprovalResult',
    holds(APPROVALS, 'that has been answered is refused a second answer'),
  ],
  [
    'An SNS message tells of it.',
    'CP:approvals-json-format',
    differs('It is asked for where the run is watched, and at the local endpoint.'),
  ],
  [
    'Whoever answers needs codepipeline:PutApprovalResult.',
    'CP:approvals-iam-permissions',
    notApplicable('The endpoint knows one operator, its user.'),
  ],
]);
