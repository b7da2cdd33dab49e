import * as z from 'zod';
import { checksSchema } from './checks';
import { clusterSchema, networkSchema } from './cluster';
import { environmentsSchema } from './environments';
import { localSchema } from './local';
import type { resolve } from './resolve';
import { about, accountId, relativePath, section, serviceName, text, whole } from './values';

/** What the rest of Slipway reads: slipway.yaml with every default applied. Durations are in seconds. */
export type Config = ReturnType<typeof resolve>;

/** slipway.yaml as parsed, before the defaults that depend on other values. */
export type File = z.output<typeof fileSchema>;

const service = section(
  {
    name: serviceName().meta(
      about('Name of the service; pipelines, projects, alarms and the image repository are named after it.'),
    ),
    path: relativePath()
      .default('.')
      .meta(
        about(
          "The service's folder, relative to slipway.yaml. It is the root of the source repository: the repository is seeded with it at the first deploy, and a local run takes its commits from it.",
        ),
      ),
  },
  'a mapping with at least `name`',
).meta(about('What is delivered.'));

const pullRequests = section({
  approvals: whole('a whole number from 1 to 10', 1, 10)
    .default(2)
    .meta(about('Approvals that a pull request to the branch of a pipeline needs; authors cannot approve their own.')),
  approvers: z
    .array(
      text(
        'the ARN of a user, a role or its sessions, with * for any text, or CodeCommitApprovers:<account>:<name>',
        /^(?:arn:aws[a-z-]*:(?:iam|sts)::\d{12}:(?:user|role|assumed-role|federated-user)\/|CodeCommitApprovers:\d{12}:)[\w+=,.@\-/*]{1,512}$/,
      ),
      { error: 'a list of ARNs' },
    )
    .max(50, { error: 'at most 50 approvers' })
    .default([])
    .meta(about('Whose approvals count. Default: those of anyone who may approve.')),
})
  .prefault({})
  .meta(
    about(
      'How the branches that start pipelines change, in a CodeCommit repository that Slipway makes: by pull requests with so many approvals.',
    ),
  );

const source = section({
  provider: z
    .enum(['codecommit', 'connection'], { error: 'codecommit or connection' })
    .default('codecommit')
    .meta(
      about(
        'Where the code lives: `codecommit`, or a `connection` (AWS CodeConnections) to GitHub, GitLab or Bitbucket.',
      ),
    ),
  repository: text('a repository name of at most 100 letters, digits and . _ - /', /^[A-Za-z0-9._\-/]{1,100}$/)
    .optional()
    .meta(
      about(
        'Name of the CodeCommit repository (default: the name of the service), or `owner/name`, in exactly that spelling, behind a connection.',
      ),
    ),
  existing: z
    .boolean({ error: 'true or false' })
    .default(false)
    .meta(about('The CodeCommit repository exists already: use it, do not create it.')),
  connectionArn: text(
    'the ARN of a connection, arn:aws:codeconnections:…:connection/…',
    /^arn:aws[a-z-]*:(?:codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]{36}$/,
  )
    .optional()
    .meta(about('ARN of the connection, after its handshake in the console. Required with `provider: connection`.')),
  pullRequests,
})
  .prefault({})
  .meta(about('Where commits come from.'));

const branchName = () =>
  text('the name of a branch', /^(?![/.-])(?!.*(?:\.\.|\/\/|@\{|\.lock(?:\/|$)))[A-Za-z0-9._\-/@+]{1,250}(?<![/.])$/);

const branches = section({
  development: branchName().default('develop').meta(about('A push to this branch starts the development pipeline.')),
  production: branchName().default('main').meta(about('A push to this branch starts the production pipeline.')),
})
  .prefault({})
  .meta(about('What starts which pipeline.'));

const build = section({
  package: relativePath().default('.').meta(about('Folder of pyproject.toml and uv.lock, relative to the service.')),
  dockerfile: relativePath().default('Dockerfile').meta(about('The Dockerfile, relative to the service.')),
  context: relativePath().default('.').meta(about('Build context of the image, relative to the service.')),
  index: text(
    'the https:// address of a package index, without user and password',
    /^https:\/\/[A-Za-z0-9.-]+(?::\d+)?(?:\/[\w.~%+-]+)*\/?$/,
    512,
  )
    .default('https://pypi.org/simple')
    .meta(about('The one index from which packages come; a lock file or setting that names another fails the build.')),
  compute: z
    .enum(['small', 'medium', 'large'], { error: 'small, medium or large' })
    .default('medium')
    .meta(about('CodeBuild compute of the image build: small (2 vCPU), medium (4) or large (8).')),
})
  .prefault({})
  .meta(about('How the service is built.'));

const aws = section({
  account: accountId()
    .optional()
    .meta(
      about('Account to deploy to, in quotes. Default: the one of your credentials. `SLIPWAY_ACCOUNT` overrides it.'),
    ),
  region: text('a region such as eu-west-1', /^[a-z]{2,}(?:-[a-z]+)+-\d$/)
    .optional()
    .meta(about('Region to deploy to. Default: the one of your credentials. `SLIPWAY_REGION` overrides it.')),
})
  .prefault({})
  .meta(about('Where the stacks go.'));

const notifications = section({
  emails: z
    .array(text('an e-mail address', /^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/, 254), { error: 'a list of e-mail addresses' })
    .default([])
    .meta(about('Told about failed pipelines and alarms; each must confirm its subscription once.')),
})
  .prefault({})
  .meta(about('Who is told.'));

const images = section({
  signing: z
    .enum(['none', 'ecr'], { error: 'none or ecr' })
    .default('none')
    .meta(
      about(
        "`ecr`: ECR signs each image that is pushed (managed signing, with AWS Signer), for what verifies Notation signatures. One service of an account and region may say so: the signing configuration is the registry's. Attestations are made in any case; docs/provenance.md has both.",
      ),
    ),
})
  .prefault({})
  .meta(about('The image repository.'));

/** Values that CloudWatch Logs accepts (API PutRetentionPolicy, retentionInDays). */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const retention = section({
  logs: z
    .literal(LOG_RETENTION_DAYS, {
      error: `a number of days that CloudWatch accepts: ${LOG_RETENTION_DAYS.join(', ')}`,
    })
    .default(90)
    .meta(about('Days that logs are kept.')),
  images: whole('a whole number from 1 to 1000', 1, 1000).default(500).meta(about('Released images that are kept.')),
})
  .prefault({})
  .meta(about('How long things are kept.'));

const TAG_KEY = /^(?![aA][wW][sS]:)[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u;

const tags = z
  .record(
    text(
      'a tag key of 1 to 128 letters, digits, spaces and _ . : / = + - @ that does not start with aws:',
      TAG_KEY,
      128,
    ),
    text(
      'a tag value of at most 256 letters, digits, spaces and _ . : / = + - @',
      /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u,
      256,
    ),
    { error: 'a mapping of tag keys to values' },
  )
  .refine((value) => Object.keys(value).length <= 40, { error: 'at most 40 tags' })
  .default({})
  .meta(about('Tags on every resource.'));

/** The whole file. */
export const fileSchema = z.strictObject({
  service,
  source,
  branches,
  build,
  images,
  checks: checksSchema,
  environments: environmentsSchema,
  cluster: clusterSchema,
  network: networkSchema,
  aws,
  notifications,
  retention,
  tags,
  local: localSchema,
});
