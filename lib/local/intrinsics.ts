import { err, ok, type Result } from '../result';
import type { Assembly, Stack } from './assembly';
import type { Bindings, Diagnostic } from './plan';
import { FUNCTIONS } from './template/functions';
import { isObject, type Json, type JsonObject, shown } from './template/json';
import { type Identity, madeIdentifier, madeName, RESOURCE_TYPES } from './template/resource-types';

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
    if (name.startsWith('AWS::')) return this.pseudo(name, place);
    const { stack } = place;
    if (own(stack.template.Parameters, name) !== undefined) return this.parameter(name, place);
    const resource = this.resource(name, place);
    if (!resource.ok) return resource;
    const { type } = resource.value;
    const known = own(RESOURCE_TYPES, type);
    if (known === undefined) {
      const message = `The local runner does not know what Ref gives for a resource of type ${type}; use a literal value here, or keep the pipeline independent of it.`;
      return fault(place, message);
    }
    const identity = this.identity(name, place);
    return identity.ok ? this.guarded(identity.value, known.ref) : identity;
  }

  /** The value of `Fn::GetAtt`. */
  attribute(logicalId: string, attribute: string, place: Place): Evaluated {
    const resource = this.resource(logicalId, place);
    if (!resource.ok) return resource;
    const { type } = resource.value;
    if (type === 'AWS::CloudFormation::Stack' && attribute.startsWith('Outputs.')) {
      return this.nestedOutput(logicalId, attribute.slice('Outputs.'.length), place);
    }
    const make = own(own(RESOURCE_TYPES, type)?.attributes ?? {}, attribute);
    if (make === undefined) {
      const message = `The local runner has no value for attribute ${attribute} of a resource of type ${type}; use a literal value here, or keep the pipeline independent of it.`;
      return fault(place, message);
    }
    const identity = this.identity(logicalId, place);
    return identity.ok ? this.guarded(identity.value, make) : identity;
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

  private pseudo(name: string, place: Place): Evaluated {
    const { stack } = place;
    const { account, region, partition, urlSuffix } = this.environment(stack);
    switch (name) {
      case 'AWS::AccountId':
        return ok(account);
      case 'AWS::Region':
        return ok(region);
      case 'AWS::Partition':
        return ok(partition);
      case 'AWS::URLSuffix':
        return ok(urlSuffix);
      case 'AWS::StackName':
        return ok(stack.name);
      case 'AWS::StackId': {
        const id = madeIdentifier('', `${account}/${region}/${stack.name}`);
        return ok(`arn:${partition}:cloudformation:${region}:${account}:stack/${stack.name}/${id}`);
      }
      case 'AWS::NotificationARNs':
        return ok([]);
      case 'AWS::NoValue':
        return ok(undefined);
      default:
        return fault(place, `There is no pseudo parameter ${name}.`);
    }
  }

  private parameter(name: string, place: Place): Evaluated {
    const { stack } = place;
    const path = `Parameters.${name}`;
    const declaration = own(stack.template.Parameters, name);
    return this.once(`${stack.file}#${stack.name} parameter ${name}`, `parameter "${name}"`, place, () => {
      if (!isObject(declaration)) return fault({ stack, path }, 'Expected an object with a Type.');
      const given = this.parameterFromParent(stack, name);
      if (given !== undefined) return given;
      const type = String(declaration['Type']);
      if (type.startsWith('AWS::SSM::Parameter')) {
        const message = `Parameter "${name}" is read from Systems Manager when the stack is deployed (${type}), so it has no value here; use a literal value.`;
        return fault(place, message);
      }
      const value = declaration['Default'];
      if (value === undefined) {
        return fault(place, `Parameter "${name}" has no default, so it has no value here; give it one.`);
      }
      if (/^(CommaDelimitedList|List<)/.test(type)) return ok(String(value).split(',').map(trimmed));
      return ok(typeof value === 'object' ? null : String(value));
    });
  }

  private parameterFromParent(stack: Stack, name: string): Evaluated | undefined {
    if (stack.parent === undefined) return undefined;
    const { stack: parent, logicalId } = stack.parent;
    const declaration = own(parent.template.Resources, logicalId);
    const properties = isObject(declaration) ? declaration['Properties'] : undefined;
    const given = isObject(properties) && isObject(properties['Parameters']) ? properties['Parameters'] : {};
    const raw = own(given, name);
    if (raw === undefined) return undefined;
    return this.evaluate(raw, { stack: parent, path: `Resources.${logicalId}.Properties.Parameters.${name}` });
  }

  private nestedOutput(logicalId: string, output: string, place: Place): Evaluated {
    const nested = this.assembly.stacks.find(
      (stack) => stack.parent?.stack === place.stack && stack.parent.logicalId === logicalId,
    );
    const declared = nested === undefined ? undefined : own(nested.template.Outputs, output);
    if (nested === undefined || !isObject(declared)) {
      return fault(place, `The nested stack ${logicalId} has no output "${output}".`);
    }
    return this.once(`${nested.file}#${nested.name} output ${output}`, `output "${output}"`, place, () =>
      this.evaluate(declared['Value'], { stack: nested, path: `Outputs.${output}.Value` }),
    );
  }

  /** The resource `logicalId` as it is written, if it exists. */
  private resource(logicalId: string, place: Place): Result<{ type: string; raw: JsonObject }, Diagnostic> {
    const { stack } = place;
    const raw = own(stack.template.Resources, logicalId);
    if (!isObject(raw)) {
      const message = `There is no resource or parameter "${logicalId}" in this template; correct the name.`;
      return fault(place, message);
    }
    const at = { stack, path: `Resources.${logicalId}` };
    const type = raw['Type'];
    if (typeof type !== 'string') return fault({ stack, path: `${at.path}.Type` }, 'Expected a resource type.');
    const exists = this.exists(raw, at);
    if (!exists.ok) return exists;
    if (exists.value) return ok({ type, raw });
    return fault(place, `Resource "${logicalId}" is not created, because its condition does not hold.`);
  }

  private identity(logicalId: string, place: Place): Result<Identity, Diagnostic> {
    const { stack } = place;
    const resource = this.resource(logicalId, place);
    if (!resource.ok) return resource;
    const { type, raw } = resource.value;
    const known = own(RESOURCE_TYPES, type);
    const properties = isObject(raw['Properties']) ? raw['Properties'] : {};
    const path = `Resources.${logicalId}.Properties`;
    const text = (key: string): Evaluated =>
      this.once(`${stack.file}#${stack.name} resource ${logicalId}.${key}`, `"${logicalId}"`, place, () =>
        this.evaluate(own(properties, key), { stack, path: `${path}.${key}` }),
      );
    const key = known?.name;
    const given = key === undefined ? ok(undefined) : text(key);
    if (!given.ok) return given;
    let name: string;
    if (given.value === undefined) {
      name =
        known?.identifier === undefined
          ? madeName(known ?? { ref: () => '', attributes: {} }, stack.name, logicalId)
          : madeIdentifier(known.identifier, `${stack.name}/${logicalId}`);
    } else if (typeof given.value === 'string') {
      name = given.value;
    } else {
      return fault({ stack, path: `${path}.${key}` }, `Expected a name, found ${shown(given.value)}.`);
    }
    const property = (wanted: string): string => {
      const result = text(wanted);
      if (!result.ok) throw new Unknown(result.errors);
      return typeof result.value === 'string' ? result.value : '';
    };
    return ok({ ...this.environment(stack), name, property });
  }

  /** Runs a rule of the table; what a property of the resource lacks comes back as diagnostics. */
  private guarded(identity: Identity, make: (resource: Identity) => string): Evaluated {
    try {
      return ok(make(identity));
    } catch (error) {
      if (error instanceof Unknown) return err(...error.errors);
      throw error;
    }
  }

  /** Computes what `key` stands for only once; what needs itself to be computed is a diagnostic. */
  private once(key: string, what: string, place: Place, compute: () => Evaluated): Evaluated {
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

/** Leaves a table rule whose property has no value; caught in `guarded`. */
class Unknown extends Error {
  constructor(readonly errors: readonly Diagnostic[]) {
    super('unknown property');
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

/** Own members only: a template may name `constructor` or `__proto__`. */
function own<T>(object: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

const trimmed = (text: string): string => text.trim();
