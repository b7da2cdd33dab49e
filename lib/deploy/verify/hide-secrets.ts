const NAMES =
  /secret|passw(or)?d|passphrase|token|credential|api_?key|private_?key|access_?key|connection_?string|dsn$/i;

const LINE = /^(\s+([A-Za-z_][\w.-]*):\s+)(\S.*)$/;

/**
 * The output of `kubectl describe` without the values of environment variables that look secret by their name. describe shows no
 * value that comes from a Secret, but it shows one that stands in a manifest.
 */
export const hideSecrets = (described: string): string =>
  described
    .split('\n')
    .map((line) => {
      const [, start = '', name = '', value = ''] = LINE.exec(line) ?? [];
      return NAMES.test(name) && !/^<(set to the key|none|unset)/.test(value) ? `${start}<hidden>` : line;
    })
    .join('\n');
