import { checkRow } from './check-row';
import { identity } from './rows/02-identity';

checkRow(identity);
