import type { Stack } from '../assembly';
import type { Evaluator } from '../intrinsics';
import { isObject, type JsonObject } from './json';
import { settle } from './settle';

/** A resource that exists under the bindings, with what is known of it before a deploy. */
export interface Deployed {
  readonly stack: Stack;
  readonly logicalId: string;
  readonly type: string;
  /** What `Ref` gives; the logical id where that is not known before a deploy. */
  readonly id: string;
  /** Settled: what only a deploy gives reads `(known after deploy)`. */
  readonly properties: JsonObject;
}

/** Every resource of every stack. Never fails. */
export function deployedResources(evaluator: Evaluator): Deployed[] {
  return evaluator.assembly.stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources).flatMap(([logicalId, raw]): Deployed[] => {
      const place = { stack, path: `Resources.${logicalId}` };
      if (!isObject(raw) || typeof raw['Type'] !== 'string') return [];
      const exists = evaluator.exists(raw, place);
      if (exists.ok && !exists.value) return [];
      const ref = evaluator.ref(logicalId, place);
      const properties = settle(evaluator, raw['Properties'] ?? {}, { stack, path: `${place.path}.Properties` });
      const id = ref.ok && typeof ref.value === 'string' ? ref.value : logicalId;
      return [{ stack, logicalId, type: raw['Type'], id, properties: isObject(properties) ? properties : {} }];
    }),
  );
}
