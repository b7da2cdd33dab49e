import { err, ok, type Result } from '../../../result';
import type { AwsError } from '../service';
import type { ServiceModel, Shape } from './model';

/** How values stand in a request: typed as in JSON or CBOR, or all as text as in a form, a path or a query. */
export type Encoding = 'typed' | 'text';

/**
 * Reads an operation's input by its model: times become Dates, blobs Buffers, numbers in a form numbers. Errors, in the words of
 * AWS's services: SerializationException for a value of another type, else `invalid` with every constraint that is not met.
 * A member that the model does not know is refused too, where AWS passes over it.
 */
export function readInput(
  model: ServiceModel,
  operation: string,
  raw: unknown,
  encoding: Encoding,
  invalid: string,
): Result<Record<string, unknown>, AwsError> {
  const name = model.operations[operation]?.input;
  if (name === undefined) {
    const given = Object.keys(raw as object);
    return given.length === 0
      ? ok({})
      : err({ code: invalid, message: validation(given.map((member) => `'${member}' is not a known member`)) });
  }
  const reader = new Reader(model, encoding);
  const value = reader.read(name, raw, '') as Record<string, unknown>;
  if (reader.mistyped.length > 0)
    return err({ code: 'SerializationException', message: reader.mistyped.join('; '), status: 400 });
  if (reader.violations.length > 0) return err({ code: invalid, message: validation(reader.violations) });
  return ok(value);
}

const validation = (violations: readonly string[]): string =>
  `${violations.length} validation error${violations.length > 1 ? 's' : ''} detected: ${violations.join('; ')}`;

class Reader {
  readonly mistyped: string[] = [];
  readonly violations: string[] = [];

  constructor(
    private readonly model: ServiceModel,
    private readonly encoding: Encoding,
  ) {}

  read(name: string, value: unknown, path: string): unknown {
    const shape = this.model.shapes[name] as Shape;
    switch (shape.type) {
      case 'structure':
        return this.structure(shape, value, path);
      case 'list': {
        // A form writes an empty list as its name alone.
        if (this.encoding === 'text' && value === '') return [];
        if (!Array.isArray(value)) return this.mistype(value, 'a List', path);
        this.size(shape, value, value.length, path);
        return value.map((item, index) => this.read(shape.member, item, `${path}.${index + 1}.member`));
      }
      case 'map': {
        if (!isObject(value)) return this.mistype(value, 'a Map', path);
        const entries = Object.entries(value);
        this.size(shape, value, entries.length, path);
        return Object.fromEntries(
          entries.map(([key, each]) => {
            this.read(shape.key, key, `${path}.${key}.key`);
            return [key, this.read(shape.value, each, `${path}.${key}.value`)];
          }),
        );
      }
      case 'string':
        return this.string(shape, value, path);
      case 'integer':
      case 'long':
      case 'float':
      case 'double':
        return this.number(shape, value, path);
      case 'boolean':
        return this.flag(value, path);
      case 'timestamp':
        return this.time(value, path);
      case 'blob':
        return this.blob(shape, value, path);
      default:
        return shape satisfies never;
    }
  }

  private structure(shape: Extract<Shape, { type: 'structure' }>, value: unknown, path: string): unknown {
    if (!isObject(value)) return this.mistype(value, 'a structure', path);
    const at = (member: string): string => (path === '' ? member : `${path}.${member}`);
    const read: Record<string, unknown> = {};
    for (const [member, each] of Object.entries(value)) {
      if (each === undefined || each === null) continue;
      const of = Object.hasOwn(shape.members, member) ? shape.members[member] : undefined;
      if (of === undefined) this.violations.push(`'${at(member)}' is not a known member`);
      else read[member] = this.read(of, each, at(member));
    }
    for (const member of shape.required ?? [])
      if (!Object.hasOwn(read, member))
        this.violations.push(`Value null at '${at(member)}' failed to satisfy constraint: Member must not be null`);
    return read;
  }

  private blob(shape: Extract<Shape, { type: 'blob' }>, value: unknown, path: string): unknown {
    if (typeof value !== 'string' && !(value instanceof Uint8Array)) return this.mistype(value, 'a Blob', path);
    const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : Buffer.from(value);
    this.size(shape, `${bytes.length} bytes`, bytes.length, path);
    return bytes;
  }

  private string(shape: Extract<Shape, { type: 'string' }>, value: unknown, path: string): unknown {
    if (typeof value !== 'string') return this.mistype(value, 'a String', path);
    this.size(shape, value, value.length, path);
    if (shape.pattern !== undefined && !matcher(shape.pattern).test(value))
      this.violate(value, path, `satisfy regular expression pattern: ${shape.pattern}`);
    if (shape.enum && !shape.enum.includes(value))
      this.violate(value, path, `satisfy enum value set: [${shape.enum.join(', ')}]`);
    return value;
  }

  private number(
    shape: Extract<Shape, { type: 'integer' | 'long' | 'float' | 'double' }>,
    value: unknown,
    path: string,
  ) {
    const text = this.encoding === 'text' && typeof value === 'string' && value.trim() !== '';
    const number = typeof value === 'bigint' || text ? Number(value) : value;
    const isWhole = shape.type === 'integer' || shape.type === 'long';
    if (typeof number !== 'number' || Number.isNaN(number) || (isWhole && !Number.isInteger(number)))
      return this.mistype(value, isWhole ? 'an Integer' : 'a Double', path);
    if (shape.min !== undefined && number < shape.min)
      this.violate(number, path, `have value greater than or equal to ${shape.min}`);
    if (shape.max !== undefined && number > shape.max)
      this.violate(number, path, `have value less than or equal to ${shape.max}`);
    return number;
  }

  private flag(value: unknown, path: string): unknown {
    if (this.encoding === 'text' && (value === 'true' || value === 'false')) return value === 'true';
    return typeof value === 'boolean' ? value : this.mistype(value, 'a Boolean', path);
  }

  /** Seconds since 1970 in JSON, a tagged number in CBOR, ISO 8601 in a form. */
  private time(value: unknown, path: string): unknown {
    const tagged = isObject(value) && value['tag'] === 1 ? value['value'] : value;
    const time =
      tagged instanceof Date
        ? tagged
        : new Date(typeof tagged === 'number' ? tagged * 1000 : typeof tagged === 'string' ? tagged : Number.NaN);
    return Number.isNaN(time.getTime()) ? this.mistype(value, 'a Timestamp', path) : time;
  }

  private size(
    shape: { readonly min?: number; readonly max?: number },
    value: unknown,
    size: number,
    path: string,
  ): void {
    if (shape.min !== undefined && size < shape.min)
      this.violate(value, path, `have length greater than or equal to ${shape.min}`);
    if (shape.max !== undefined && size > shape.max)
      this.violate(value, path, `have length less than or equal to ${shape.max}`);
  }

  private violate(value: unknown, path: string, constraint: string): void {
    const shown = typeof value === 'object' ? JSON.stringify(value) : String(value);
    const cut = shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
    this.violations.push(`Value '${cut}' at '${path}' failed to satisfy constraint: Member must ${constraint}`);
  }

  private mistype(value: unknown, expected: string, path: string): undefined {
    this.mistyped.push(`${path || 'the request'}: ${kindOf(value)} can not be converted to ${expected}`);
    return undefined;
  }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'START_ARRAY';
  if (isObject(value)) return 'START_OBJECT';
  return `${typeof value}_VALUE`.toUpperCase();
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

const matchers = new Map<string, RegExp>();

/** Patterns of the models are Java's, as far as they go here; `\p{…}` needs the flag u, which forbids needless escapes. */
export function matcher(pattern: string): RegExp {
  const known = matchers.get(pattern);
  if (known) return known;
  const made = new RegExp(`^(?:${pattern})$`, pattern.includes('\\p{') ? 'u' : '');
  matchers.set(pattern, made);
  return made;
}
