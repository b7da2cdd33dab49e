import { plainSecrets } from '../../../../lib/cloud/rules/plain-secrets';
import type { Json } from '../../../../lib/cloud/rules/rule';
import { sourceTokens } from '../../../../lib/cloud/rules/source-tokens';
import { type Check, type Mutant, suite } from '../mutants';
import { add, type Found, only, project, resources, ruleCheck, type Templates, templates } from '../templates';

/** What a template says beside its resources. */
interface Sections {
  readonly Parameters?: Record<string, Json>;
  Outputs?: Record<string, Json>;
}

const NAMED = /pass|secret|token|key|credential/i;

const nothingAtItsEdges: Check<Templates> = {
  name: 'no-secret-at-the-edges',
  holds: 'No parameter of a template takes a secret, nor has one as its default, and no output tells one.',
  findings: (all) =>
    Object.entries(all as Record<string, Sections>).flatMap(([stack, { Parameters = {}, Outputs = {} }]) => [
      ...Object.keys(Parameters)
        .filter((name) => NAMED.test(name))
        .map((name) => `${stack}: parameter ${name}`),
      ...Object.entries({ ...Parameters, ...Outputs })
        .filter(
          ([, value]) => plainSecrets.check({ Name: 'value', Value: value?.Default ?? value?.Value }) !== undefined,
        )
        .map(([name]) => `${stack}: the value of ${name}`),
    ]),
};

const nobodysKey: Check<Templates> = {
  name: 'no-long-lived-keys',
  holds:
    'There is no IAM user and no access key: everything that calls AWS does it as a role, by credentials that expire.',
  findings: (all) =>
    resources(all)
      .filter(({ type }) => /^AWS::IAM::(User|AccessKey|UserToGroupAddition)$/.test(type))
      .map(({ id, type }) => `${id} is ${type}`),
};

const UNIT = 'visits-development-test-unit';
const development = (all: Templates): Json =>
  only(all, 'AWS::CodePipeline::Pipeline', ({ Name }) => Name === 'visits-development').properties;

const plant = (
  { name: foundBy }: Pick<Check<Templates>, 'name'>,
  id: string,
  description: string,
  apply: (all: Templates) => unknown,
): Mutant<Templates> => ({ id, description, foundBy, apply });

const PLAIN = ruleCheck(plainSecrets);
const TOKENS = ruleCheck(sourceTokens);
/** Made by chance for these mutants; it opens nothing. */
const RANDOM = 'q9XvT2mZ8bLw4KsRj7Ny'; // pragma: allowlist secret

const variable = (all: Templates, Name: string, Value: Json, Type = 'PLAINTEXT'): void =>
  project(all, UNIT).Environment.EnvironmentVariables.push({ Name, Value, Type });
const inBuildspec = (all: Templates, text: string): void => {
  const { Source } = project(all, UNIT);
  Source.BuildSpec = `${Source.BuildSpec}\n${text}\n`;
};
const beside = (all: Templates): Found => only(all, 'AWS::SNS::Topic');

/** Where a template could hold a secret. */
export const inTemplates = suite({
  name: 'the templates',
  subject: () => templates(),
  checks: [PLAIN, TOKENS, nothingAtItsEdges, nobodysKey],
  mutants: [
    plant(PLAIN, 'password', 'password as a variable of a build', (all) => variable(all, 'DB_PASSWORD', 'hunter22')),
    plant(PLAIN, 'random', 'random text as a variable of a harmless name', (all) => variable(all, 'ID', RANDOM)),
    plant(PLAIN, 'resolved', 'secret that CloudFormation puts into a variable', (all) =>
      variable(all, 'URL', '{{resolve:secretsmanager:db:SecretString:url}}'),
    ),
    plant(PLAIN, 'secure-string', 'SecureString that CloudFormation resolves', (all) =>
      variable(all, 'URL', '{{resolve:ssm-secure:/visits/url:1}}'),
    ),
    plant(PLAIN, 'access-key', 'access key of AWS in a buildspec', (all) =>
      inBuildspec(all, `# AKIA${'ABCDEFGH'.repeat(2)}`),
    ),
    plant(PLAIN, 'github-token', 'token of GitHub in a buildspec', (all) =>
      inBuildspec(all, `# ghp_${'a1B2c3D4'.repeat(4)}`),
    ),
    plant(PLAIN, 'private-key', 'private key in a buildspec', (all) =>
      inBuildspec(all, '# -----BEGIN RSA PRIVATE KEY-----'),
    ),
    plant(PLAIN, 'index-password', 'password in the address of a package index', (all) =>
      variable(all, 'INDEX', 'https://me:hunter22@index.example/simple'),
    ),
    plant(PLAIN, 'assignment', 'password that a buildspec sets', (all) =>
      inBuildspec(all, '      - export API_TOKEN=abcdefgh'),
    ),
    plant(PLAIN, 'action-variable', 'secret as a variable of an action', (all) => {
      const action = development(all).Stages[1].Actions[0];
      action.Configuration.EnvironmentVariables = JSON.stringify([
        { name: 'CLIENT_SECRET', value: 'hunter22', type: 'PLAINTEXT' },
      ]);
    }),
    plant(PLAIN, 'function-variable', 'secret as a variable of a function', (all) => {
      const [found] = resources(all, 'AWS::Lambda::Function');
      Object.assign(found?.properties, { Environment: { Variables: { SIGNING_SECRET: 'hunter22' } } });
    }),
    plant(PLAIN, 'secret-string', 'secret whose value stands in the template', (all) =>
      add(all, beside(all), 'Written', 'AWS::SecretsManager::Secret', { SecretString: 'hunter22' }),
    ),
    plant(PLAIN, 'plain-parameter', 'password as a plain parameter', (all) =>
      add(all, beside(all), 'Plain', 'AWS::SSM::Parameter', {
        Name: '/visits/db-password',
        Type: 'String',
        Value: 'hunter22',
      }),
    ),
    plant(TOKENS, 'oauth', 'token of GitHub for the source action', (all) =>
      Object.assign(development(all).Stages[0].Actions[0].Configuration, { OAuthToken: 'x' }),
    ),
    plant(
      TOKENS,
      'github-1',
      'source action that takes nothing but a token',
      (all) =>
        (development(all).Stages[0].Actions[0].ActionTypeId = {
          Category: 'Source',
          Owner: 'ThirdParty',
          Provider: 'GitHub',
          Version: '1',
        }),
    ),
    plant(
      TOKENS,
      'project-oauth',
      'project that reaches its source by a token',
      (all) => (project(all, UNIT).Source.Auth = { Type: 'OAUTH' }),
    ),
    plant(TOKENS, 'credential', 'token that CodeBuild keeps', (all) =>
      add(all, beside(all), 'Credential', 'AWS::CodeBuild::SourceCredential', {
        AuthType: 'PERSONAL_ACCESS_TOKEN',
        ServerType: 'GITHUB',
        Token: 'x',
      }),
    ),
    plant(TOKENS, 'webhook-token', 'webhook with a token', (all) =>
      add(all, beside(all), 'Hook', 'AWS::CodePipeline::Webhook', {
        AuthenticationConfiguration: { SecretToken: 'x' },
      }),
    ),
    plant(TOKENS, 'issued-key', 'access key that a stack makes', (all) =>
      add(all, beside(all), 'Issued', 'AWS::IAM::AccessKey', { UserName: 'robot' }),
    ),
    plant(nothingAtItsEdges, 'parameter', 'parameter that takes a password', (all) => {
      Object.assign(all['VisitsDelivery'] ?? {}, {
        Parameters: { DatabasePassword: { Type: 'String', NoEcho: true } },
      });
    }),
    plant(nothingAtItsEdges, 'default', 'parameter whose default is random', (all) => {
      Object.assign(all['VisitsDelivery'] ?? {}, { Parameters: { Id: { Type: 'String', Default: RANDOM } } });
    }),
    plant(nothingAtItsEdges, 'output', 'output that tells a secret', (all) => {
      Object.assign(all['VisitsDelivery'] ?? {}, { Outputs: { Url: { Value: '{{resolve:secretsmanager:db}}' } } });
    }),
    plant(nobodysKey, 'user', 'IAM user', (all) => add(all, beside(all), 'Robot', 'AWS::IAM::User', { Groups: [] })),
    plant(nobodysKey, 'key', 'access key', (all) =>
      add(all, beside(all), 'Key', 'AWS::IAM::AccessKey', { UserName: 'robot' }),
    ),
  ],
});
