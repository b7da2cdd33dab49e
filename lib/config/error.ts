/** One thing that is wrong with the configuration, and where. */
export interface ConfigError {
  /** As given to loadConfig, or the name of an environment variable. */
  readonly file: string;
  /** From 1; 0 where a line means nothing (an unreadable file, an environment variable). */
  readonly line: number;
  /** From 1, in characters; 0 with line 0. */
  readonly column: number;
  /** Keys joined by dots, `environments.production.approvals[0].name`; empty for the whole file. */
  readonly path: string;
  /** What was expected, what is there, what to do. */
  readonly message: string;
}

/** `slipway.yaml:12:5 environments.dev.bake: expected a duration such as 5m, got "soon"`. */
export const formatConfigError = ({ file, line, column, path, message }: ConfigError): string => {
  const place = line === 0 ? file : `${file}:${line}:${column}`;
  return path === '' ? `${place}: ${message}` : `${place} ${path}: ${message}`;
};

/** Path of keys and list indexes as people write it. */
export const formatPath = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');
