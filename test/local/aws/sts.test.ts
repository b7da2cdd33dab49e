import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ROLE, type Surroundings, surroundings } from './fixture';
import { Answers } from './model/checked';

const OPERATOR = 'arn:aws:iam::111122223333:role/slipway-operator';
const answers = new Answers();
let now: Date;
let here: Surroundings;
let client: STSClient;
beforeEach(async () => {
  now = new Date();
  here = await surroundings({ now: () => now });
  client = answers.check('sts', new STSClient(here.client()));
});
afterEach(() => here.close());

const assume = async (RoleArn: string, from: STSClient = client) => {
  const { Credentials } = await from.send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'trial', DurationSeconds: 900 }),
  );
  return {
    accessKeyId: Credentials?.AccessKeyId as string,
    secretAccessKey: Credentials?.SecretAccessKey as string,
    sessionToken: Credentials?.SessionToken as string,
    expires: Credentials?.Expiration,
  };
};
const identity = async (credentials: object) =>
  (await new STSClient({ ...here.client(), credentials: credentials as never }).send(new GetCallerIdentityCommand({})))
    .Arn;

describe('AssumeRole', () => {
  it('gives a session of a role of the account, for as long as was asked', async () => {
    const credentials = await assume('arn:aws:iam::111122223333:role/deploy');
    expect(credentials.expires?.getTime()).toBe(now.getTime() + 900_000);
    const { expires: _, ...keys } = credentials;
    expect(await identity(keys)).toBe('arn:aws:sts::111122223333:assumed-role/deploy/trial');
    now = new Date(now.getTime() + 900_000);
    const late = new ECRClient({ ...here.client(), credentials: keys, systemClockOffset: 900_000 });
    await expect(late.send(new DescribeRepositoriesCommand({}))).rejects.toMatchObject({
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    });
  });

  it.each([
    ['of another account', 'arn:aws:iam::444455556666:role/deploy'],
    ['that operates the pipelines', OPERATOR],
    ['that is no role', 'arn:aws:iam::111122223333:user/deploy'],
  ])('refuses a role %s', async (_, arn) => {
    await expect(assume(arn)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringMatching(/^User: .*build-1 is not authorized to perform: sts:AssumeRole on resource: /),
    });
  });
});

it('whoever operates the pipelines has a key pair without a session token', async () => {
  expect(await identity(here.endpoint.operator)).toBe(
    'arn:aws:sts::111122223333:assumed-role/slipway-operator/slipway',
  );
  const operator = new STSClient({ ...here.client(), credentials: here.endpoint.operator });
  expect((await assume(ROLE, operator)).accessKeyId).toMatch(/^ASIA/);
  const withToken = { ...here.endpoint.operator, sessionToken: 'x' };
  await expect(identity(withToken)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
});
