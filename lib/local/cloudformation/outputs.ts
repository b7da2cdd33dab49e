import type { Assembly, Stack } from '../assembly';
import { Evaluator } from '../intrinsics';
import type { Bindings } from '../plan';
import { isObject, type Json, type JsonObject } from '../template/json';
import { membersOf } from './check';
import { textOf } from './text';

export interface StackValues {
  /** Outputs whose value follows from parameters alone. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Names of the others: their resources would have to be made. */
  readonly unknown: readonly string[];
  /** Resources whose condition holds, as far as they can be evaluated; what they say of each other stays as written. */
  readonly resources: Readonly<Record<string, JsonObject>>;
}

/** Evaluates a template that withParameters gave, without making up a value of any resource. */
export function valuesOf(template: JsonObject, stackName: string, bindings: Bindings): StackValues {
  const section = (name: string): JsonObject => membersOf(template, name);
  const stack: Stack = {
    name: stackName,
    file: stackName,
    directory: '/',
    template: {
      Parameters: section('Parameters'),
      Mappings: section('Mappings'),
      Conditions: section('Conditions'),
      Resources: {},
      Outputs: {},
    },
  };
  const assembly: Assembly = { directory: '/', stacks: [stack], assets: [] };
  const evaluator = new Evaluator(assembly, bindings);
  const exists = (item: JsonObject): boolean => {
    const holds = evaluator.exists(item, { stack, path: '' });
    return !holds.ok || holds.value;
  };
  const outputs: Record<string, string> = {};
  const unknown: string[] = [];
  for (const [id, output] of Object.entries(section('Outputs'))) {
    if (!isObject(output) || !exists(output)) continue;
    const value = evaluator.evaluate(output['Value'], { stack, path: `Outputs.${id}` });
    if (value.ok && value.value !== undefined) outputs[id] = textOf(value.value);
    else unknown.push(id);
  }
  const evaluated = (value: Json): Json => {
    const result = evaluator.evaluate(value, { stack, path: '' });
    if (result.ok) return result.value ?? null;
    if (Array.isArray(value)) return value.map(evaluated);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, evaluated(member)]));
  };
  const resources = Object.entries(section('Resources')).flatMap(([id, resource]): [string, JsonObject][] =>
    isObject(resource) && exists(resource) ? [[id, evaluated(resource) as JsonObject]] : [],
  );
  return { outputs, unknown, resources: Object.fromEntries(resources) };
}
