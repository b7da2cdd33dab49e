import * as z from 'zod';
import { environmentsSchema } from './environments';
import type { resolve } from './resolve';
import { decimal, relativePath, section, serviceName, text, whole } from './values';

/** What the rest of Slipway reads: slipway.yaml with every default applied. Durations are in seconds. */
export type Config = ReturnType<typeof resolve>;

/** slipway.yaml as parsed, before the defaults that depend on other values. */
export type File = z.output<typeof fileSchema>;

const describe = (description: string) => ({ description });

/** A check with settings: `false` switches it off, `true` means its default settings. */
const check = <S extends z.ZodRawShape>(shape: S, description: string) => {
  const error = 'true, false or its settings';
  const settings = section(shape, error);
  return z
    .union([z.literal(false, { error }), settings, z.literal(true, { error }).transform(() => settings.parse({}))])
    .prefault(true)
    .meta(describe(description));
};

const toggle = (description: string) => z.boolean({ error: 'true or false' }).default(true).meta(describe(description));

const service = section(
  {
    name: serviceName().meta(
      describe('Name of the service; pipelines, projects, alarms and the image repository are named after it.'),
    ),
    path: relativePath()
      .default('.')
      .meta(
        describe(
          "The service's folder, relative to slipway.yaml. It is the root of the source repository: the repository is seeded with it at the first deploy, and a local run takes its commits from it.",
        ),
      ),
  },
  'a mapping with at least `name`',
).meta(describe('What is delivered.'));

const source = section({
  provider: z
    .enum(['codecommit', 'connection'], { error: 'codecommit or connection' })
    .default('codecommit')
    .meta(
      describe(
        'Where the code lives: `codecommit`, or a `connection` (AWS CodeConnections) to GitHub, GitLab or Bitbucket.',
      ),
    ),
  repository: text('a repository name of at most 100 letters, digits and . _ - /', /^[A-Za-z0-9._\-/]{1,100}$/)
    .optional()
    .meta(
      describe(
        'Name of the CodeCommit repository (default: the name of the service), or `owner/name`, in exactly that spelling, behind a connection.',
      ),
    ),
  existing: z
    .boolean({ error: 'true or false' })
    .default(false)
    .meta(describe('The CodeCommit repository exists already: use it, do not create it.')),
  connectionArn: text(
    'the ARN of a connection, arn:aws:codeconnections:…:connection/…',
    /^arn:aws[a-z-]*:(?:codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]{36}$/,
  )
    .optional()
    .meta(describe('ARN of the connection, after its handshake in the console. Required with `provider: connection`.')),
})
  .prefault({})
  .meta(describe('Where commits come from.'));

const branchName = () =>
  text('the name of a branch', /^(?![/.-])(?!.*(?:\.\.|\/\/|@\{|\.lock(?:\/|$)))[A-Za-z0-9._\-/@+]{1,250}(?<![/.])$/);

const branches = section({
  development: branchName().default('develop').meta(describe('A push to this branch starts the development pipeline.')),
  production: branchName().default('main').meta(describe('A push to this branch starts the production pipeline.')),
})
  .prefault({})
  .meta(describe('What starts which pipeline.'));

const build = section({
  package: relativePath().default('.').meta(describe('Folder of pyproject.toml and uv.lock, relative to the service.')),
  dockerfile: relativePath().default('Dockerfile').meta(describe('The Dockerfile, relative to the service.')),
  context: relativePath().default('.').meta(describe('Build context of the image, relative to the service.')),
  compute: z
    .enum(['small', 'medium', 'large'], { error: 'small, medium or large' })
    .default('medium')
    .meta(describe('CodeBuild compute of the image build: small (2 vCPU), medium (4) or large (8).')),
})
  .prefault({})
  .meta(describe('How the service is built.'));

const percent = (expected: string) => decimal(expected, 0, 100);

const checks = section({
  unit: section({
    coverage: percent('a percentage from 0 to 100')
      .default(90)
      .meta(describe('Least line coverage of the unit tests, in percent; below it the pipeline stops.')),
  })
    .prefault({})
    .meta(describe('Unit tests; they cannot be switched off.')),
  integration: toggle('Integration tests, against a real Redis. `false` leaves the action out.'),
  quality: section({
    flake8: toggle('Style and simple errors.'),
    pylint: check(
      {
        minimum: decimal('a pylint score from 0 to 10', 0, 10)
          .default(9)
          .meta(describe('Least pylint score, 0 to 10.')),
      },
      'Deeper lint, with a least score.',
    ),
    mypy: toggle('Static types.'),
    black: toggle('Formatting.'),
    isort: toggle('Order of imports.'),
  })
    .prefault({})
    .meta(describe('Checks of the code itself.')),
  security: section({
    bandit: check(
      {
        severity: z
          .enum(['low', 'medium', 'high'], { error: 'low, medium or high' })
          .default('medium')
          .meta(describe('Findings of this severity and above fail the check.')),
      },
      'Insecure code.',
    ),
    'pip-audit': toggle('Locked dependencies with known vulnerabilities.'),
    secrets: toggle('Secrets in the source.'),
  })
    .prefault({})
    .meta(describe('Security checks.')),
})
  .prefault({})
  .meta(describe('What a commit must pass. `false` switches a check off: its action then says NOT RUN, never passed.'));

const vpcResource = (prefix: string, what: string) => text(what, new RegExp(`^${prefix}-[0-9a-f]{8}(?:[0-9a-f]{9})?$`));

/**
 * Versions in standard support by EKS for some time (user guide, kubernetes-versions: 1.34 until 2 December 2026) that kubectl
 * 1.35 may talk to (one minor away at most, Kubernetes version skew policy).
 */
export const KUBERNETES_VERSIONS = ['1.35', '1.36'] as const;

const cluster = section({
  name: text(
    'a cluster name of 1 to 100 letters, digits, - and _ that starts with a letter or digit',
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/,
  )
    .default('slipway')
    .meta(describe('Name of the EKS cluster.')),
  version: z
    .enum(KUBERNETES_VERSIONS, { error: KUBERNETES_VERSIONS.join(' or ') })
    .default('1.35')
    .meta(describe('Kubernetes version, in quotes.')),
  existing: section({
    securityGroupId: vpcResource('sg', 'a security group id, sg-…').meta(
      describe("The cluster's security group; the deploy and verify builds may reach the cluster through it."),
    ),
  })
    .optional()
    .meta(
      describe(
        'The cluster exists already (with access entries enabled): use it, do not create it. Needs `network.existing`.',
      ),
    ),
})
  .prefault({})
  .meta(describe('The EKS cluster of every environment.'));

const network = section({
  existing: section({
    vpcId: vpcResource('vpc', 'a VPC id, vpc-…').meta(describe('Id of the VPC.')),
    availabilityZones: z
      .array(text('an availability zone such as eu-west-1a', /^[a-z]{2,}(?:-[a-z]+)+-\d[a-z]$/), {
        error: 'a list of availability zones',
      })
      .min(2, { error: 'at least two availability zones' })
      .meta(describe('Its availability zones, at least two.')),
    privateSubnetIds: z
      .array(vpcResource('subnet', 'a subnet id, subnet-…'), { error: 'a list of subnet ids' })
      .min(2, { error: 'at least two subnets' })
      .meta(describe('One private subnet (with a way out, by NAT) for each zone, in the same order.')),
  })
    .optional()
    .meta(describe('Use this VPC, do not create one.')),
})
  .prefault({})
  .meta(describe('The VPC.'));

const aws = section({
  account: text('an account id of 12 digits', /^\d{12}$/)
    .optional()
    .meta(
      describe(
        'Account to deploy to, in quotes. Default: the one of your credentials. `SLIPWAY_ACCOUNT` overrides it.',
      ),
    ),
  region: text('a region such as eu-west-1', /^[a-z]{2,}(?:-[a-z]+)+-\d$/)
    .optional()
    .meta(describe('Region to deploy to. Default: the one of your credentials. `SLIPWAY_REGION` overrides it.')),
})
  .prefault({})
  .meta(describe('Where the stacks go.'));

const notifications = section({
  emails: z
    .array(text('an e-mail address', /^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/, 254), { error: 'a list of e-mail addresses' })
    .default([])
    .meta(describe('Told about failed pipelines and alarms; each must confirm its subscription once.')),
})
  .prefault({})
  .meta(describe('Who is told.'));

/** Values that CloudWatch Logs accepts (API PutRetentionPolicy, retentionInDays). */
export const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const retention = section({
  logs: z
    .literal(LOG_RETENTION_DAYS, {
      error: `a number of days that CloudWatch accepts: ${LOG_RETENTION_DAYS.join(', ')}`,
    })
    .default(90)
    .meta(describe('Days that logs are kept.')),
  images: whole('a whole number from 1 to 1000', 1, 1000).default(50).meta(describe('Released images that are kept.')),
})
  .prefault({})
  .meta(describe('How long things are kept.'));

const TAG_KEY = /^(?![aA][wW][sS]:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;

const tags = z
  .record(
    text('a tag key of 1 to 128 letters, digits, spaces and _ . : / = + - @ that does not start with aws:', TAG_KEY),
    text(
      'a tag value of at most 256 letters, digits, spaces and _ . : / = + - @',
      /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
    ),
    { error: 'a mapping of tag keys to values' },
  )
  .refine((value) => Object.keys(value).length <= 40, { error: 'at most 40 tags' })
  .default({})
  .meta(describe('Tags on every resource.'));

const local = section({
  images: z
    .record(
      text('an image repository without tag or digest', /^[a-z0-9][a-z0-9._\-/]*(?::\d+\/[a-z0-9._\-/]+)?$/, 255),
      section({
        command: z
          .array(z.string({ error: 'a text' }), { error: 'a list: the program and its arguments' })
          .refine(([program = '']) => program !== '', { error: 'a list that starts with a program' })
          .meta(
            describe(
              "Program and arguments that run in place of the container's own command and arguments. `$HOST` and `$PORT` stand for where it must listen.",
            ),
          ),
      }),
      { error: 'a mapping of image repositories to commands' },
    )
    .default({})
    .meta(describe('Third-party images -> what runs in their place on this machine.')),
  prepare: z
    .string({ error: 'a shell command' })
    .min(1, { error: 'a shell command' })
    .optional()
    .meta(
      describe(
        "Shell command that takes the place of the Dockerfile's RUN lines. Runs in the build context, with IMAGE_ROOT set to the root folder of the image.",
      ),
    ),
})
  .prefault({})
  .meta(describe('For runs on a laptop only; nothing of it reaches AWS.'));

/** The whole file. */
export const fileSchema = z.strictObject({
  service,
  source,
  branches,
  build,
  checks,
  environments: environmentsSchema,
  cluster,
  network,
  aws,
  notifications,
  retention,
  tags,
  local,
});
