import { checkRow } from './check-row';
import { pipelineAccess } from './rows/05-pipeline-access';

checkRow(pipelineAccess);
