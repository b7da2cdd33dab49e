import type { RollOut } from '../roll-out';
import type { Strategy } from '../strategy';
import type { OpenApiProxy } from './api-proxy';
import { blueGreen } from './blue-green';
import { canary } from './canary';
import { rolling } from './rolling';

/** The way to bring a release up that an environment has chosen. `openProxy`: see `apiProxy`. */
export function chooseRollOut(strategy: Strategy, openProxy: OpenApiProxy): RollOut {
  switch (strategy.kind) {
    case 'rolling':
      return rolling(strategy, openProxy);
    case 'blue-green':
      return blueGreen(strategy, openProxy);
    case 'canary':
      return canary(strategy, openProxy);
  }
}
