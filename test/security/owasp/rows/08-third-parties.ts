import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../../../lib/cloud/rules/rule';
import { projectRoot } from '../../../cloud/fixtures';
import { type Check, type Mutant, type Row, suite } from '../mutants';
import { add, only, project, resources, type Templates, templates } from '../templates';

/** Who is spoken to, and why. A name counts with all below it. */
const KNOWN: Readonly<Record<string, string>> = {
  'amazonaws.com': 'AWS itself',
  'amazonaws.com.cn': 'AWS itself, in China',
  'public.ecr.aws': 'images that AWS publishes',
  'mirror.gcr.io': 'a copy of Docker Hub, for base images, so that builds meet no limit of anonymous pulls',
  'docker.io': 'base images that a Dockerfile names, where the mirror has them not',
  'k8s.io': 'no host: names of Kubernetes APIs and labels',
  'kubernetes.io': 'no host: names of labels',
  'in-toto.io': 'no host: the name of a format',
  'slsa.dev': 'no host: the name of a format',
  'cyclonedx.org': 'no host: the name of a format',
  'slipway.dev': 'no host: the prefix of our labels and annotations',
};

/** What looks like the name of a host: words before an ending that is in use and no file’s; in an address any ending will do. */
const HOST =
  /(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com\.cn|com|org|net|io|dev|cloud|app|ai|co|eu|de|us|aws|tech|site|online|xyz|ru|cn)(?![\w-]|\.\w)/gi;

const ADDRESS = /\bhttps?:\/\/(?:[^\s/@]+@)?([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})/gi;

const isKnown = (host: string): boolean =>
  Object.keys(KNOWN).some((known) => host === known || host.endsWith(`.${known}`));

const unknownHosts = (text: string): string[] =>
  [...text.matchAll(HOST), ...text.matchAll(ADDRESS)]
    .map(([whole, host = whole]) => host.toLowerCase())
    .filter((host, at, all) => all.indexOf(host) === at && !isKnown(host));

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

interface Sources {
  /** Path from the project's root -> text without comments. */
  readonly texts: Record<string, string>;
}

const files = (folder: string): string[] =>
  readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|yml|sh|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(projectRoot.length + 1));

const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)(\/\/|#) .*$/gm, '$1');

const sources = (): Sources => ({
  texts: Object.fromEntries(
    ['buildspecs', 'lambda', 'lib/deploy', 'lib/attest', 'lib/provenance']
      .flatMap((folder) => {
        try {
          return files(folder);
        } catch {
          return [];
        }
      })
      .map((path) => [path, withoutComments(readFileSync(join(projectRoot, path), 'utf8'))]),
  ),
});

const hostsOfPrograms: Check<Sources> = {
  name: 'hosts-of-programs',
  holds:
    'Buildspecs, functions, and the programs that deploy and attest name no host but AWS’s and those of that list.',
  findings: ({ texts }) =>
    Object.entries(texts).flatMap(([path, text]) => unknownHosts(text).map((host) => `${path} names ${host}`)),
};

const clients: Check<Sources> = {
  name: 'clients-of-aws',
  holds: 'What these programs import to speak over the network is AWS’s SDK, and no client of somebody else.',
  findings: ({ texts }) =>
    Object.entries(texts).flatMap(([path, text]) =>
      [...text.matchAll(/\b(?:from|require\(|import\()\s*'([^'.][^']*)'/g)]
        .map(([, name = '']) => name)
        .filter(
          (name) => !/^(node:|@aws-sdk\/|@smithy\/|commander$|zod$|yaml$|fast-xml-parser$|@aws-crypto\/)/.test(name),
        )
        .map((name) => `${path} imports ${name}`),
    ),
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

const inPrograms = (
  { name: foundBy }: Check<Sources>,
  id: string,
  description: string,
  apply: (all: Sources) => unknown,
): Mutant<Sources> => ({ id, description, foundBy, apply });

const ofPrograms = suite({
  name: 'the programs that builds and functions run',
  subject: sources,
  checks: [hostsOfPrograms, clients],
  mutants: [
    inPrograms(
      hostsOfPrograms,
      'shell',
      'shell function that asks somebody else',
      ({ texts }) => (texts['buildspecs/lib/uv.sh'] += '\ncurl --silent https://example.com/install.sh\n'),
    ),
    inPrograms(
      hostsOfPrograms,
      'function',
      'function that tells somebody else',
      ({ texts }) => (texts['lambda/bake/index.ts'] += "\nawait fetch('https://api.datadoghq.com/v1/events');\n"),
    ),
    inPrograms(
      clients,
      'client',
      'client of somebody else',
      ({ texts }) => (texts['lib/deploy/main.ts'] += "\nimport { WebClient } from '@slack/web-api';\n"),
    ),
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
