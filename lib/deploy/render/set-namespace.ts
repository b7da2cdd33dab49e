import type { KubeObject } from '../objects';
import { edited, ensure, fieldsAt, itemsOf } from './fields';
import { scopeOf } from './scope';

/** Puts every object that belongs to a namespace into the environment's, and service accounts that bindings name without one. */
export function setNamespace(objects: readonly KubeObject[], namespace: string): KubeObject[] {
  const scope = scopeOf(objects);
  return objects.map((object) =>
    edited(object, (draft) => {
      if (scope(object) === 'Namespaced') ensure(draft, 'metadata')['namespace'] = namespace;
      else delete fieldsAt(draft, 'metadata')?.['namespace'];
      for (const subject of itemsOf(draft['subjects']))
        if (subject['kind'] === 'ServiceAccount') subject['namespace'] ??= namespace;
    }),
  );
}
