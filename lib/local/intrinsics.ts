import { err, ok, type Result } from '../result';
import type { Assembly, FileAsset, Stack } from './assembly';
import type { Bindings, Diagnostic } from './plan';
import { FUNCTIONS } from './template/functions';
import { isObject, type Json, type JsonObject, own, shown } from './template/json';
import { parameter, pseudoParameter } from './template/parameters';
import { resourceAttribute, resourceRef } from './template/resource-values';

/** A position in a template. */
export interface Place {
  readonly stack: Stack;
  readonly path: string;
}

/** A value with every intrinsic evaluated; undefined is `AWS::NoValue`: as if it were not written. */
export type Evaluated = Result<Json | undefined, Diagnostic>;

/** Deeper than any template that CloudFormation takes; a guard against a template made to exhaust the stack. */
const DEEPEST = 200;

/**
 * Evaluates CloudFormation's intrinsic functions over an assembly, lazily: what nobody asks for is never evaluated, so a
 * template may hold what has no local value as long as no pipeline depends on it. Never throws.
 * Source: "Intrinsic function reference" and "Pseudo parameters" in the CloudFormation template reference.
 */
export class Evaluator {
  private readonly known = new Map<string, Result<Json | undefined, Diagnostic>>();
  private readonly visiting = new Set<string>();
  private depth = 0;

  constructor(
    readonly assembly: Assembly,
    readonly bindings: Bindings,
  ) {}

  /** Evaluates `raw`, which stands at `place`, completely. */
  evaluate(raw: unknown, place: Place): Evaluated {
    if (this.depth >= DEEPEST) return fault(place, `Is nested deeper than ${DEEPEST} levels, which no template needs.`);
    this.depth += 1;
    try {
      const resolved = this.resolve(raw, place);
      if (!resolved.ok) return resolved;
      const { value, at } = resolved.value;
      if (Array.isArray(value)) return this.list(value, at);
      return isObject(value) ? this.object(value, at) : ok(value as Json | undefined);
    } finally {
      this.depth -= 1;
    }
  }

  /**
   * Evaluates only what stands at this very position: a list or an object comes back with its members as written, so that
   * a reader can tell the path of what it finds wrong in them.
   */
  resolve(raw: unknown, place: Place): Result<{ value: unknown; at: Place }, Diagnostic> {
    let value = raw;
    let at = place;
    for (let hops = 0; hops < DEEPEST; hops += 1) {
      const call = intrinsicOf(value);
      if (call === undefined) return ok({ value, at });
      const [name, argument] = call;
      const inside: Place = { stack: at.stack, path: `${at.path}.${name}` };
      if (name !== 'Fn::If') {
        const result = this.call(name, argument, inside);
        return result.ok ? ok({ value: result.value, at }) : result;
      }
      if (!Array.isArray(argument) || argument.length !== 3 || typeof argument[0] !== 'string') {
        return fault(inside, `Expected [condition, value if true, value if false], found ${shown(argument)}.`);
      }
      const holds = this.condition(argument[0], inside);
      if (!holds.ok) return holds;
      const branch = holds.value ? 1 : 2;
      value = argument[branch];
      at = { stack: at.stack, path: `${inside.path}[${branch}]` };
    }
    return fault(place, `Is nested deeper than ${DEEPEST} levels, which no template needs.`);
  }

  /** Whether the condition `name` of the template holds. */
  condition(name: string, place: Place): Result<boolean, Diagnostic> {
    const { stack } = place;
    const raw = own(stack.template.Conditions, name);
    if (raw === undefined) {
      return fault(place, `There is no condition "${name}"; declare it under Conditions or correct the name.`);
    }
    const result = this.once(`${stack.file}#${stack.name} condition ${name}`, `condition "${name}"`, place, () =>
      this.evaluate(raw, { stack, path: `Conditions.${name}` }),
    );
    if (!result.ok) return result;
    if (typeof result.value === 'boolean') return ok(result.value);
    const message = `Expected a condition function that gives true or false, found ${shown(result.value)}.`;
    return fault({ stack, path: `Conditions.${name}` }, message);
  }

  /** The value of `Ref`: a pseudo parameter's, a parameter's or a resource's. */
  ref(name: string, place: Place): Evaluated {
    if (name.startsWith('AWS::')) return pseudoParameter(this, name, place);
    const isParameter = own(place.stack.template.Parameters, name) !== undefined;
    return isParameter ? parameter(this, name, place) : resourceRef(this, name, place);
  }

  /** The value of `Fn::GetAtt`. */
  attribute(logicalId: string, attribute: string, place: Place): Evaluated {
    return resourceAttribute(this, logicalId, attribute, place);
  }

  /** The value of the output that some stack of the assembly exports under `name`. */
  importValue(name: string, place: Place): Evaluated {
    return this.once(`export ${name}`, `export "${name}"`, place, () => {
      for (const stack of this.assembly.stacks) {
        for (const [id, output] of Object.entries(stack.template.Outputs)) {
          if (!isObject(output) || !isObject(output['Export'])) continue;
          const at = { stack, path: `Outputs.${id}` };
          const exported = this.evaluate(output['Export']['Name'], { stack, path: `${at.path}.Export.Name` });
          if (exported.ok && exported.value === name) {
            return this.evaluate(output['Value'], { stack, path: `${at.path}.Value` });
          }
        }
      }
      const message = `No stack of this assembly exports "${name}"; synthesize the exporting stack too, or give the value as a literal.`;
      return fault(place, message);
    });
  }

  /** Whether the resource exists: its Condition, if it has one, holds. */
  exists(resource: JsonObject, place: Place): Result<boolean, Diagnostic> {
    const condition = resource['Condition'];
    if (condition === undefined) return ok(true);
    const at = { stack: place.stack, path: `${place.path}.Condition` };
    if (typeof condition !== 'string') {
      return fault(at, `Expected the name of a condition, found ${shown(condition)}.`);
    }
    return this.condition(condition, at);
  }

  /** Account that the stack is bound to, or else the local one; likewise its region. */
  environment(stack: Stack): { account: string; region: string; partition: string; urlSuffix: string } {
    const { account, region, partition } = this.bindings;
    const urlSuffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    return { account: stack.account ?? account, region: stack.region ?? region, partition, urlSuffix };
  }

  /** The assembly's file assets, their buckets and keys as the stack's own account and region make them. */
  uploads(stack: Stack): FileAsset[] {
    const evaluated = (text: string): string => {
      const result = this.evaluate({ 'Fn::Sub': text }, { stack, path: 'Assets' });
      return result.ok ? String(result.value) : text;
    };
    return this.assembly.assets.map((asset) => ({
      ...asset,
      bucket: evaluated(asset.bucket),
      key: evaluated(asset.key),
    }));
  }

  private list(items: readonly unknown[], at: Place): Evaluated {
    const errors: Diagnostic[] = [];
    const values: Json[] = [];
    for (const [index, item] of items.entries()) {
      const result = this.evaluate(item, { stack: at.stack, path: `${at.path}[${index}]` });
      if (!result.ok) errors.push(...result.errors);
      else if (result.value !== undefined) values.push(result.value);
    }
    return errors.length > 0 ? err(...errors) : ok(values);
  }

  private object(members: JsonObject, at: Place): Evaluated {
    const errors: Diagnostic[] = [];
    const values: [string, Json][] = [];
    for (const [key, member] of Object.entries(members)) {
      const result = this.evaluate(member, { stack: at.stack, path: `${at.path}.${key}` });
      if (!result.ok) errors.push(...result.errors);
      else if (result.value !== undefined) values.push([key, result.value]);
    }
    return errors.length > 0 ? err(...errors) : ok(Object.fromEntries(values));
  }

  private call(name: string, argument: unknown, place: Place): Evaluated {
    const implementation = own(FUNCTIONS, name);
    if (implementation !== undefined) return implementation(this, argument, place);
    const message = `The local runner does not support ${name}; use a supported function (${Object.keys(FUNCTIONS).join(', ')}) or a literal value.`;
    return fault(place, message);
  }

  /** Computes what `key` stands for only once; what needs itself to be computed is a diagnostic. */
  once(key: string, what: string, place: Place, compute: () => Evaluated): Evaluated {
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.visiting.has(key)) {
      return fault(place, `The value of ${what} depends on itself; break the cycle.`);
    }
    this.visiting.add(key);
    const value = compute();
    this.visiting.delete(key);
    this.known.set(key, value);
    return value;
  }
}

export function fault(place: Place, message: string): Result<never, Diagnostic> {
  return err({ file: place.stack.file, path: place.path, message });
}

/** Function name and argument, if `value` is a call of an intrinsic function. */
function intrinsicOf(value: unknown): [string, unknown] | undefined {
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value);
  const entry = entries[0];
  if (entries.length !== 1 || entry === undefined) return undefined;
  return entry[0] === 'Ref' || entry[0] === 'Condition' || entry[0].startsWith('Fn::') ? entry : undefined;
}
