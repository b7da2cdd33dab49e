import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CodePipelineClient, PutJobSuccessResultCommand } from '@aws-sdk/client-codepipeline';
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DescribeClusterCommand, EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Assembly, Stack } from '../../../lib/local/assembly';
import { readPermissions } from '../../../lib/local/iam/permissions';
import { Evaluator } from '../../../lib/local/intrinsics';
import { allow, inline, PLACE, policy, role } from '../iam/templates';
import { ACCOUNT, CLUSTER_ARN, ROLE, type Surroundings, storeImage, surroundings } from './fixture';

const OTHER = '222222222222';
const JOB = '0f7a2b1c-0000-4000-8000-000000000001';
const THEIRS = `arn:aws:iam::${OTHER}:role/deploy`;
const cluster = (account: string) => ({
  name: 'delivery',
  version: '1.35',
  arn: CLUSTER_ARN.replace(ACCOUNT, account),
  url: () => 'https://127.0.0.1:6443',
  caData: () => 'Y2E=',
});
const alarm = (account: string) => ({
  alarm: {
    kind: 'composite' as const,
    name: 'visits-dev',
    arn: `arn:aws:cloudwatch:eu-west-1:${account}:alarm:visits-dev`,
    rule: 'ALARM("x")',
  },
  state: account === OTHER ? ('ALARM' as const) : ('OK' as const),
  reason: '',
  since: new Date(0),
});

let here: Surroundings;
let digest: string;
beforeAll(async () => {
  here = await surroundings({
    otherAccounts: [OTHER],
    clusters: [cluster(ACCOUNT), cluster(OTHER)],
    alarms: { states: () => [alarm(ACCOUNT), alarm(OTHER)] },
  });
  const stored = await storeImage(here.images, 'one');
  await here.images.pushByDigest('visits', Buffer.from(stored.manifest));
  digest = stored.digest;
});
afterAll(() => here.close());

/** A client's options as a session of a role. */
const as = (roleArn: string, at = here) => ({
  ...at.client(),
  credentials: at.endpoint.credentialsFor(roleArn, 'build-1'),
});

describe('two accounts behind one endpoint', () => {
  it('each role is of its own', async () => {
    const identity = await new STSClient(as(THEIRS)).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Account: OTHER, Arn: `arn:aws:sts::${OTHER}:assumed-role/deploy/build-1` });
  });

  it('a role of the other one can be assumed, and none of a third', async () => {
    const sts = new STSClient(as(ROLE));
    const assume = (RoleArn: string) => sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'job' }));
    expect((await assume(THEIRS)).AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${OTHER}:assumed-role/deploy/job`);
    await expect(assume(THEIRS.replace(OTHER, '333333333333'))).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('a cluster is that of the caller’s account, though another has its name', async () => {
    const arnFor = async (roleArn: string) => {
      const { cluster: found } = await new EKSClient(as(roleArn)).send(
        new DescribeClusterCommand({ name: 'delivery' }),
      );
      return found?.arn;
    };
    expect(await arnFor(ROLE)).toBe(CLUSTER_ARN);
    expect(await arnFor(THEIRS)).toBe(CLUSTER_ARN.replace(ACCOUNT, OTHER));
    expect((await new EKSClient(as(THEIRS)).send(new ListClustersCommand({}))).clusters).toEqual(['delivery']);
  });

  it('an alarm too', async () => {
    const stateFor = async (roleArn: string) => {
      const client = new CloudWatchClient(as(roleArn));
      const found = await client.send(new DescribeAlarmsCommand({ AlarmTypes: ['CompositeAlarm'] }));
      return found.CompositeAlarms?.map(({ StateValue }) => StateValue);
    };
    expect(await stateFor(ROLE)).toEqual(['OK']);
    expect(await stateFor(THEIRS)).toEqual(['ALARM']);
  });

  it('the registry is that of the first: from elsewhere it has to be named', async () => {
    const client = new ECRClient(as(THEIRS));
    const images = { repositoryName: 'visits', imageIds: [{ imageDigest: digest }] };
    const found = await client.send(new DescribeImagesCommand({ ...images, registryId: ACCOUNT }));
    expect(found.imageDetails?.[0]?.imageDigest).toBe(digest);
    await expect(client.send(new DescribeImagesCommand(images))).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
      message: `The repository with name 'visits' does not exist in the registry with id '${OTHER}'`,
    });
  });

  it('a job is answered from the account of its pipeline alone', async () => {
    const answered = here.endpoint.jobs.open(JOB);
    const put = (roleArn: string) =>
      new CodePipelineClient(as(roleArn)).send(new PutJobSuccessResultCommand({ jobId: JOB }));
    await expect(put(THEIRS)).rejects.toMatchObject({ name: 'JobNotFoundException' });
    await put(ROLE);
    expect(await answered).toMatchObject({ status: 'Succeeded' });
  });
});

describe('policies of two accounts', () => {
  const stack = (name: string, account: string, resources: object): Stack => ({
    name,
    account,
    region: 'eu-west-1',
    file: `${name}.template.json`,
    directory: '/nowhere',
    template: { Parameters: {}, Mappings: {}, Conditions: {}, Resources: resources as never, Outputs: {} },
  });
  const write = (bucket: string) => inline(allow('s3:PutObject', `arn:aws:s3:::${bucket}/*`));
  const bucket = (BucketName: string) => ({ [BucketName]: { Type: 'AWS::S3::Bucket', Properties: { BucketName } } });
  const assembly: Assembly = {
    directory: '/nowhere',
    assets: [],
    stacks: [
      stack('Tools', ACCOUNT, {
        ...bucket('artifacts'),
        ...bucket('shared'),
        SharedPolicy: {
          Type: 'AWS::S3::BucketPolicy',
          Properties: {
            Bucket: 'shared',
            PolicyDocument: policy(
              allow('s3:PutObject', 'arn:aws:s3:::shared/*', {
                Principal: { AWS: `arn:aws:iam::${OTHER}:root` },
                Condition: { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${OTHER}:role/shares` } },
              }),
            ),
          },
        },
      }),
      stack('There', OTHER, {
        ...bucket('own'),
        ...role('owns', write('own')),
        ...role('reaches', write('artifacts')),
        ...role('shares', write('shared')),
        ...role('unnamed', write('shared')),
      }),
    ],
  };
  let there: Surroundings;
  beforeAll(async () => {
    there = await surroundings({
      otherAccounts: [OTHER],
      permissions: readPermissions(new Evaluator(assembly, PLACE)),
      buckets: ['own', 'artifacts', 'shared'].map((name) => ({ bucket: name, folder: `${here.folder}/${name}` })),
    });
  });
  afterAll(() => there.close());

  const put = (name: string, Bucket: string) =>
    new S3Client({ ...as(`arn:aws:iam::${OTHER}:role/${name}`, there), forcePathStyle: true }).send(
      new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }),
    );

  it('a role needs nothing of the bucket’s policy in its own account', async () => {
    await expect(put('owns', 'own')).resolves.toBeDefined();
  });

  it('a role is refused in another account that says nothing of it', async () => {
    const refused = { name: 'AccessDenied', message: expect.stringContaining('no resource-based policy allows') };
    await expect(put('reaches', 'artifacts')).rejects.toMatchObject(refused);
    await expect(put('unnamed', 'shared')).rejects.toMatchObject(refused);
    await expect(put('shares', 'shared')).resolves.toBeDefined();
  });
});
