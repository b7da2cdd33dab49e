import { err, ok, type Result } from '../../result';
import { isObject, type JsonObject } from '../template/json';
import { membersOf } from './check';
import { textOf } from './text';

/**
 * The template with the values given in the place of its parameters' defaults. Errors as CloudFormation's own: a parameter that
 * the template has not, one without a value, a value that its declaration forbids.
 */
export function withParameters(
  template: JsonObject,
  given: Readonly<Record<string, string>>,
): Result<JsonObject, string> {
  const declared = membersOf(template, 'Parameters');
  const problems: string[] = [];
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(declared, name));
  if (unknown.length > 0) problems.push(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const parameters = Object.entries(declared).map(([name, declaration]): [string, JsonObject] => {
    const about = isObject(declaration) ? declaration : {};
    const value = Object.hasOwn(given, name) ? given[name] : about['Default'];
    if (typeof about['Type'] !== 'string') problems.push(`Parameters.${name}.Type: is missing`);
    if (value === undefined) problems.push(`Parameters: [${name}] must have values`);
    else if (typeof value === 'object') problems.push(`Parameters.${name}.Default: expected a text or a number`);
    else problems.push(...faultsOf(name, textOf(value), about));
    return [name, value === undefined || typeof value === 'object' ? about : { ...about, Default: textOf(value) }];
  });
  return problems.length > 0 ? err(...problems) : ok({ ...template, Parameters: Object.fromEntries(parameters) });
}

/** Values as they are kept: those of NoEcho parameters are not. */
export const shownParameters = (template: JsonObject): Record<string, string> =>
  Object.fromEntries(
    Object.entries(membersOf(template, 'Parameters')).map(([name, declaration]) => {
      const { NoEcho: hidden, Default: value } = (isObject(declaration) ? declaration : {}) as {
        NoEcho?: unknown;
        Default?: unknown;
      };
      return [name, textOf(hidden) === 'true' ? '****' : textOf(value)];
    }),
  );

/** CloudFormation user guide, parameters-section-structure. */
function faultsOf(name: string, value: string, about: JsonObject): string[] {
  const faults: string[] = [];
  const fail = (rule: string): void => {
    const description = about['ConstraintDescription'];
    const said = typeof description === 'string' ? description : rule;
    faults.push(`Parameter '${name}' failed to satisfy constraint: ${said}`);
  };
  const number = (key: string): number | undefined => {
    if (about[key] === undefined) return undefined;
    const limit = Number(textOf(about[key]));
    if (!Number.isNaN(limit)) return limit;
    faults.push(`Parameters.${name}.${key}: expected a number`);
    return undefined;
  };
  const { AllowedValues: allowed, AllowedPattern: pattern, Type: type } = about as Record<string, unknown>;
  // Of a list each item counts.
  const items = /^(CommaDelimitedList|List<)/.test(textOf(type))
    ? value.split(',').map((item) => item.trim())
    : [value];
  if (Array.isArray(allowed) && !items.every((item) => allowed.map(textOf).includes(item)))
    fail(`one of ${allowed.map(textOf).join(', ')}`);
  if (typeof pattern === 'string' && !items.every((item) => matches(pattern, item)))
    fail(`must match pattern ${pattern}`);
  if (value.length < (number('MinLength') ?? 0)) fail(`at least ${number('MinLength')} characters`);
  if (value.length > (number('MaxLength') ?? Number.POSITIVE_INFINITY))
    fail(`at most ${number('MaxLength')} characters`);
  if (type === 'Number') {
    if (value.trim() === '' || Number.isNaN(Number(value))) fail('must be a number');
    if (Number(value) < (number('MinValue') ?? Number.NEGATIVE_INFINITY)) fail(`at least ${number('MinValue')}`);
    if (Number(value) > (number('MaxValue') ?? Number.POSITIVE_INFINITY)) fail(`at most ${number('MaxValue')}`);
  }
  return faults;
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(value);
  } catch {
    return true; // A pattern of Java's that JavaScript does not know is for CloudFormation to judge.
  }
}
