import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import type { Json } from '../../lib/cloud/rules/rule';
import { SourceStack } from '../../lib/cloud/source-stack';
import { newApp, propertiesOf, readable, resourcesOf } from './fixtures';

function serviceFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-seed-'));
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('src/app.py', 'print("hello")\n');
  write('.gitignore', '# ours\nsecrets.env\n\n');
  write('secrets.env', 'TOKEN=1\n');
  write('.venv/bin/python', '');
  write('.git/HEAD', 'ref: refs/heads/main\n');
  write('src/__pycache__/app.pyc', '');
  return folder;
}

const seed = serviceFolder();
afterAll(() => rmSync(seed, { recursive: true }));

const app = newApp({ staged: true });
const stack = new SourceStack(app, 'VisitsSource', {
  service: 'visits',
  protection: {
    repository: 'visits',
    branches: ['develop', 'main'],
    ruleName: 'visits-protected',
    approvals: 2,
    approvers: ['CodeCommitApprovers:111122223333:lead'],
  },
  logRetentionDays: 30,
  seed,
  branch: 'develop',
});
const assembly = app.synth();
const template = Template.fromStack(stack);

it('the repository is seeded with the service’s source on the development branch, and nothing else of its folder', () => {
  const [repository] = propertiesOf(template, 'AWS::CodeCommit::Repository');
  expect(repository).toMatchObject({ RepositoryName: 'visits', Code: { BranchName: 'develop' } });
  const key = repository.Code.S3.Key.replace('.zip', '');
  expect(readdirSync(join(assembly.directory, `asset.${key}`), { recursive: true }).sort()).toEqual([
    '.gitignore',
    'src',
    'src/app.py',
  ]);
});

it('the repository and its key outlive the stack', () => {
  for (const type of ['AWS::CodeCommit::Repository', 'AWS::KMS::Key'])
    for (const resource of Object.values(resourcesOf(template, type))) {
      expect(resource.DeletionPolicy).toBe('Retain');
      expect(resource.UpdateReplacePolicy).toBe('Retain');
    }
});

it('the key opens through CodeCommit, for this account, and rotates', () => {
  const [key] = propertiesOf(template, 'AWS::KMS::Key');
  expect(key.EnableKeyRotation).toBe(true);
  const open = key.KeyPolicy.Statement.find((each: Json) => each.Condition?.StringEquals);
  expect(Object.keys(open.Condition.StringEquals).sort()).toEqual(['kms:CallerAccount', 'kms:ViaService']);
});

describe('a protected branch', () => {
  const calls = (type: string, call: string) => {
    const [properties] = propertiesOf(template, type);
    return JSON.parse(readable(properties[call]));
  };

  it('takes a pull request when two of the approvers have approved it', () => {
    const { service, action, parameters } = calls('Custom::CodeCommitApprovalRuleTemplate', 'Create');
    expect([service, action, parameters.approvalRuleTemplateName]).toEqual([
      'CodeCommit',
      'createApprovalRuleTemplate',
      'visits-protected',
    ]);
    const content = {
      Version: '2018-11-08',
      DestinationReferences: ['refs/heads/develop', 'refs/heads/main'],
      Statements: [
        {
          Type: 'Approvers',
          NumberOfApprovalsNeeded: 2,
          ApprovalPoolMembers: ['CodeCommitApprovers:111122223333:lead'],
        },
      ],
    };
    expect(JSON.parse(parameters.approvalRuleTemplateContent)).toEqual(content);
    const update = calls('Custom::CodeCommitApprovalRuleTemplate', 'Update');
    expect(JSON.parse(update.parameters.newRuleContent)).toEqual(content);
    expect(calls('Custom::CodeCommitApprovalRuleTemplateAssociation', 'Create')).toMatchObject({
      action: 'associateApprovalRuleTemplateWithRepository',
      parameters: { approvalRuleTemplateName: 'visits-protected', repositoryName: 'visits' },
    });
  });

  it('loses its rule with the stack, after the repository has lost it, and only the one that the stack has made', () => {
    const [association] = Object.values(resourcesOf(template, 'Custom::CodeCommitApprovalRuleTemplateAssociation'));
    expect(association?.['DependsOn'].join()).toMatch(/Template/);
    const { parameters } = calls('Custom::CodeCommitApprovalRuleTemplate', 'Delete');
    expect(parameters.approvalRuleTemplateName).toBe('PHYSICAL:RESOURCEID:');
  });

  it('changes in no other way for whoever has the policy of contributors', () => {
    const [{ ManagedPolicyName, PolicyDocument }] = propertiesOf(template, 'AWS::IAM::ManagedPolicy').filter(
      (policy) => policy.ManagedPolicyName,
    );
    expect(readable(ManagedPolicyName)).toBe('visits-contributor-${AWS::Region}');
    const [, push, rules] = PolicyDocument.Statement;
    expect(push).toMatchObject({
      Effect: 'Deny',
      Condition: {
        StringEqualsIfExists: { 'codecommit:References': ['refs/heads/develop', 'refs/heads/main'] },
        Null: { 'codecommit:References': 'false' },
      },
    });
    expect(push.Action).toContain('codecommit:GitPush');
    expect(push.Action.join()).not.toMatch(/MergePullRequest/);
    expect(rules).toMatchObject({ Effect: 'Deny' });
    expect(rules.Action).toContain('codecommit:OverridePullRequestApprovalRules');
    expect(rules).not.toHaveProperty('Condition');
  });
});
