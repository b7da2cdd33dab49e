import type { Row } from './row';
import { ACTIONS } from './rows/actions';
import { APPROVAL_ROWS } from './rows/approvals';
import { BUILD_ROWS } from './rows/builds';
import { CONDITION_ROWS } from './rows/conditions';
import { MODE_ROWS } from './rows/modes';
import { RETRY_ROWS } from './rows/retries';
import { STATUS_ROWS } from './rows/statuses';
import { ENCRYPTION, STRUCTURE } from './rows/structure';
import { TIMEOUTS } from './rows/timeouts';
import { TRIGGER_ROWS } from './rows/triggers';
import { VARIABLE_ROWS } from './rows/variables';

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** Every statement, by section. */
export const SECTIONS: readonly Section[] = [
  { title: 'CodePipeline: structure and limits', rows: STRUCTURE },
  { title: 'CodePipeline: types of actions', rows: ACTIONS },
  { title: 'CodePipeline: timeouts', rows: TIMEOUTS },
  { title: 'CodePipeline: execution modes and locks', rows: MODE_ROWS },
  { title: 'CodePipeline: starts and triggers', rows: TRIGGER_ROWS },
  { title: 'CodePipeline: variables', rows: VARIABLE_ROWS },
  { title: 'CodePipeline: conditions of stages', rows: CONDITION_ROWS },
  { title: 'CodePipeline: retry, rollback, stop', rows: RETRY_ROWS },
  { title: 'CodePipeline: approvals', rows: APPROVAL_ROWS },
  { title: 'CodePipeline: encryption', rows: ENCRYPTION },
  { title: 'CodePipeline: statuses and events', rows: STATUS_ROWS },
  ...BUILD_ROWS,
];
