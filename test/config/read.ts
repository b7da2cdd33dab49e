import { formatConfigError } from '../../lib/config/error';
import { parseConfig } from '../../lib/config/parse';
import type { Config } from '../../lib/config/schema';

/** Reads `yaml` as slipway.yaml beside the folders `.` and `svc`. */
const read = (yaml: string, environment: NodeJS.ProcessEnv = {}) =>
  parseConfig('slipway.yaml', yaml, environment, (path) => ['.', 'svc'].includes(path));

/** What is wrong with `yaml`, line by line; fails if nothing is. */
export const errorsOf = (yaml: string, environment: NodeJS.ProcessEnv = {}): string[] => {
  const result = read(yaml, environment);
  if (result.ok) throw new Error(`accepted:\n${yaml}`);
  return result.errors.map(formatConfigError);
};

export const configOf = (yaml: string, environment: NodeJS.ProcessEnv = {}): Config => {
  const result = read(yaml, environment);
  if (!result.ok) throw new Error(result.errors.map(formatConfigError).join('\n'));
  return result.value;
};

/** A file that is right but for what is added; its first added line is line 3. */
export const fileWith = (added: string): string => `service:\n  name: shop\n${added}`;
