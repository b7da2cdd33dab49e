import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programs } from './programs';
import { COMMIT, openWorkshop, VERSION, type Workshop } from './workshop';

/** A zip with kubectl/kubectl and helm/helm, as the layer's. */
const LAYER =
  'UEsDBBQAAAAAAAAAIVwdnfsECgAAAAoAAAAPAAAAa3ViZWN0bC9rdWJlY3RsIyEvYmluL3NoClBLAwQUAAAAAAAAACFcHZ37BAoAAAAKAAAACQAAAGhlbG0vaGVsbSMhL2Jpbi9zaApQSwECFAMUAAAAAAAAACFcHZ37BAoAAAAKAAAADwAAAAAAAAAAAAAAgAEAAAAAa3ViZWN0bC9rdWJlY3RsUEsBAhQDFAAAAAAAAAAhXB2d+wQKAAAACgAAAAkAAAAAAAAAAAAAAIABNwAAAGhlbG0vaGVsbVBLBQYAAAAAAgACAHQAAABoAAAAAAA=';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
}, 180_000);
afterAll(() => workshop.remove());

const DIGEST = `sha256:${'a'.repeat(64)}`;
const PROGRAM = 'console.log("the deployer");';
const ENVIRONMENT = {
  CLUSTER: 'slipway',
  NAMESPACE: 'visits-dev',
  ENVIRONMENT: 'dev',
  MANIFESTS: 'k8s/overlays/dev',
  HELM_VALUES: '',
  REPOSITORY: 'visits',
  REPOSITORY_URI: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/visits',
  ROLLOUT_TIMEOUT: '300s',
  SETTLE: '5s',
  STRATEGY: '{"kind":"rolling","maxSurge":"50%"}',
  URL: '',
  ALARMS: '',
  RELEASES: 's3://releases',
  KUBECTL_VERSION: '1.35',
  KUBECTL_S3: 's3://assets/kubectl.zip',
  KUBECTL_SHA256: createHash('sha256').update(Buffer.from(LAYER, 'base64')).digest('hex'),
  PROGRAM_S3: 's3://assets/deploy.mjs',
  PROGRAM_SHA256: createHash('sha256').update(PROGRAM).digest('hex'),
  ATTESTATIONS: 's3://attestations',
  PROVENANCE_KEY: 'arn:key',
  PROVENANCE_BUILDERS: 'arn:one arn:two',
  PROVENANCE_SOURCE: 'arn:source',
  MODE: 'deploy',
  VERSION,
  COMMIT,
};

/** Runs the job with a `node` that writes down how it is called and ends with `status`. */
const deploy = async (
  environment: Record<string, string> = {},
  { status = 0, image = DIGEST, base = ENVIRONMENT as Record<string, string> } = {},
) => {
  const folder = programs(workshop.root, {
    aws: `case "$1 $2" in
'ecr describe-images') [ '${image}' ] || exit 254; echo '${image}' ;;
'eks update-kubeconfig') : ;;
's3 cp') case "$4" in
  *kubectl.zip) cp "$STATE/layer.zip" "$5" ;;
  *) printf '%s' '${PROGRAM}' > "$5" ;;
esac ;;
*) echo "unexpected: aws $*" >&2; exit 1 ;;
esac`,
    kubectl: `echo 'Client Version: v1.35.2'`,
    // The build asks for its version, to tell what the machine has.
    node: `[ "$1" != --version ] || exit 0; printf '%s\\n' "$@" > "$STATE/arguments"; command -v helm > "$STATE/helm"; mkdir -p .reports
echo '<testsuite name="deploy" tests="1"><testcase name="Lock"/></testsuite>' > .reports/junit.xml; exit ${status}`,
  });
  const source = workshop.sample();
  const layer = join(folder, 'layer.zip');
  writeFileSync(layer, Buffer.from(LAYER, 'base64'));
  if (environment['MANIFESTS'] === 'chart') {
    mkdirSync(join(source, 'chart'));
    writeFileSync(join(source, 'chart', 'Chart.yaml'), 'name: visits\n');
  }
  const result = await workshop.run('deploy', {
    source,
    programs: folder,
    environment: { ...base, ...environment },
  });
  const read = (name: string): string => {
    const file = join(folder, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  const [program = '', mode, ...words] = read('arguments').split('\n').slice(0, -1);
  return { ...result, program, mode, words, line: words.join(' '), helm: read('helm') };
};

test('a deploy is given the release by digest, and everything that the environment says', async () => {
  const { outcome, log, program, mode, words, line, reports } = await deploy({
    URL: 'https://dev.example.com',
    ALARMS: 'visits-dev platform',
  });
  expect({ outcome, log }).toMatchObject({ outcome: { status: 'Succeeded' } });
  expect(program).toMatch(/\/program\.mjs$/);
  expect(mode).toBe('deploy');
  expect(line).toMatch(
    `--service visits --environment dev --namespace visits-dev --version ${VERSION} --releases s3://releases --id `,
  );
  expect(words).toContain('{"kind":"rolling","maxSurge":"50%"}');
  expect(line).toContain('--rollout-timeout 300s --settle 5s --url https://dev.example.com');
  expect(line).toContain(
    `--manifests k8s/overlays/dev --image visits=111122223333.dkr.ecr.eu-west-1.amazonaws.com/visits@${DIGEST}`,
  );
  expect(line).toMatch(/--alarms visits-dev platform$/);
  expect(reports).toHaveLength(1);
}, 30_000);

const SIGNED =
  '--attestations s3://attestations --provenance-key arn:key --builders arn:one arn:two --source-repository arn:source';

test('a deploy and what puts a release back are told what must be signed about the image', async () => {
  const { line } = await deploy();
  expect(line).toContain(SIGNED);
  expect(line).toContain(`--commit ${COMMIT}`);
  for (const MODE of ['accept', 'restore']) {
    const { line: other } = await deploy({ MODE }, { image: '' });
    expect(other).toContain(SIGNED);
    expect(other).toMatch(/--image-repository \d+\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/visits$/);
  }
}, 60_000);

test('one that is said without the others ends it before the deployer', async () => {
  const { PROVENANCE_KEY: _, ...rest } = ENVIRONMENT;
  const { outcome, words } = await deploy({}, { base: rest });
  expect(outcome).toMatchObject({ status: 'Failed' });
  expect(words).toEqual([]);
}, 30_000);

test('a template that says nothing of it: the deployer is told nothing', async () => {
  const { ATTESTATIONS: _, PROVENANCE_KEY: _k, PROVENANCE_BUILDERS: _b, PROVENANCE_SOURCE: _s, ...rest } = ENVIRONMENT;
  const { outcome, words } = await deploy({}, { base: rest });
  expect(outcome).toMatchObject({ status: 'Succeeded' });
  for (const absent of ['--attestations', '--builders', '--commit']) expect(words).not.toContain(absent);
}, 30_000);

test.each(['ATTESTATIONS', 'PROVENANCE_KEY', 'PROVENANCE_SOURCE', 'COMMIT'])(
  'an empty %s is handed on, for the deployer to refuse: nothing switches the verification off',
  async (name) => {
    const { words } = await deploy({ [name]: '' });
    expect(words).toContain('');
    expect(words).toHaveLength((await deploy()).words.length);
  },
  60_000,
);

test('what the environment does not say is left to the deployer', async () => {
  const { words } = await deploy();
  for (const absent of ['--url', '--alarms', '--helm-values', '']) expect(words).not.toContain(absent);
}, 30_000);

test.each(['accept', 'restore'])(
  '%s needs neither image nor manifests',
  async (MODE) => {
    const { outcome, mode, words } = await deploy({ MODE, ALARMS: 'visits-dev' }, { image: '' });
    expect(outcome).toMatchObject({ status: 'Succeeded' });
    expect(mode).toBe(MODE);
    for (const absent of ['--image', '--manifests', '--alarms']) expect(words).not.toContain(absent);
  },
  30_000,
);

test.each([
  ['deploy', 10, 'Failed'],
  ['accept', 10, 'Failed'],
  ['restore', 10, 'Succeeded'],
  ['restore', 13, 'Failed'],
])(
  '%s that ends with %i: %s',
  async (MODE, status, expected) => {
    expect((await deploy({ MODE }, { status })).outcome).toMatchObject({ status: expected });
  },
  30_000,
);

test.each([
  ['yes', true],
  ['no', false],
  ['', false],
])(
  'IGNORE_ALARMS=%s: the deployer is told: %s',
  async (IGNORE_ALARMS, isTold) => {
    const { outcome, words } = await deploy({ IGNORE_ALARMS, ALARMS: 'visits-dev platform' });
    expect(outcome).toMatchObject({ status: 'Succeeded' });
    expect(words.includes('--ignore-alarms')).toBe(isTold);
  },
  30_000,
);

test.each(['true', 'YES', 'yes please'])(
  'IGNORE_ALARMS=%s is neither: nothing is deployed',
  async (IGNORE_ALARMS) => {
    const { outcome, log, program } = await deploy({ IGNORE_ALARMS });
    expect(outcome).toMatchObject({ status: 'Failed' });
    expect(log).toContain(`The pipeline's variable IgnoreAlarms is '${IGNORE_ALARMS}'; it takes: no, yes.`);
    expect(program).toBe('');
  },
  30_000,
);

test('a program that is not the one of the stack is not run', async () => {
  const { outcome, log, program } = await deploy({ PROGRAM_SHA256: 'f'.repeat(64) });
  expect(outcome).toMatchObject({ status: 'Failed' });
  expect(log).toContain('s3://assets/deploy.mjs does not have the SHA-256 fff');
  expect(program).toBe('');
}, 30_000);

test('an archive of kubectl and helm that is not the one of the stack is not unpacked', async () => {
  const { outcome, log, program } = await deploy({ MANIFESTS: 'chart', KUBECTL_SHA256: 'f'.repeat(64) });
  expect(outcome).toMatchObject({ status: 'Failed' });
  expect(log).toContain('s3://assets/kubectl.zip does not have the SHA-256 fff');
  expect(program).toBe('');
}, 30_000);

test('an image that is not there', async () => {
  const { outcome, program } = await deploy({}, { image: '' });
  expect(outcome).toMatchObject({ status: 'Failed' });
  expect(program).toBe('');
}, 30_000);

test('a chart finds helm, out of the archive that holds kubectl', async () => {
  const { outcome, helm, line } = await deploy({ MANIFESTS: 'chart', HELM_VALUES: 'a.yaml b.yaml' });
  expect(outcome).toMatchObject({ status: 'Succeeded' });
  expect(helm).not.toBe('');
  expect(line).toContain('--helm-values a.yaml b.yaml');
}, 30_000);
