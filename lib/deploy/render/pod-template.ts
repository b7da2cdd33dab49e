import type { KubeObject } from '../objects';
import { type Fields, fieldsAt, groupOf, itemsOf } from './fields';

/** Where kinds keep the template of their pods (Kubernetes API reference, "Workload resources"). */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
};

export const runsPods = (object: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean =>
  Object.hasOwn(TEMPLATES, `${groupOf(object)}/${object.kind}`);

/** The pod template inside an object or a draft of one; undefined for kinds that run no pods. */
export function podTemplateOf(object: KubeObject | Fields): Fields | undefined {
  const { apiVersion, kind } = object as KubeObject;
  const path = TEMPLATES[`${groupOf({ apiVersion })}/${kind}`];
  return path && fieldsAt(object, ...path);
}

/** Every container of a pod template, those that run first and those for debugging included. */
export const containersOf = (template: Fields | undefined): Fields[] => {
  const spec = fieldsAt(template, 'spec');
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) => itemsOf(spec?.[list]));
};
