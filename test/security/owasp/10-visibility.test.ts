import { checkRow } from './check-row';
import { visibility } from './rows/10-visibility';

checkRow(visibility);
