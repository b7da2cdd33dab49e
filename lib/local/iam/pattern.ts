import type { Context } from './conditions';

const known = new Map<string, RegExp>();

/** IAM's wildcards: `*` is any text, `?` one character. */
export function matches(pattern: string, text: string, ignoreCase = false): boolean {
  if (pattern === '*' || pattern === text) return true;
  return expression(pattern, ignoreCase).test(text);
}

/**
 * A wildcard stays within its part of an ARN; the last of the six parts, the resource, may hold further colons.
 * Source: IAM user guide, reference_policies_elements_resource.
 */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const [wanted, given] = [parts(pattern), parts(arn)];
  return wanted.length === given.length && wanted.every((part, index) => matches(part, given[index] as string));
}

/**
 * The pattern with policy variables (`${aws:PrincipalAccount}`, `${key, 'default'}`) put in; undefined: the request has no such value, so
 * nothing matches. Source: IAM user guide, reference_policies_variables.
 */
export function withVariables(pattern: string, context: Context): string | undefined {
  let isKnown = true;
  const text = pattern.replace(/\$\{([^}]*)\}/g, (_, variable: string) => {
    if (/^[*?$]$/.test(variable)) return variable;
    const [name = '', fallback] = variable.split(/\s*,\s*/);
    const value = valuesOf(context, name);
    if (value?.length === 1) return value[0] as string;
    if (fallback === undefined) isKnown = false;
    return fallback?.replace(/^'(.*)'$/, '$1') ?? '';
  });
  return isKnown ? text : undefined;
}

/** What the request says under a context key; keys are the same in any case. */
export function valuesOf(context: Context, key: string): readonly string[] | undefined {
  const wanted = key.toLowerCase();
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === wanted)?.[1];
  return found === undefined || typeof found !== 'string' ? found : [found];
}

const parts = (arn: string): string[] => {
  const all = arn.split(':');
  return all.length <= 6 ? all : [...all.slice(0, 5), all.slice(5).join(':')];
};

function expression(pattern: string, ignoreCase: boolean): RegExp {
  const key = `${ignoreCase}${pattern}`;
  let made = known.get(key);
  if (made === undefined) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.');
    made = new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
    known.set(key, made);
  }
  return made;
}
