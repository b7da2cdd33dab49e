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

/** Path of keys and list indexes as people write it: `local.images["public.ecr.aws/x"].command[0]`. */
export const formatPath = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      const key = String(part);
      if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join('');
