import { cbor } from '@smithy/core/cbor';
import { XMLParser } from 'fast-xml-parser';
import type { ServiceModel, Shape } from '../../../../lib/local/aws/model/model';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly operation: string;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Codes that any operation may answer with. */
const COMMON = [
  'AccessDenied',
  'AccessDeniedException',
  'InvalidAction',
  'InvalidParameterException',
  'InvalidParameterValue',
  'SerializationException',
  'UnknownOperationException',
  'ValidationError',
  'ValidationException',
];

/**
 * What of an answer the service's model does not allow: members that it does not know, required ones that are missing, values of
 * another type or beside the enum, error codes that the operation does not have. Empty: nothing.
 */
export function violations(model: ServiceModel, answer: RawAnswer): string[] {
  const { operation, status } = answer;
  const known = model.operations[operation];
  if (!known) return [`the model has no operation ${operation}`];
  if (status >= 400) {
    const code = errorCode(answer);
    return [...known.errors, ...COMMON].includes(code) ? [] : [`${operation} has no error ${code}`];
  }
  const { value, isText } = parsed(answer);
  if (known.output === undefined)
    return Object.keys(value as object).length === 0
      ? []
      : [`${operation} has no output, found ${JSON.stringify(value)}`];
  return check(model, known.output, value, { path: operation, isText, isCbor: isCbor(answer) });
}

const isCbor = ({ headers }: RawAnswer): boolean => headers['content-type'] === 'application/cbor';

function parsed(answer: RawAnswer): { readonly value: unknown; readonly isText: boolean } {
  const { operation, headers, body } = answer;
  if (isCbor(answer)) return { value: body.length > 0 ? cbor.deserialize(body) : {}, isText: false };
  if (headers['content-type'] !== 'text/xml')
    return { value: JSON.parse(body.toString('utf8') || '{}'), isText: false };
  const parser = new XMLParser({ parseTagValue: false, ignoreAttributes: true });
  const tree = parser.parse(body.toString('utf8'))[`${operation}Response`];
  return { value: tree[`${operation}Result`] || {}, isText: true };
}

function errorCode(answer: RawAnswer): string {
  const { headers, body } = answer;
  const named = headers['x-amzn-errortype'];
  if (named) return named;
  if (headers['content-type'] === 'text/xml') return /<Code>(.*?)<\/Code>/.exec(body.toString('utf8'))?.[1] ?? '';
  const value = (isCbor(answer) ? cbor.deserialize(body) : JSON.parse(body.toString('utf8'))) as { __type?: string };
  return value.__type ?? '';
}

/** A map of the query protocol: `<entry><key/><value/></entry>`, again and again. */
const entriesOf = (value: object): [string, unknown][] =>
  [(value as { entry?: unknown }).entry ?? []].flat().map((entry) => {
    const { key, value: each } = entry as { key: string; value: unknown };
    return [key, each];
  });

interface Place {
  readonly path: string;
  /** Numbers and booleans stand as text. */
  readonly isText: boolean;
  readonly isCbor: boolean;
}

function check(model: ServiceModel, name: string, value: unknown, place: Place): string[] {
  const shape = model.shapes[name] as Shape;
  const { path, isText } = place;
  const expected = (what: string, isSo: boolean): string[] =>
    isSo ? [] : [`${path}: expected ${what}, found ${JSON.stringify(value)?.slice(0, 80)}`];
  const below = (of: string, step: string, each: unknown): string[] =>
    check(model, of, each, { ...place, path: `${path}${step}` });
  switch (shape.type) {
    case 'structure': {
      if (!isObject(value)) return expected('a structure', isText && value === '');
      const members = Object.entries(value).flatMap(([member, each]) => {
        const of = Object.hasOwn(shape.members, member) ? shape.members[member] : undefined;
        if (of === undefined) return [`${path} has no member ${member}`];
        return each === null ? [`${path}.${member} is null`] : below(of, `.${member}`, each);
      });
      const missing = (shape.required ?? []).filter((member) => !Object.hasOwn(value, member));
      return [...members, ...missing.map((member) => `${path}.${member} is required and missing`)];
    }
    case 'list': {
      const items = isText ? [isObject(value) ? value['member'] : []].flat() : value;
      if (!Array.isArray(items)) return expected('a list', false);
      return items.flatMap((item, index) => below(shape.member, `[${index}]`, item));
    }
    case 'map':
      if (!isObject(value)) return expected('a map', false);
      return (isText ? entriesOf(value) : Object.entries(value)).flatMap(([key, each]) => [
        ...below(shape.key, `.${key} (key)`, key),
        ...below(shape.value, `.${key}`, each),
      ]);
    case 'string': {
      const isText = expected('a string', typeof value === 'string');
      if (isText.length > 0 || !shape.enum) return isText;
      return expected(`one of ${shape.enum.join(', ')}`, shape.enum.includes(value as string));
    }
    case 'boolean':
      return expected('a boolean', isText ? ['true', 'false'].includes(String(value)) : typeof value === 'boolean');
    case 'integer':
    case 'long':
    case 'float':
    case 'double': {
      const number = isText ? Number(value) : value;
      const isWhole = shape.type === 'integer' || shape.type === 'long';
      const isNumber = typeof number === 'number' && !Number.isNaN(number) && (!isWhole || Number.isInteger(number));
      return expected(isWhole ? 'a whole number' : 'a number', isNumber);
    }
    case 'timestamp':
      return expected('a time', isTime(value, place));
    case 'blob':
      return expected('a blob', typeof value === 'string' || value instanceof Uint8Array);
    default:
      return shape satisfies never;
  }
}

/** Seconds in JSON, tag 1 in CBOR, ISO 8601 in XML. */
function isTime(value: unknown, { isText, isCbor }: Place): boolean {
  if (isText) return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(String(value));
  if (isCbor) return value instanceof Date || (isObject(value) && value['tag'] === 1);
  return typeof value === 'number' && value > 1e9 && value < 1e10;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
