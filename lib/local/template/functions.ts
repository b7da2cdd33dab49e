import { err, ok, type Result } from '../../result';
import { type Evaluated, type Evaluator, fault, type Place } from '../intrinsics';
import type { Diagnostic } from '../plan';
import { cidrBlocks } from './cidr';
import { isObject, type Json, shown } from './json';

/** Evaluates a call; `place` is the position of its argument. */
type Function = (evaluator: Evaluator, argument: unknown, place: Place) => Evaluated;

const at = (place: Place, index: number): Place => ({ stack: place.stack, path: `${place.path}[${index}]` });

/** The intrinsic functions that have a local value. `Fn::If` is not here: Evaluator.resolve chooses its branch. */
export const FUNCTIONS: Readonly<Record<string, Function>> = {
  Ref: (evaluator, argument, place) =>
    typeof argument === 'string'
      ? evaluator.ref(argument, place)
      : fault(place, `Expected a logical id or a pseudo parameter, found ${shown(argument)}.`),

  'Fn::GetAtt': (evaluator, argument, place) => {
    const parts = typeof argument === 'string' ? splitOnce(argument, '.') : argument;
    if (!Array.isArray(parts) || parts.length !== 2 || typeof parts[0] !== 'string') {
      return fault(place, `Expected [logical id, attribute], found ${shown(argument)}.`);
    }
    const name = text(evaluator, parts[1], at(place, 1));
    return name.ok ? evaluator.attribute(parts[0], name.value, place) : name;
  },

  'Fn::Sub': (evaluator, argument, place) => {
    const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
    const wrong = Array.isArray(argument) && argument.length !== 2;
    if (wrong || typeof template !== 'string' || typeof variables !== 'object' || variables === null) {
      return fault(place, `Expected a string, or [string, variables], found ${shown(argument)}.`);
    }
    return substitute(evaluator, template, variables as Record<string, unknown>, place);
  },

  'Fn::Join': (evaluator, argument, place) => {
    if (!Array.isArray(argument) || argument.length !== 2 || typeof argument[0] !== 'string') {
      return fault(place, `Expected [delimiter, list], found ${shown(argument)}.`);
    }
    const items = texts(evaluator, argument[1], at(place, 1));
    return items.ok ? ok(items.value.join(argument[0])) : items;
  },

  'Fn::Split': (evaluator, argument, place) => {
    if (!Array.isArray(argument) || argument.length !== 2 || typeof argument[0] !== 'string' || argument[0] === '') {
      return fault(place, `Expected [delimiter, string], found ${shown(argument)}.`);
    }
    const source = text(evaluator, argument[1], at(place, 1));
    return source.ok ? ok(source.value.split(argument[0])) : source;
  },

  'Fn::Select': (evaluator, argument, place) => {
    if (!Array.isArray(argument) || argument.length !== 2) {
      return fault(place, `Expected [index, list], found ${shown(argument)}.`);
    }
    const index = text(evaluator, argument[0], at(place, 0));
    const list = evaluator.evaluate(argument[1], at(place, 1));
    if (!index.ok || !list.ok) return err(...(index.ok ? [] : index.errors), ...(list.ok ? [] : list.errors));
    const items = list.value;
    if (!Array.isArray(items)) return fault(at(place, 1), `Expected a list, found ${shown(items)}.`);
    const item = /^\d+$/.test(index.value) ? (items as readonly Json[])[Number(index.value)] : undefined;
    if (item !== undefined) return ok(item);
    return fault(place, `There is no item ${index.value} in a list of ${items.length}.`);
  },

  'Fn::ImportValue': (evaluator, argument, place) => {
    const name = text(evaluator, argument, place);
    return name.ok ? evaluator.importValue(name.value, place) : name;
  },

  'Fn::FindInMap': (evaluator, argument, place) => {
    if (!Array.isArray(argument) || argument.length !== 3) {
      return fault(place, `Expected [map, first key, second key], found ${shown(argument)}.`);
    }
    const keys = texts(evaluator, argument, place);
    if (!keys.ok) return keys;
    let found: Json | undefined = place.stack.template.Mappings;
    for (const key of keys.value) found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
    return found === undefined ? fault(place, `The mappings hold nothing under ${keys.value.join(' / ')}.`) : ok(found);
  },

  'Fn::Base64': (evaluator, argument, place) => {
    const plain = text(evaluator, argument, place);
    return plain.ok ? ok(Buffer.from(plain.value, 'utf8').toString('base64')) : plain;
  },

  'Fn::GetAZs': (evaluator, argument, place) => {
    const region = text(evaluator, argument, place);
    if (!region.ok) return region;
    const name = region.value || evaluator.environment(place.stack).region;
    return ok(['a', 'b', 'c'].map((zone) => `${name}${zone}`));
  },

  'Fn::Cidr': (evaluator, argument, place) => {
    const parts = texts(evaluator, argument, place);
    if (!parts.ok) return parts;
    const [block = '', count = '', bits = '8'] = parts.value;
    const blocks = cidrBlocks(block, Number(count), Number(bits));
    if (blocks !== undefined) return ok(blocks);
    return fault(
      place,
      `Expected [IPv4 block, count, host bits] where that many blocks fit, found ${shown(argument)}.`,
    );
  },

  'Fn::Equals': (evaluator, argument, place) => {
    if (!Array.isArray(argument) || argument.length !== 2) {
      return fault(place, `Expected [value, value], found ${shown(argument)}.`);
    }
    const pair = evaluator.evaluate(argument, place);
    if (!pair.ok) return pair;
    const [left, right] = pair.value as readonly Json[];
    return ok(scalar(left) === scalar(right));
  },

  'Fn::And': (evaluator, argument, place) => {
    const parts = booleans(evaluator, argument, place);
    return parts.ok ? ok(parts.value.every(Boolean)) : parts;
  },

  'Fn::Or': (evaluator, argument, place) => {
    const parts = booleans(evaluator, argument, place);
    return parts.ok ? ok(parts.value.some(Boolean)) : parts;
  },

  'Fn::Not': (evaluator, argument, place) => {
    const parts = booleans(evaluator, argument, place);
    if (!parts.ok) return parts;
    if (parts.value.length === 1) return ok(!parts.value[0]);
    return fault(place, `Expected a list with one condition, found ${shown(argument)}.`);
  },

  Condition: (evaluator, argument, place) =>
    typeof argument === 'string'
      ? evaluator.condition(argument, place)
      : fault(place, `Expected the name of a condition, found ${shown(argument)}.`),
};

/** `${Name}`, `${Name.Attribute}`, `${!Literal}`. */
const PLACEHOLDER = /\$\{([^}]*)\}/g;

function substitute(
  evaluator: Evaluator,
  template: string,
  variables: Readonly<Record<string, unknown>>,
  place: Place,
): Evaluated {
  const errors: Diagnostic[] = [];
  const value = template.replace(PLACEHOLDER, (_, inner: string) => {
    if (inner.startsWith('!')) return `\${${inner.slice(1)}}`;
    const name = inner.trim();
    const path = `${place.path}.\${${name}}`;
    const here = { stack: place.stack, path };
    const result = Object.hasOwn(variables, name)
      ? text(evaluator, variables[name], { stack: place.stack, path: `${place.path}[1].${name}` })
      : text(evaluator, name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name }, here);
    if (result.ok) return result.value;
    errors.push(...result.errors);
    return '';
  });
  return errors.length > 0 ? err(...errors) : ok(value);
}

function text(evaluator: Evaluator, raw: unknown, place: Place): Result<string, Diagnostic> {
  const result = evaluator.evaluate(raw, place);
  if (!result.ok) return result;
  const value = scalar(result.value);
  return value === undefined ? fault(place, `Expected a string, found ${shown(result.value)}.`) : ok(value);
}

function texts(evaluator: Evaluator, raw: unknown, place: Place): Result<string[], Diagnostic> {
  const result = evaluator.evaluate(raw, place);
  if (!result.ok) return result;
  const values = Array.isArray(result.value) ? result.value.map(scalar) : [undefined];
  if (values.every((value) => value !== undefined)) return ok(values);
  return fault(place, `Expected a list of strings, found ${shown(result.value)}.`);
}

function booleans(evaluator: Evaluator, raw: unknown, place: Place): Result<boolean[], Diagnostic> {
  const result = evaluator.evaluate(raw, place);
  if (!result.ok) return result;
  const values = Array.isArray(result.value) ? result.value : [];
  if (values.length > 0 && values.every((value) => typeof value === 'boolean')) return ok(values);
  return fault(place, `Expected a list of conditions, found ${shown(result.value)}.`);
}

/** CloudFormation takes numbers and booleans for strings. */
function scalar(value: Json | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

function splitOnce(value: string, separator: string): string[] {
  const index = value.indexOf(separator);
  return index < 0 ? [value] : [value.slice(0, index), value.slice(index + separator.length)];
}
