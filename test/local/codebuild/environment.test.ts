import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseBuildspec } from '../../../lib/local/codebuild/buildspec';
import { passedOn } from '../../../lib/local/codebuild/environment';
import { secretsFile } from '../../../lib/local/codebuild/secrets';
import { plain, temporaryFolder, testHost } from './host';

const host = testHost();

const buildspec = (env: string, ...commands: string[]): string =>
  `version: 0.2\nenv:\n  shell: bash\n${env}\nphases:\n  build:\n    commands:\n${commands.map((command) => `      - ${JSON.stringify(command)}\n`).join('')}`;

/** The environment as a build's process sees it. */
async function seen(request: Partial<Parameters<typeof host.run>[0]> = {}): Promise<Record<string, string>> {
  const { lines } = await host.run({ buildspec: buildspec('', 'env'), ...request });
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

test('action beats project beats buildspec, and values are literal', async () => {
  const { lines } = await host.run({
    buildspec: buildspec("  variables: {A: buildspec, B: buildspec, C: '$HOME $(id)'}", 'echo "$A $B $C $D"'),
    project: plain({ A: 'project', B: 'project' }),
    environment: plain({ A: 'action', D: '`id`' }),
  });
  expect(lines).toEqual(['action project $HOME $(id) `id`']);
});

test('CodeBuild’s variables are there', async () => {
  const variables = await seen({ secondary: { Package: { a: '1' } } });
  expect(variables).toMatchObject({
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_REGION: 'eu-west-1',
    CODEBUILD_BUILD_ARN: expect.stringMatching(
      /^arn:aws:codebuild:eu-west-1:111122223333:build\/visits-build:[0-9a-f-]{36}$/,
    ),
    CODEBUILD_BUILD_ID: expect.stringMatching(/^visits-build:[0-9a-f-]{36}$/),
    CODEBUILD_BUILD_IMAGE: 'aws/codebuild/amazonlinux-x86_64-standard:5.0',
    CODEBUILD_BUILD_SUCCEEDING: '1',
    CODEBUILD_CI: 'true',
    CODEBUILD_INITIATOR: 'codepipeline/visits-development',
    CODEBUILD_PROJECT_ARN: 'arn:aws:codebuild:eu-west-1:111122223333:project/visits-build',
    CODEBUILD_RESOLVED_SOURCE_VERSION: '4f2c1d0',
    CODEBUILD_SOURCE_VERSION: 'arn:aws:s3:::visits-development/Source',
    CODEBUILD_SRC_DIR: expect.stringMatching(/\/src$/),
    CODEBUILD_SRC_DIR_Package: expect.stringMatching(/\/sources\/Package$/),
    CODEBUILD_START_TIME: expect.stringMatching(/^\d{13}$/),
    HOME: expect.stringMatching(/\/home$/),
    AWS_ACCESS_KEY_ID: 'key of arn:aws:iam::111122223333:role/visits-build',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  });
});

test('nothing of the user’s reaches a build but what a company’s network needs', async () => {
  process.env['SLIPWAY_TEST_CANARY'] = 'canary';
  const user = {
    PATH: '/user/bin:/usr/bin',
    HOME: '/home/user',
    AWS_PROFILE: 'admin',
    AWS_ACCESS_KEY_ID: 'AKIAUSER',
    GITHUB_TOKEN: 'token',
    KUBECONFIG: '/home/user/.kube/config',
    PYTHONPATH: '/user/python',
    VIRTUAL_ENV: '/user/venv',
    BASH_ENV: '/user/bashrc',
    HTTPS_PROXY: 'http://proxy:3128',
    NO_PROXY: 'internal',
    SSL_CERT_FILE: '/etc/ca.pem',
    PIP_INDEX_URL: 'https://index.example/simple',
    UV_DEFAULT_INDEX: 'https://index.example/simple',
  };
  const variables = await seen({ user });
  const values = Object.values(variables).join('\n');
  for (const canary of ['canary', '/user', '/home/user', 'admin', 'AKIAUSER', 'token\n'])
    expect(values).not.toContain(canary);
  expect(variables).toMatchObject({
    HTTPS_PROXY: 'http://proxy:3128',
    NO_PROXY: 'internal,127.0.0.1,localhost,::1',
    SSL_CERT_FILE: '/etc/ca.pem',
    PIP_INDEX_URL: 'https://index.example/simple',
    UV_DEFAULT_INDEX: 'https://index.example/simple',
  });
  expect(Object.keys(variables)).not.toEqual(expect.arrayContaining(['SLIPWAY_TEST_CANARY']));
  delete process.env['SLIPWAY_TEST_CANARY'];
});

test('the home of a build is its own and empty, and the user’s is not named anywhere', async () => {
  const { lines } = await host.run({ buildspec: buildspec('', 'ls -A ~ | wc -l | tr -d " "; echo ~; touch ~/x') });
  expect(lines[0]).toBe('0');
  expect(lines[1]).not.toBe(homedir());
});

test.each([
  'AWS_SECRET_ACCESS_KEY',
  'PIP_TARGET',
  'UV_PYTHON',
  'PYTHONSTARTUP',
  'NPM_TOKEN',
  'NPM_CONFIG_PREFIX',
  'XHTTP_PROXY',
  'LD_PRELOAD',
])('%s is not passed on', (name) => expect(passedOn({ [name]: 'x' })).toEqual({}));

test.each([
  'https_proxy',
  'REQUESTS_CA_BUNDLE',
  'PIP_EXTRA_INDEX_URL',
  'UV_INDEX_INTERNAL_PASSWORD',
  'npm_config_registry',
  'NPM_CONFIG_CAFILE',
])('%s is passed on', (name) => expect(passedOn({ [name]: 'x' })).toEqual({ [name]: 'x' }));

test('names that start with CODEBUILD_ cannot be set', async () => {
  const { outcome } = await host.run({ buildspec: buildspec('', ':'), environment: plain({ CODEBUILD_SRC_DIR: '/' }) });
  expect(outcome).toMatchObject({ status: 'Failed', reason: expect.stringContaining('CODEBUILD_SRC_DIR') });
});

describe('secrets', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'secrets.yaml');
  const secret = 'p/ss w&rd-"ü"-7';
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    file,
    `parameter-store:\n  /visits/flag: plain-parameter\nsecrets-manager:\n  visits/db: ${JSON.stringify({ password: secret })}\n  "arn:aws:secretsmanager:eu-west-1:1:secret:x-1": whole-secret\n`,
  );
  const secrets = secretsFile(file);

  test('come from the local file, by buildspec and by project', async () => {
    const { outcome } = await host.run({
      secrets,
      buildspec: buildspec(
        '  parameter-store: {FLAG: /visits/flag}\n  secrets-manager: {PASSWORD: "visits/db:password", ARN: "arn:aws:secretsmanager:eu-west-1:1:secret:x-1"}\n  exported-variables: [SIZES]',
        'SIZES="${#FLAG} ${#PASSWORD} ${#ARN} ${#WHOLE}"',
      ),
      project: [{ name: 'WHOLE', value: 'visits/db', type: 'SECRETS_MANAGER' }],
    });
    const whole = JSON.stringify({ password: secret }).length;
    expect(outcome).toMatchObject({ status: 'Succeeded', variables: { SIZES: `15 15 12 ${whole}` } });
  });

  test('are in no event, log, reason or report, in no encoding', async () => {
    const print = [
      'echo "raw $PASSWORD"',
      'printf "%s" "$PASSWORD" | base64',
      'printf "user:%s" "$PASSWORD" | base64 -w0; echo',
      'printf "ab%s" "$PASSWORD" | base64 -w0; echo',
      `echo ${encodeURIComponent(secret).replaceAll("'", '%27')}`,
      'printf \'<testsuite><testcase name="t"><failure>%s</failure></testcase><testcase name="s"><skipped>%s</skipped></testcase></testsuite>\' "${PASSWORD//&/&amp;}" "${PASSWORD//&/&amp;}" > unit.xml',
      'echo "$AWS_SECRET_ACCESS_KEY $AWS_SESSION_TOKEN"',
      `echo "${secret.replaceAll('"', '\\"')}"; false`,
    ];
    const { outcome, events, workspace } = await host.run({
      secrets,
      buildspec: `${buildspec('  secrets-manager: {PASSWORD: "visits/db:password"}', ...print)}reports:\n  unit: {files: [unit.xml]}\n`,
    });
    const kept = readFileSync(join(workspace, 'log.txt'), 'utf8');
    const everything = JSON.stringify([outcome, events]) + kept;
    const forms = [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64').slice(0, 16),
      'secret of',
      'token of',
    ];
    for (const form of forms) expect(everything).not.toContain(form);
    for (const prefix of ['user:', 'ab'])
      expect(kept).not.toContain(
        Buffer.from(prefix + secret)
          .toString('base64')
          .slice(4, 20),
      );
    expect(kept).toContain('raw ***');
    expect(events.some((event) => event.kind === 'report')).toBe(true);
  });

  test('that are missing are all told, with what to write where', async () => {
    const { outcome } = await host.run({
      secrets,
      buildspec: buildspec('  parameter-store: {A: /no/such}\n  secrets-manager: {B: "visits/db:user", C: other}', ':'),
    });
    expect(outcome).toMatchObject({ status: 'Failed' });
    const { reason } = outcome as { reason: string };
    expect(reason).toContain(`A: parameter /no/such is not known on this machine; add it to ${file}`);
    expect(reason).toContain('B: key user of secret visits/db is not known on this machine');
    expect(reason).toContain('secrets-manager:\n  other: VALUE');
  });

  test('a password in an index URL is masked', async () => {
    const { lines } = await host.run({
      user: { PIP_INDEX_URL: 'https://me:s%40cret@index.example/' },
      buildspec: buildspec('', 'echo "$PIP_INDEX_URL s@cret"'),
    });
    expect(lines).toEqual(['https://me:***@index.example/ ***']);
  });

  test('that are versions are told by their stage or id; AWSCURRENT is the secret itself', () => {
    writeFileSync(
      join(folder, 'versions.yaml'),
      'parameter-store: {/n: 007}\nsecrets-manager:\n  db: {p: now}\n  db@AWSPREVIOUS: {p: before}\n  db@1-2: {p: old}\n  plain: 0x10\n',
    );
    const source = secretsFile(join(folder, 'versions.yaml'));
    const value = (reference: string) => {
      const found = source.secret(reference);
      return found.ok ? found.value : found.errors.join();
    };
    expect(['db:p', 'db:p:AWSCURRENT', 'db:p:AWSPREVIOUS', 'db:p::1-2', 'db', 'plain'].map(value)).toEqual([
      'now',
      'now',
      'before',
      'old',
      '{"p":"now"}',
      '0x10',
    ]);
    expect(source.parameter('/n')).toEqual({ ok: true, value: '007' });
    expect(value('db:p:AWSPENDING')).toContain('secret db@AWSPENDING is not known on this machine');
  });

  test('named by their ARN are found by their name as well', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:1:secret:visits/db-AbC123';
    expect(secrets.secret(`${arn}:password`)).toEqual({ ok: true, value: secret });
  });

  test.each([
    ['', 'has no secret id'],
    [':key', 'has no secret id'],
    ['a:b:c:d:e', 'has too many parts'],
    ['a:b:AWSCURRENT:1', 'not both'],
    ['arn:aws:s3:::x', 'is no ARN of a secret'],
  ])('with the reference %j are refused: %s', (reference, message) => {
    expect(secrets.secret(reference)).toMatchObject({ ok: false, errors: [expect.stringContaining(message)] });
    const text = `version: 0.2\nenv:\n  secrets-manager:\n    A: ${JSON.stringify(reference)}\nphases: {build: {commands: [x]}}`;
    const parsed = parseBuildspec(text);
    expect(parsed.ok ? [] : parsed.errors).toMatchObject([{ line: 4, message: expect.stringContaining(message) }]);
  });

  test('are not exported: of the project by CodeBuild’s rule, of the buildspec since a run keeps variables', async () => {
    const env = '  secrets-manager: {PASSWORD: "visits/db:password"}\n  exported-variables: [WHOLE, COPY, FINE]';
    const { outcome, log } = await host.run({
      secrets,
      buildspec: buildspec(env, 'COPY="x$(printf %s "$PASSWORD" | base64)"; FINE=1'),
      project: [{ name: 'WHOLE', value: 'visits/db', type: 'SECRETS_MANAGER' }],
    });
    expect(log).toContain('exported variable WHOLE is not exported');
    expect(outcome).toMatchObject({
      status: 'Failed',
      reason: expect.stringMatching(/^exported variable COPY holds a secret/),
    });
  });

  test('do not stay in any file of the build', async () => {
    const { workspace, outcome } = await host.run({
      secrets,
      buildspec: buildspec(
        '  secrets-manager: {PASSWORD: "visits/db:password"}',
        'echo "$PASSWORD" > "report-$(printf %s "$PASSWORD" | tr -dc a-z).xml"; export COPY="$PASSWORD"; false',
      ),
    });
    expect(outcome.status).toBe('Failed');
    const left = readdirSync(workspace, { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && !entry.parentPath.endsWith('/src'),
    );
    expect(left.map((entry) => entry.name)).toEqual(['log.txt']);
    expect(readFileSync(join(workspace, 'log.txt'), 'utf8')).not.toContain(secret);
  });
});
