import { Aws } from 'aws-cdk-lib';
import { CfnAccessEntry } from 'aws-cdk-lib/aws-eks';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Target } from '../model/pipeline';
import { deployerGroup } from './deployer-role';

/** EKS access policies (user guide, access-policy-permissions) by what a job does in its namespace. */
const POLICIES = {
  deploy: 'AmazonEKSEditPolicy',
  verify: 'AmazonEKSViewPolicy',
  preview: 'AmazonEKSViewPolicy',
} as const;

/** Lets a build's role into the namespace of its environment, and nowhere else in the cluster. */
export const environmentAccess = (
  scope: Construct,
  clusterName: string,
  role: IRole,
  job: keyof typeof POLICIES,
  target: Target,
): CfnAccessEntry =>
  new CfnAccessEntry(scope, 'ClusterAccess', {
    clusterName,
    principalArn: role.roleArn,
    type: 'STANDARD',
    ...(job === 'deploy' && { kubernetesGroups: [deployerGroup(target.namespace)] }),
    accessPolicies: [
      {
        policyArn: `arn:${Aws.PARTITION}:eks::aws:cluster-access-policy/${POLICIES[job]}`,
        accessScope: { type: 'namespace', namespaces: [target.namespace] },
      },
    ],
  });
