import { checkRow } from './check-row';
import { poisonedPipeline } from './rows/04-poisoned-pipeline';

checkRow(poisonedPipeline, 180_000);
