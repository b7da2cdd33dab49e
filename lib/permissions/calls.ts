import type { Assembly } from '../local/assembly';
import type { Context } from '../local/iam/conditions';
import { type Permissions, readPermissions } from '../local/iam/permissions';
import { Evaluator } from '../local/intrinsics';
import type { Bindings } from '../local/plan';
import { type Deployed, deployedResources } from '../local/template/deployed';

/** A call that a role makes, or that a service makes with it. */
export interface RoleCall {
  /** ARN. */
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: Context;
  /** Who makes it, and what for. */
  readonly why: string;
  /** AWS's page that says so; absent: it was seen in a run. */
  readonly page?: string;
}

/** What the templates of an assembly say, as permissions and as resources. */
export interface Estate {
  readonly place: Bindings;
  readonly permissions: Permissions;
  readonly resources: readonly Deployed[];
  /** Value of `Fn::GetAtt` of a resource's ARN; '' where it has none. */
  arnOf(resource: Deployed): string;
}

export function readEstate(assembly: Assembly, place: Bindings): Estate {
  const evaluator = new Evaluator(assembly, place);
  return {
    place,
    permissions: readPermissions(evaluator),
    resources: deployedResources(evaluator),
    arnOf({ stack, logicalId }) {
      const arn = evaluator.attribute(logicalId, 'Arn', { stack, path: `Resources.${logicalId}` });
      return arn.ok ? String(arn.value) : '';
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a template's properties are whatever JSON they are
export type Loose = any;

export const ofType = (
  estate: Estate,
  type: string,
): readonly { readonly resource: Deployed; readonly properties: Loose }[] =>
  estate.resources
    .filter((resource) => resource.type === type)
    .map((resource) => ({ resource, properties: resource.properties }));

export const listOf = (value: Loose): Loose[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** `arn:<partition>:<service>:<region>:<account>:<resource>` */
export const arnIn =
  ({ place: { partition, region, account } }: Estate) =>
  (service: string, resource: string): string =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`;
