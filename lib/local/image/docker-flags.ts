import { err, ok, type Result } from '../../result';

/** What a command of docker knows: name of a flag without its dashes -> how it is written. */
export type FlagTable = Readonly<Record<string, FlagKind>>;

/** `switch`: true when it is there, or `=true|false`; `value`: takes one; each may be given several times. */
type FlagKind = 'switch' | 'value';

export interface ParsedFlags {
  /** Every value of a flag in order; a switch has `true` or `false`. */
  all(name: string): readonly string[];
  /** The last value. */
  last(name: string): string | undefined;
  /** Arguments that are no flags. */
  readonly positional: readonly string[];
}

/** Reads flags as docker does: `--name value`, `--name=value`, `-f value`, `-fvalue`, and `--` before the rest. */
export function parseFlags(
  command: string,
  args: readonly string[],
  table: FlagTable,
  short: Readonly<Record<string, string>> = {},
): Result<ParsedFlags, string> {
  const values = new Map<string, string[]>();
  const positional: string[] = [];
  const errors: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] as string;
    if (argument === '--') {
      positional.push(...args.slice(at + 1));
      break;
    }
    if (!argument.startsWith('-') || argument === '-') {
      positional.push(argument);
      continue;
    }
    const isLong = argument.startsWith('--');
    const [written = '', attached] = isLong
      ? argument.slice(2).split(/=(.*)/s)
      : [argument[1], argument.length > 2 ? argument.slice(2).replace(/^=/, '') : undefined];
    const name = isLong ? written : (short[written] ?? written);
    const kind = Object.hasOwn(table, name) ? table[name] : undefined;
    let value = attached;
    if (kind === 'switch') value ??= 'true';
    else if (kind === 'value') value ??= args[++at];
    if (kind === undefined)
      errors.push(
        `${command}: ${isLong ? '--' : '-'}${written} is not supported by the stand-in for docker; known are ${
          Object.keys(table)
            .map((each) => `--${each}`)
            .join(', ') || 'no flags'
        }`,
      );
    else if (value === undefined) errors.push(`${command}: --${name} needs a value`);
    else values.set(name, [...(values.get(name) ?? []), value]);
  }
  const all = (name: string): readonly string[] => values.get(name) ?? [];
  return errors.length > 0 ? err(...errors) : ok({ all, last: (name) => all(name).at(-1), positional });
}
