import { checkRow } from './check-row';
import { pods } from './rows/pods';

checkRow(pods);
