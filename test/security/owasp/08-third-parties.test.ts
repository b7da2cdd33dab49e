import { checkRow } from './check-row';
import { thirdParties } from './rows/08-third-parties';

checkRow(thirdParties);
