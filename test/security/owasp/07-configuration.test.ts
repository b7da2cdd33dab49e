import { checkRow } from './check-row';
import { configuration } from './rows/07-configuration';

checkRow(configuration);
