import { err, ok, type Result } from '../../result';
import type { RollOut } from '../roll-out';
import type { Strategy } from '../strategy';
import type { OpenApiProxy } from './api-proxy';
import { rolling } from './rolling';

/** The way to bring a release up that an environment has chosen. `openProxy`: see `apiProxy`. */
export function chooseRollOut(strategy: Strategy, _openProxy: OpenApiProxy): Result<RollOut, string> {
  if (strategy.kind === 'rolling') return ok(rolling(strategy));
  return err(`the strategy ${strategy.kind} is not there yet; use rolling`);
}
