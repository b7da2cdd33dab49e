import type { Json } from '../../../lib/cloud/rules/rule';
import type { Config } from '../../../lib/config/schema';
import type { Pipeline } from '../../../lib/model/pipeline';

/** What a deployed account is compared with. */
export interface World {
  /** What the services tell (emulator/observe.py). */
  readonly seen: () => Json;
  readonly config: Config;
  readonly model: readonly Pipeline[];
}
