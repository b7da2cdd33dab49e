import type { Json } from '../../../../lib/cloud/rules/rule';
import { type Check, type Mutant, type Row, suite } from '../mutants';
import { add, only, project, resources, type Templates, templates } from '../templates';
import { unknownHosts } from '../third-parties/hosts';
import { ofPrograms } from '../third-parties/programs';

const hostsOfTemplates: Check<Templates> = {
  name: 'hosts-of-templates',
  holds: 'Templates, and the buildspecs in them, name no host but AWS’s and those of a short list.',
  findings: (all) =>
    resources(all).flatMap(({ id, properties }) =>
      unknownHosts(JSON.stringify(properties).replaceAll('\\n', '\n')).map((host) => `${id} names ${host}`),
    ),
};

const providers: Check<Templates> = {
  name: 'providers-of-aws',
  holds: 'Every action, and every rule of a condition, is run by AWS.',
  findings: (all) =>
    resources(all, 'AWS::CodePipeline::Pipeline').flatMap(({ properties }) =>
      properties.Stages.flatMap((stage: Json) => [
        ...stage.Actions.map(({ Name, ActionTypeId }: Json) => [Name, ActionTypeId]),
        ...['BeforeEntry', 'OnSuccess', 'OnFailure'].flatMap((hook) =>
          (stage[hook]?.Conditions ?? []).flatMap(({ Rules }: Json) =>
            (Rules ?? []).map(({ Name, RuleTypeId }: Json) => [Name, RuleTypeId]),
          ),
        ),
      ])
        .filter(([, type]: [string, Json]) => type?.Owner !== 'AWS')
        .map(([name, type]: [string, Json]) => `${name} is run by ${type?.Owner} ${type?.Provider}`),
    ),
};

/** Resources that speak to somebody outside, or let somebody outside in. */
const OUTSIDE =
  /^AWS::(Chatbot|CodeStarNotifications|CodeConnections|CodeStarConnections|AppFlow|Pipes|ApiGateway|ApiGatewayV2|Events::(ApiDestination|Connection|EventBusPolicy)|SNS::Subscription|CodePipeline::(Webhook|CustomActionType)|CodeBuild::SourceCredential|IAM::(OIDCProvider|SAMLProvider)|SecretsManager)/;

const nobodyOutside: Check<Templates> = {
  name: 'off-unless-configured',
  holds:
    'Chat, subscriptions, connections, webhooks, API destinations and secrets for them: none that slipway.yaml does not ask for.',
  findings: (all) =>
    resources(all)
      .filter(({ type }) => OUTSIDE.test(type))
      .map(({ id, type }) => `${id} is ${type}`),
};

/** Conditions that hold in one account only; which one is in the value, where a foreign one would be seen. */
const OF_THIS_ACCOUNT = /"(kms:CallerAccount|aws:SourceAccount|aws:PrincipalAccount)":\{"Ref":"AWS::AccountId"\}/;

const noForeignAccounts: Check<Templates> = {
  name: 'no-foreign-account',
  holds:
    'No policy and no trust names another account than this one, and none names everybody but to deny, or in this account.',
  findings: (all) =>
    resources(all).flatMap(({ id, properties }) =>
      ['AssumeRolePolicyDocument', 'PolicyDocument', 'KeyPolicy', 'RepositoryPolicyText'].flatMap((member) =>
        (properties[member]?.Statement ?? [])
          .filter(
            ({ Effect, Condition }: Json) =>
              Effect === 'Allow' && !OF_THIS_ACCOUNT.test(JSON.stringify(Condition ?? {})),
          )
          .map(({ Principal }: Json) => JSON.stringify(Principal?.AWS ?? Principal ?? ''))
          .filter((principal: string) => /\d{12}|"\*"/.test(principal))
          .map((principal: string) => `${id} lets ${principal} in`),
      ),
    ),
};

const noForeignSecrets: Check<Templates> = {
  name: 'no-secrets-for-others',
  holds: 'No build is handed a secret: there is nobody outside to whom it could prove itself.',
  findings: (all) =>
    resources(all, 'AWS::CodeBuild::Project').flatMap(({ id, properties }) => [
      ...(properties.Environment.EnvironmentVariables ?? [])
        .filter(({ Type }: Json) => Type !== undefined && Type !== 'PLAINTEXT')
        .map(({ Name }: Json) => `${id} is handed ${Name}`),
      ...(/^ {2}(secrets-manager|parameter-store):/m.test(String(properties.Source?.BuildSpec))
        ? [`the buildspec of ${id} reads secrets`]
        : []),
    ]),
};

const UNIT = 'visits-development-test-unit';

const inTemplates = (
  { name: foundBy }: Check<Templates>,
  id: string,
  description: string,
  apply: (all: Templates) => unknown,
): Mutant<Templates> => ({ id, description, foundBy, apply });

const says = (all: Templates, line: string): void => {
  const build = project(all, UNIT);
  build.Source.BuildSpec = `${build.Source.BuildSpec}\n# more\n      - ${line}\n`;
};
const topic = (all: Templates) => only(all, 'AWS::SNS::Topic');

const ofTemplates = suite({
  name: 'the templates, with nothing configured',
  subject: () => templates(),
  checks: [hostsOfTemplates, providers, nobodyOutside, noForeignAccounts, noForeignSecrets],
  mutants: [
    inTemplates(hostsOfTemplates, 'scanner', 'build that sends sources to a scanner', (all) =>
      says(all, 'sonar-scanner -Dsonar.host.url=https://sonarcloud.io'),
    ),
    inTemplates(hostsOfTemplates, 'veracode', 'build that fetches a client of somebody else', (all) =>
      says(all, 'curl -O https://downloads.veracode.com/securityscan/pipeline-scan-LATEST.zip'),
    ),
    inTemplates(hostsOfTemplates, 'chat', 'build that writes to a chat', (all) =>
      says(all, 'curl --data @report.json hooks.slack.com/services/T0/B0/x'),
    ),
    inTemplates(
      hostsOfTemplates,
      'image',
      'build in an image of somebody else',
      (all) => (project(all, UNIT).Environment.Image = 'ghcr.io/acme/build:1'),
    ),
    inTemplates(hostsOfTemplates, 'variable', 'variable that names somebody else', (all) =>
      project(all, UNIT).Environment.EnvironmentVariables.push({
        Name: 'REPORT_TO',
        Value: 'https://codecov.io/upload',
      }),
    ),
    inTemplates(providers, 'third-party', 'action that somebody else runs', (all) => {
      const { properties } = only(all, 'AWS::CodePipeline::Pipeline', ({ Name }) => Name === 'visits-development');
      properties.Stages[1].Actions[0].ActionTypeId = {
        Category: 'Test',
        Owner: 'ThirdParty',
        Provider: 'GhostInspector',
        Version: '1',
      };
    }),
    inTemplates(providers, 'custom', 'action that a worker of one’s own runs', (all) => {
      const { properties } = only(all, 'AWS::CodePipeline::Pipeline', ({ Name }) => Name === 'visits-development');
      properties.Stages[1].Actions[0].ActionTypeId.Owner = 'Custom';
    }),
    inTemplates(nobodyOutside, 'subscription', 'subscription that nobody asked for', (all) =>
      add(all, topic(all), 'Chat', 'AWS::SNS::Subscription', { Protocol: 'https', Endpoint: 'x' }),
    ),
    inTemplates(nobodyOutside, 'chatbot', 'chat channel', (all) =>
      add(all, topic(all), 'Chat', 'AWS::Chatbot::SlackChannelConfiguration', {}),
    ),
    inTemplates(nobodyOutside, 'destination', 'event that is sent to an API', (all) =>
      add(all, topic(all), 'Api', 'AWS::Events::ApiDestination', {}),
    ),
    inTemplates(nobodyOutside, 'webhook', 'webhook', (all) =>
      add(all, topic(all), 'Hook', 'AWS::CodePipeline::Webhook', {}),
    ),
    inTemplates(noForeignAccounts, 'account', 'role that another account may take', (all) => {
      const [role] = resources(all, 'AWS::IAM::Role');
      role?.properties.AssumeRolePolicyDocument.Statement.push({
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { AWS: 'arn:aws:iam::999988887777:root' },
      });
    }),
    inTemplates(noForeignAccounts, 'everybody', 'bucket that everybody may read', (all) => {
      const [policy] = resources(all, 'AWS::S3::BucketPolicy');
      policy?.properties.PolicyDocument.Statement.push({
        Effect: 'Allow',
        Action: 's3:GetObject',
        Principal: '*',
        Resource: '*',
      });
    }),
    inTemplates(noForeignSecrets, 'token', 'build that is handed a token for somebody else', (all) =>
      project(all, UNIT).Environment.EnvironmentVariables.push({
        Name: 'SONAR_TOKEN',
        Type: 'SECRETS_MANAGER',
        Value: 'sonar:token',
      }),
    ),
    inTemplates(noForeignSecrets, 'token-in-buildspec', 'buildspec that reads a token for somebody else', (all) => {
      const build = project(all, UNIT);
      build.Source.BuildSpec = `${build.Source.BuildSpec}\nenv:\n  secrets-manager:\n    VERACODE_API_KEY: veracode:key\n`;
    }),
  ],
});

export const thirdParties: Row = {
  number: 8,
  risk: 'Ungoverned Usage of 3rd Party Services',
  controls: [
    'There is no integration with SonarQube, Veracode or a chat in this version, so there is none to switch off; people are told by e-mail, if slipway.yaml names addresses, through Amazon SNS.',
    'Sources are CodeCommit, or a connection that slipway.yaml names.',
    'What speaks to somebody outside of AWS is on a list with its reason: a mirror of base images. Packages come from the index that the repository’s lock file names.',
  ],
  suites: [ofTemplates, ofPrograms],
  notRun: [
    'Whom the tests of the repository call: the network of their builds is open, since packages come over it. Which calls a run makes was not recorded; what is checked is what templates and programs name.',
  ],
};
