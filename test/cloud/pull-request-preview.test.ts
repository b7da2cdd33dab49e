import type { Json } from '../../lib/cloud/rules/rule';
import { actionsOf, deliver, managedPoliciesOf, statementsOf } from './delivery';
import { propertiesOf, readable, resourcesOf } from './fixtures';

const { template } = deliver();
const project: Json = propertiesOf(template, 'AWS::CodeBuild::Project').find(({ Name }) => Name === 'visits-preview');
const roleOf = (arn: Json): Json => resourcesOf(template, 'AWS::IAM::Role')[arn['Fn::GetAtt'][0]];

describe('a pull request', () => {
  const [rule] = propertiesOf(template, 'AWS::Events::Rule').filter(({ Name }) => Name === 'visits-preview');

  it('starts its preview when it is made and at each push to it, with its own commit', () => {
    expect(rule.EventPattern).toMatchObject({
      source: ['aws.codecommit'],
      'detail-type': ['CodeCommit Pull Request State Change'],
      detail: { event: ['pullRequestCreated', 'pullRequestSourceBranchUpdated'] },
    });
    expect(readable(rule.EventPattern.resources)).toMatch(/:codecommit:.*:visits$/);
    const [target] = rule.Targets;
    expect(JSON.parse(target.InputTransformer.InputTemplate.replace('<commit>', '"4f2c1d0"'))).toEqual({
      sourceVersion: '4f2c1d0',
    });
    expect(target.InputTransformer.InputPathsMap).toEqual({ commit: '$.detail.sourceCommit' });
    expect(target.DeadLetterConfig).toBeDefined();
    expect(actionsOf(template, roleOf(target.RoleArn))).toEqual(['codebuild:StartBuild']);
  });

  it('is previewed by the stack’s buildspec, which the pull request cannot replace', () => {
    expect(project.Source).toMatchObject({
      Type: 'CODECOMMIT',
      BuildSpec: expect.stringContaining('"$PROGRAM" preview'),
    });
    expect(readable(project.Source.Location)).toMatch(/\/v1\/repos\/visits$/);
    expect(project.Artifacts).toEqual({ Type: 'NO_ARTIFACTS' });
    expect(project.Environment.PrivilegedMode).toBe(false);
  });

  it('has no right to change anything but its own log and report', () => {
    const role = roleOf(project.ServiceRole);
    expect(actionsOf(template, role).sort()).toEqual([
      'codebuild:BatchPutTestCases',
      'codebuild:CreateReport',
      'codebuild:CreateReportGroup',
      'codebuild:UpdateReport',
      'codecommit:GitPull',
      'eks:DescribeCluster',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      's3:GetObject',
    ]);
    expect(managedPoliciesOf(role)).not.toMatch(/Artifacts|Cache/);
    expect(readable(statementsOf(template, role).map(({ Resource }) => Resource))).not.toMatch(
      /Releases|ArtifactsBucket/,
    );
    const entry = propertiesOf(template, 'AWS::EKS::AccessEntry').find(
      ({ PrincipalArn }) => readable(PrincipalArn) === readable(project.ServiceRole),
    );
    expect(entry).not.toHaveProperty('KubernetesGroups');
    expect(entry.AccessPolicies).toMatchObject([{ AccessScope: { Type: 'namespace', Namespaces: ['visits-dev'] } }]);
    expect(readable(entry.AccessPolicies[0].PolicyArn)).toMatch(/AmazonEKSViewPolicy$/);
  });

  it('behind a connection is not previewed', () => {
    const arn = 'arn:aws:codestar-connections:eu-west-1:111122223333:connection/00000000-0000-4000-8000-000000000000';
    const { template: connected } = deliver(
      `source:\n  provider: connection\n  repository: Acme/visits\n  connectionArn: ${arn}\n`,
    );
    const names = propertiesOf(connected, 'AWS::CodeBuild::Project').map(({ Name }) => Name);
    expect(names).not.toContain('visits-preview');
  });
});
