import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CodePipelineClient, PutApprovalResultCommand } from '@aws-sdk/client-codepipeline';
import { ECRClient, GetAuthorizationTokenCommand, ListImagesCommand } from '@aws-sdk/client-ecr';
import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { allow, inline, permissionsOf, policy, role } from '../iam/templates';
import { type Surroundings, surroundings } from './fixture';

const IMAGES = 'arn:aws:ecr:eu-west-1:111122223333:repository/visits';
const KEY = { 'Fn::GetAtt': ['Key', 'Arn'] };
const arn = (name: string): string => `arn:aws:iam::111122223333:role/${name}`;
const releases = 'arn:aws:s3:::releases';
const useKey = allow(['kms:Decrypt', 'kms:GenerateDataKey'], KEY, {
  Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
});

const permissions = permissionsOf({
  One: {
    ...role('builder', inline(allow('ecr:ListImages', IMAGES))),
    ...role('powerless'),
    ...role('managed', { ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }),
    ...role('managed-denied', {
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      ...inline({ ...allow('ecr:*', '*'), Effect: 'Deny' }),
    }),
    ...role('reader', inline(allow('s3:GetObject', `${releases}/dev/*`), useKey)),
    ...role(
      'writer',
      inline(
        allow(['s3:GetObject', 's3:PutObject'], `${releases}/dev/*`),
        allow('s3:ListBucket', releases, { Condition: { StringLike: { 's3:prefix': 'dev/*' } } }),
        useKey,
      ),
    ),
    ...role('keyless', inline(allow(['s3:GetObject', 's3:PutObject'], `${releases}/dev/*`))),
    ...role('deputy', {
      ...inline(allow('sts:AssumeRole', [arn('trusting'), arn('builder')])),
    }),
    ...role('trusting', {
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { AWS: 'arn:aws:iam::111122223333:root' },
      }),
    }),
    Key: {
      Type: 'AWS::KMS::Key',
      Properties: {
        KeyPolicy: policy(allow('kms:*', '*', { Principal: { AWS: 'arn:aws:iam::111122223333:root' } })),
      },
    },
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketName: 'releases',
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY } },
          ],
        },
      },
    },
  },
});

let here: Surroundings;
let bucket: string;
beforeAll(async () => {
  bucket = mkdtempSync(join(tmpdir(), 'bucket-'));
  here = await surroundings({ permissions, buckets: [{ bucket: 'releases', folder: bucket }] });
});
afterAll(async () => {
  await here.close();
  rmSync(bucket, { recursive: true, force: true });
});

const as = (name: string, onDenied?: (advice: string) => void) => ({
  ...here.client(),
  credentials: here.endpoint.credentialsFor(arn(name), 'build-1', onDenied),
});
const s3 = (name: string) => new S3Client({ ...as(name), forcePathStyle: true });
const failure = (call: Promise<unknown>): Promise<{ name: string; message: string; $metadata: object }> =>
  call.then(
    () => Promise.reject(new Error('expected a refusal')),
    (error) => error,
  );
const list = (name: string) => new ECRClient(as(name)).send(new ListImagesCommand({ repositoryName: 'visits' }));

describe('a call is allowed or refused by the policies of the role in the templates', () => {
  it('what a policy allows, goes', async () => {
    expect(await list('builder')).toMatchObject({ imageIds: [] });
  });

  it('what none allows is refused before it does anything, and recorded', async () => {
    await failure(new ECRClient(as('builder')).send(new GetAuthorizationTokenCommand({})));
    expect(here.endpoint.calls.at(-1)).toMatchObject({
      principal: arn('builder'),
      operation: 'GetAuthorizationToken',
      error: 'AccessDeniedException',
      needs: [{ action: 'ecr:GetAuthorizationToken', resource: '*' }],
    });
  });

  it.each([
    [
      'JSON',
      () => list('powerless'),
      'AccessDeniedException',
      400,
      `ecr:ListImages on resource: ${IMAGES} because no identity-based policy allows the ecr:ListImages action`,
    ],
    [
      'REST',
      () => new EKSClient(as('powerless')).send(new DescribeClusterCommand({ name: 'no-such-cluster' })),
      'AccessDeniedException',
      403,
      'eks:DescribeCluster on resource: arn:aws:eks:eu-west-1:111122223333:cluster/no-such-cluster because no identity-based policy allows the eks:DescribeCluster action',
    ],
    [
      'query',
      () =>
        new STSClient(as('powerless')).send(
          new AssumeRoleCommand({ RoleArn: arn('builder'), RoleSessionName: 'trial' }),
        ),
      'AccessDenied',
      403,
      `sts:AssumeRole on resource: ${arn('builder')} because no identity-based policy allows the sts:AssumeRole action`,
    ],
    [
      'SNS',
      () => new SNSClient(as('powerless')).send(new ListTopicsCommand({})),
      'AuthorizationErrorException',
      403,
      'sns:ListTopics on resource: * because no identity-based policy allows the sns:ListTopics action',
    ],
    [
      'CBOR or query',
      () => new CloudWatchClient(as('powerless')).send(new DescribeAlarmsCommand({ AlarmNames: ['visits'] })),
      'AccessDenied',
      403,
      'cloudwatch:DescribeAlarms on resource: arn:aws:cloudwatch:eu-west-1:111122223333:alarm:visits because no identity-based policy allows the cloudwatch:DescribeAlarms action',
    ],
    [
      'S3',
      () => s3('powerless').send(new GetObjectCommand({ Bucket: 'releases', Key: 'dev/a' })),
      'AccessDenied',
      403,
      's3:GetObject on resource: "arn:aws:s3:::releases/dev/a" because no identity-based policy allows the s3:GetObject action',
    ],
  ])('and answered in the words of %s', async (_, call, name, status, what) => {
    expect(await failure(call())).toMatchObject({
      name,
      message: `User: arn:aws:sts::111122223333:assumed-role/powerless/build-1 is not authorized to perform: ${what}`,
      $metadata: { httpStatusCode: status },
    });
  });

  it('a build can answer no approval', async () => {
    const answer = new PutApprovalResultCommand({
      pipelineName: 'visits-production',
      stageName: 'SignOff',
      actionName: 'ClientSignOff',
      token: '1a2b3c4d-0000-4000-8000-000000000000',
      result: { status: 'Approved', summary: '' },
    });
    expect(await failure(new CodePipelineClient(as('builder')).send(answer))).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('visits-production/SignOff/ClientSignOff'),
    });
  });

  it('who asks for himself alone is never refused', async () => {
    expect(await new STSClient(as('powerless')).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: 'arn:aws:sts::111122223333:assumed-role/powerless/build-1',
    });
  });

  it('whoever operates the pipelines may everything', async () => {
    const client = { ...here.client(), credentials: here.endpoint.operator };
    expect(await new ECRClient(client).send(new GetAuthorizationTokenCommand({}))).toMatchObject({
      authorizationData: [{}],
    });
  });

  it('a role of which not all is known is refused only what is denied to it', async () => {
    expect(await list('managed')).toMatchObject({ imageIds: [] });
    expect(await list('of-somebody-else')).toMatchObject({ imageIds: [] });
    expect(await failure(list('managed-denied'))).toMatchObject({
      message: expect.stringContaining('with an explicit deny in an identity-based policy'),
    });
  });

  it('a refusal says which statement is missing, to whoever gave the credentials', async () => {
    const advice: string[] = [];
    const client = new ECRClient(as('powerless', (text) => advice.push(text)));
    await failure(client.send(new ListImagesCommand({ repositoryName: 'visits' })));
    expect(advice).toEqual([
      `IAM: the role powerless may not ecr:ListImages on ${IMAGES}, because no identity-based policy allows the ecr:ListImages action.\n` +
        `If it is to: {"Effect":"Allow","Action":"ecr:ListImages","Resource":"${IMAGES}"} in its policy; in Slipway's own templates allow(['ecr:ListImages'], ['${IMAGES}']) in lib/cloud/build-permissions.ts.`,
    ]);
  });
});

describe('objects of S3', () => {
  const put = (name: string, Key: string) =>
    s3(name).send(new PutObjectCommand({ Bucket: 'releases', Key, Body: '{}' }));
  const get = (name: string, Key: string) => s3(name).send(new GetObjectCommand({ Bucket: 'releases', Key }));

  it('are written and read under the prefix that is allowed, with the key of their bucket', async () => {
    await put('writer', 'dev/record.json');
    expect(await get('reader', 'dev/record.json')).toMatchObject({ ContentLength: 2 });
    expect(await failure(put('writer', 'production/record.json'))).toMatchObject({ name: 'AccessDenied' });
    expect(await failure(put('reader', 'dev/record.json'))).toMatchObject({ name: 'AccessDenied' });
  });

  it('without the key neither is possible', async () => {
    await put('writer', 'dev/record.json');
    const key = /not authorized to perform: kms:GenerateDataKey on resource: "arn:aws:kms:[^"]+" because/;
    expect(await failure(put('keyless', 'dev/record.json'))).toMatchObject({ message: expect.stringMatching(key) });
    expect(await failure(get('keyless', 'dev/record.json'))).toMatchObject({
      message: expect.stringContaining('kms:Decrypt'),
    });
  });

  it('of one that is not there hears only who may list its prefix', async () => {
    expect(await failure(get('writer', 'dev/none'))).toMatchObject({ name: 'NoSuchKey' });
    expect(await failure(get('reader', 'dev/none'))).toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('s3:ListBucket on resource: "arn:aws:s3:::releases"'),
    });
  });
});

describe('another role is taken', () => {
  const assume = (name: string, RoleArn: string) =>
    new STSClient(as(name)).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'next' }));

  it('if both the policy of the caller and the trust of the role allow it', async () => {
    expect(await assume('deputy', arn('trusting'))).toMatchObject({
      AssumedRoleUser: { Arn: 'arn:aws:sts::111122223333:assumed-role/trusting/next' },
    });
    expect(await failure(assume('builder', arn('trusting')))).toMatchObject({ name: 'AccessDenied' });
    expect(await failure(assume('deputy', arn('builder')))).toMatchObject({
      message: expect.stringContaining('because no resource-based policy allows the sts:AssumeRole action'),
    });
  });

  it('and then it is that role that is judged', async () => {
    const { Credentials } = await assume('deputy', arn('trusting'));
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId as string,
      secretAccessKey: Credentials?.SecretAccessKey as string,
      sessionToken: Credentials?.SessionToken as string,
    };
    const client = new STSClient({ ...here.client(), credentials });
    const again = new AssumeRoleCommand({ RoleArn: arn('trusting'), RoleSessionName: 'trial' });
    expect(await failure(client.send(again))).toMatchObject({ name: 'AccessDenied' });
  });
});
