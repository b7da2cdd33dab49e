import { Stack } from 'aws-cdk-lib';
import { AccountPrincipal, type IPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * The ARN of a role by its name. Policies that reach into another account name roles so, and never as a principal: a principal has
 * to be there when the policy is made (IAM user guide, reference_policies_elements_principal), and then either account would
 * have to be deployed before the other.
 */
export const roleArnIn = (scope: Construct, account: string, roleName: string): string =>
  Stack.of(scope).formatArn({ service: 'iam', region: '', account, resource: 'role', resourceName: roleName });

/**
 * These roles of another account and nobody else of it. What they may do is said twice, here and in policies of their own account.
 * Source: IAM user guide, reference_policies_condition-keys (aws:PrincipalArn: of a session it is the role's).
 */
export const rolesOf = (account: string, roleArns: readonly string[]): IPrincipal =>
  new AccountPrincipal(account).withConditions({ ArnEquals: { 'aws:PrincipalArn': [...roleArns] } });
