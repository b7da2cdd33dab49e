import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../../lib/cloud/rules/rule';
import { proves } from '../deploy-proof/where';
import { cdkValidator } from './cdk-validator';
import { cfnGuard } from './cfn-guard';
import { cfnLint } from './cfn-lint';
import { checkov } from './checkov';
import type { Gate } from './finding';
import { cdkNag } from './nag';

const folder = mkdtempSync(join(tmpdir(), 'slipway-gates-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const templateOf = (resources: Record<string, Json>): string => {
  const file = join(folder, `${++files}.json`);
  writeFileSync(file, JSON.stringify({ Resources: resources }));
  return file;
};
const role = (more: Json = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'codebuild.amazonaws.com' } }],
    },
    ...more,
  },
});
const found = async (gate: Gate, ...templates: string[]) =>
  (await gate(templates)).map(({ rule, template, resource }) => [rule, template, resource]);

describe('cdk-nag', () => {
  it('finds nothing in a role that can do nothing', async () => {
    expect(await found(cdkNag, templateOf({ Role: role() }))).toEqual([]);
  });

  it('finds an inline policy, by every pack that forbids it, in the template that has it', async () => {
    const Policies = [
      {
        PolicyName: 'own',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::one/two' }],
        },
      },
    ];
    const inline = templateOf({ Role: role({ Policies }) });
    const packs = ['NIST.800.53.R4', 'NIST.800.53.R5', 'PCI.DSS.321', 'HIPAA.Security'];
    expect(await found(cdkNag, templateOf({ Role: role() }), inline)).toEqual(
      packs.map((pack) => [`${pack}-IAMNoInlinePolicy`, inline, 'Role']),
    );
  });

  const kept = (key: Json = {}, logs: Json = {}) => ({
    Key: { Type: 'AWS::KMS::Key', Properties: { EnableKeyRotation: true, KeyPolicy: {}, ...key } },
    Logs: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { RetentionInDays: 90, KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] }, ...logs },
    },
  });
  const rulesOf = async (resources: Record<string, Json>) =>
    (await cdkNag([templateOf(resources)])).map(({ rule }) => rule);

  it('finds nothing in a log group that forgets, with a key that rotates', async () => {
    expect(await rulesOf(kept())).toEqual([]);
  });

  it.each([
    ['AwsSolutions-KMS5', kept({ EnableKeyRotation: false })],
    ['NIST.800.53.R4-CloudWatchLogGroupEncrypted', kept({}, { KmsKeyId: undefined })],
    ['NIST.800.53.R5-CloudWatchLogGroupRetentionPeriod', kept({}, { RetentionInDays: undefined })],
    ['PCI.DSS.321-KMSBackingKeyRotationEnabled', kept({ EnableKeyRotation: false })],
    ['HIPAA.Security-CloudWatchLogGroupEncrypted', kept({}, { KmsKeyId: undefined })],
    ['Serverless-CloudWatchLogGroupRetentionPeriod', kept({}, { RetentionInDays: undefined })],
  ])('finds %s', async (rule, mutant) => {
    expect(await rulesOf(mutant)).toContain(rule);
  });

  it('finds a template that refers to nothing', async () => {
    const dangling = templateOf({ Topic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: { Ref: 'Key' } } } });
    expect(await found(cdkNag, dangling)).toEqual([['cfn-include', dangling, '']]);
  });
});

describe('cfn-guard', () => {
  const project = (environment: Json) => ({
    Type: 'AWS::CodeBuild::Project',
    Properties: {
      Environment: { Type: 'LINUX_CONTAINER', Image: 'one', ComputeType: 'BUILD_GENERAL1_SMALL', ...environment },
      LogsConfig: { CloudWatchLogs: { Status: 'ENABLED' } },
    },
  });

  it('finds a privileged build, and nothing in one that is not', async () => {
    const sound = templateOf({ Build: project({}) });
    const privileged = templateOf({ Build: project({ PrivilegedMode: true }) });
    expect(await found(cfnGuard, sound, privileged)).toEqual([['CT.CODEBUILD.PR.4', privileged, 'Build']]);
  });
});

describe("CDK's own validator", () => {
  it('finds a property that there is not, in the template that has it, and nothing in a sound one', async () => {
    const odd = templateOf({ Role: role({ Polices: [] }) });
    expect(await found(cdkValidator, templateOf({ Role: role() }), odd)).toEqual([['F3002', odd, 'Role']]);
  });
});

describe('cfn-lint', () => {
  proves('finds a property that there is not, and nothing in a sound template', async () => {
    const odd = templateOf({ Role: role({ Polices: [] }) });
    expect(await found(cfnLint, templateOf({ Role: role() }), odd)).toEqual([['E3002', odd, 'Role']]);
  });
});

describe('checkov', () => {
  const logs = (more: Json) => ({
    Type: 'AWS::Logs::LogGroup',
    Properties: { RetentionInDays: 400, KmsKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/one', ...more },
  });

  proves('finds logs without a key, and nothing in those that have one', async () => {
    const open = templateOf({ Logs: logs({ KmsKeyId: undefined }) });
    expect(await found(checkov, templateOf({ Logs: logs({}) }), open)).toEqual([['CKV_AWS_158', open, 'Logs']]);
  });
});
