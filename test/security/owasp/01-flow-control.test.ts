import { checkRow } from './check-row';
import { flowControl } from './rows/01-flow-control';

checkRow(flowControl);
