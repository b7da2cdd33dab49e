import type { Row } from './mutants';
import { flowControl } from './rows/01-flow-control';
import { identity } from './rows/02-identity';
import { dependencies } from './rows/03-dependencies';
import { poisonedPipeline } from './rows/04-poisoned-pipeline';
import { pipelineAccess } from './rows/05-pipeline-access';
import { credentials } from './rows/06-credentials';
import { configuration } from './rows/07-configuration';
import { thirdParties } from './rows/08-third-parties';
import { integrity } from './rows/09-integrity';
import { visibility } from './rows/10-visibility';
import { pods } from './rows/pods';

/** Every row; a test holds that none of the folder is left out. */
export const ROWS: readonly Row[] = [
  flowControl,
  identity,
  dependencies,
  poisonedPipeline,
  pipelineAccess,
  credentials,
  configuration,
  thirdParties,
  integrity,
  visibility,
  pods,
];
