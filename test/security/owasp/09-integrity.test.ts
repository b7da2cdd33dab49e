import { checkRow } from './check-row';
import { integrity } from './rows/09-integrity';

checkRow(integrity);
