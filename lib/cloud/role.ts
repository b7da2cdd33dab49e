import { type IManagedPolicy, type IPrincipal, ManagedPolicy, type PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

export interface OwnRoleProps {
  /** What it does, e.g. `Runs the pipeline visits-production`. */
  readonly description: string;
  /** For policies of other accounts to name; absent: CloudFormation makes it up. */
  readonly roleName?: string | undefined;
  readonly assumedBy: IPrincipal;
  /** What this role alone may do. */
  readonly statements: readonly PolicyStatement[];
  /** What it shares with others. */
  readonly managedPolicies?: readonly IManagedPolicy[];
}

/**
 * A role with a managed policy of its own. Not an inline one: a managed policy has versions, is listed by IAM Access Analyzer, and is
 * there before the role is. What is acknowledged on the role holds for the policy too.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
 */
export function ownRole(scope: Construct, id: string, props: OwnRoleProps): Role {
  const { description, roleName, assumedBy, statements, managedPolicies = [] } = props;
  const role = new Role(scope, id, {
    description,
    assumedBy,
    managedPolicies: [...managedPolicies],
    ...(roleName !== undefined && { roleName }),
  });
  role.addManagedPolicy(new ManagedPolicy(role, 'Policy', { description, statements: [...statements] }));
  return role;
}
