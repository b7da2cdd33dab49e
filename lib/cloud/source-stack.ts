import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Aws, IgnoreMode, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Code, Repository } from 'aws-cdk-lib/aws-codecommit';
import { AnyPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import type { BranchProtection } from '../model/branch-protection';
import { ApprovalRule } from './approval-rule';
import { ContributorPolicy } from './contributor-policy';
import { encryptionKey } from './encryption-key';
import { allow } from './statement';

/** What a working folder holds beside its source, on top of its .gitignore. */
const NOT_SOURCE = [
  '.git',
  '.slipway',
  'cdk.out',
  'node_modules',
  '.venv',
  '.env',
  '__pycache__',
  '*.pyc',
  '.pytest_cache',
  '.mypy_cache',
  '.cache',
  '.coverage',
  'dist',
  'build',
  '*.egg-info',
  '.DS_Store',
];

export interface SourceStackProps extends StackProps {
  readonly service: string;
  /** Of the repository, and who may change which branch of it. */
  readonly protection: BranchProtection;
  readonly logRetentionDays: number;
  /** Folder of the service; its content is the first commit. */
  readonly seed: string;
  /** The branch of the first commit. CloudFormation makes one; the other starts as its copy, by the first `git push`. */
  readonly branch: string;
}

/**
 * The CodeCommit repository of a service. CloudFormation seeds it when it creates it and never touches its content again; the
 * repository survives its stack. Source: CloudFormation reference, AWS::CodeCommit::Repository (Code).
 */
export class SourceStack extends Stack {
  constructor(scope: Construct, id: string, props: SourceStackProps) {
    super(scope, id, props);
    const { service, protection, logRetentionDays } = props;
    const key = this.repositoryKey(service);
    const repository = new Repository(this, 'Repository', {
      repositoryName: protection.repository,
      description: `Source of ${service}`,
      kmsKey: key,
      code: Code.fromAsset(
        new Asset(this, 'Seed', { path: props.seed, exclude: notSource(props.seed), ignoreMode: IgnoreMode.GIT }),
        props.branch,
      ),
    });
    repository.applyRemovalPolicy(RemovalPolicy.RETAIN);
    new ApprovalRule(this, 'ApprovalRule', { service, protection, key, logRetentionDays }).node.addDependency(
      repository,
    );
    new ContributorPolicy(this, 'Contributor', { service, protection });
  }

  /** As AWS's own key for CodeCommit: whoever may use the repository uses the key through it, and no one otherwise. */
  private repositoryKey(service: string): Key {
    const key = encryptionKey(this, 'Key', `Source of ${service}`);
    const throughCodeCommit = allow(
      [
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
        'kms:GenerateDataKey',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:DescribeKey',
      ],
      ['*'],
      {
        StringEquals: {
          'kms:CallerAccount': Aws.ACCOUNT_ID,
          'kms:ViaService': `codecommit.${Aws.REGION}.${Aws.URL_SUFFIX}`,
        },
      },
    );
    throughCodeCommit.addPrincipals(new AnyPrincipal());
    key.addToResourcePolicy(throughCodeCommit);
    return key;
  }
}

const notSource = (folder: string): string[] => {
  const gitignore = join(folder, '.gitignore');
  const own = existsSync(gitignore) ? readFileSync(gitignore, 'utf8').split(/\r?\n/) : [];
  return [...own.filter((line) => line.trim() !== '' && !line.startsWith('#')), ...NOT_SOURCE];
};
