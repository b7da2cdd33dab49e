import { checkRow } from './check-row';
import { dependencies } from './rows/03-dependencies';

checkRow(dependencies, 180_000);
