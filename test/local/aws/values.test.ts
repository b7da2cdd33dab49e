import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, GetParametersByPathCommand, GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { secretsFile } from '../../../lib/local/codebuild/secrets';
import { type Surroundings, surroundings } from './fixture';
import { Answers } from './model/checked';

const FILE = `
parameter-store:
  /visits/flag: on
  /visits/limits/high: 10
  plain: text
secrets-manager:
  visits/database: {user: visits, password: "p:w"}
  token: abc
  arn:aws:secretsmanager:eu-west-1:444455556666:secret:shared-AbCdEf: theirs
`;
const answers = new Answers();
let folder: string;
let here: Surroundings;
let ssm: SSMClient;
let secrets: SecretsManagerClient;

const open = async (content: string): Promise<void> => {
  folder = mkdtempSync(join(tmpdir(), 'values-'));
  writeFileSync(join(folder, 'secrets.yaml'), content);
  here = await surroundings({ secrets: secretsFile(join(folder, 'secrets.yaml')) });
  ssm = answers.check('ssm', new SSMClient(here.client()));
  secrets = answers.check('secretsmanager', new SecretsManagerClient(here.client()));
};
afterEach(async () => {
  await here.close();
  rmSync(folder, { recursive: true });
});
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: Error) => error.name,
  );

describe('Parameter Store', () => {
  beforeEach(() => open(FILE));
  const value = async (Name: string) => (await ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value;

  it('gives the values of the user’s file, by name, version and ARN', async () => {
    expect(await value('/visits/flag')).toBe('on');
    expect(await value('/visits/limits/high:1')).toBe('10');
    expect(await value('arn:aws:ssm:eu-west-1:111122223333:parameter/plain')).toBe('text');
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: 'plain', WithDecryption: true }));
    expect(Parameter).toMatchObject({
      ARN: 'arn:aws:ssm:eu-west-1:111122223333:parameter/plain',
      Type: 'String',
      Version: 1,
    });
  });

  it('tells which it does not have', async () => {
    expect(await codeOf(value('none'))).toBe('ParameterNotFound');
    expect(await codeOf(value('plain:2'))).toBe('ParameterVersionNotFound');
    const { Parameters, InvalidParameters } = await ssm.send(new GetParametersCommand({ Names: ['plain', 'none'] }));
    expect([Parameters?.map(({ Name }) => Name), InvalidParameters]).toEqual([['plain'], ['none']]);
    const many = new GetParametersCommand({ Names: Array.from({ length: 11 }, (_, index) => `p${index}`) });
    expect(await codeOf(ssm.send(many))).toBe('ValidationException');
  });

  it('lists a folder, deep or not, in pages', async () => {
    const under = async (input: object) =>
      (await ssm.send(new GetParametersByPathCommand({ Path: '/visits', ...input }))).Parameters?.map(
        ({ Name }) => Name,
      );
    expect(await under({})).toEqual(['/visits/flag']);
    expect(await under({ Recursive: true })).toEqual(['/visits/flag', '/visits/limits/high']);
    const first = await ssm.send(new GetParametersByPathCommand({ Path: '/visits', Recursive: true, MaxResults: 1 }));
    expect(await under({ Recursive: true, MaxResults: 1, NextToken: first.NextToken })).toEqual([
      '/visits/limits/high',
    ]);
    expect(await codeOf(under({ Path: 'visits' }))).toBe('ValidationException');
    const filters = { ParameterFilters: [{ Key: 'Type', Values: ['String'] }] };
    await expect(under(filters)).rejects.toThrow('ParameterFilters is not supported');
  });
});

describe('Secrets Manager', () => {
  beforeEach(() => open(FILE));
  const value = async (input: object) =>
    (await secrets.send(new GetSecretValueCommand({ SecretId: 'visits/database', ...input }))).SecretString;

  it('gives a secret as text, or as the JSON of its keys', async () => {
    expect(JSON.parse((await value({})) ?? '')).toEqual({ user: 'visits', password: 'p:w' });
    expect(await value({ SecretId: 'token', VersionStage: 'AWSCURRENT' })).toBe('abc');
  });

  it('is asked by name, ARN, part of the ARN and version', async () => {
    const { ARN = '', VersionIdsToStages = {} } = await secrets.send(
      new DescribeSecretCommand({ SecretId: 'visits/database' }),
    );
    expect(ARN).toMatch(/^arn:aws:secretsmanager:eu-west-1:111122223333:secret:visits\/database-[0-9a-zA-Z]{6}$/);
    const [version] = Object.keys(VersionIdsToStages);
    expect(VersionIdsToStages).toEqual({ [version as string]: ['AWSCURRENT'] });
    const whole = await value({});
    expect(await value({ SecretId: ARN })).toBe(whole);
    expect(await value({ SecretId: ARN.slice(0, -7) })).toBe(whole);
    expect(await value({ VersionId: version })).toBe(whole);
    expect(await value({ SecretId: 'arn:aws:secretsmanager:eu-west-1:444455556666:secret:shared-AbCdEf' })).toBe(
      'theirs',
    );
  });

  it.each([
    ['another secret', { SecretId: 'none' }],
    ['an earlier stage', { VersionStage: 'AWSPREVIOUS' }],
    ['another version', { VersionId: '00000000-0000-4000-8000-000000000000' }],
  ])('does not have %s', async (_, input) => {
    expect(await codeOf(value(input))).toBe('ResourceNotFoundException');
  });
});

it('a file that cannot be read is an error that says so', async () => {
  await open('secrets-manager: [a]');
  const asked = secrets.send(new GetSecretValueCommand({ SecretId: 'a' }));
  await expect(asked).rejects.toThrow(/secrets\.yaml.*secrets-manager/s);
  await expect(ssm.send(new GetParameterCommand({ Name: 'a' }))).rejects.toThrow(/secrets\.yaml/);
});
