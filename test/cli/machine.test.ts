import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contents, makePath, Place } from './command-line';

let place: Place;
beforeAll(() => {
  place = new Place();
});
afterAll(() => place.remove());
afterEach(() => rmSync(place.state, { recursive: true, force: true }));

/** What a Python says when it is asked what it is. */
const python = (version: readonly number[], pip: boolean): string =>
  `echo '${JSON.stringify({ executable: '/opt/python', version, pip, ensurepip: pip })}'`;

const BASIC = ['sh', 'bash', 'env', 'cp'];
let paths = 0;
const path = (programs: readonly string[], scripts?: Record<string, string>): string =>
  makePath(join(place.folder, `path${++paths}`), [...BASIC, ...programs], scripts);

interface Lack {
  readonly env: () => Record<string, string>;
  /** What `run` says, whole. */
  readonly run: RegExp;
  /** Lines of `doctor`: what is missing and what mends it. */
  readonly doctor: RegExp;
}

const lacks: Record<string, Lack> = {
  'no git': {
    env: () => ({ PATH: path([], { python3: python([3, 12, 1], true) }) }),
    run: /^git was not found on PATH, and the source comes from a git repository; `slipway doctor` says how to install it\n$/,
    doctor: /✗ git +not on PATH\n +→ apt install git/,
  },
  'no Python': {
    env: () => ({ PATH: path(['git']) }),
    run: /^Python 3\.11 or newer is needed and there is none on PATH\. Install it \(.*\n$/,
    doctor: /✗ Python +Python 3\.11 or newer is needed and there is none on PATH\.\n +→ Install it \(.*python3-venv/,
  },
  'too old a Python': {
    env: () => ({ PATH: path(['git'], { python3: python([3, 9, 2], true) }) }),
    run: /^Python 3\.11 or newer is needed: python3 is 3\.9\.2\. Install it \(.*\n$/,
    doctor: /✗ Python +Python 3\.11 or newer is needed: python3 is 3\.9\.2\.\n +→ Install it/,
  },
  'SLIPWAY_PYTHON that is none': {
    env: () => ({ SLIPWAY_PYTHON: '/nowhere/python3' }),
    run: /^Python 3\.11 or newer is needed: SLIPWAY_PYTHON is \/nowhere\/python3, which does not run as a Python: .*ENOENT\n$/,
    doctor: /✗ Python +Python 3\.11.*SLIPWAY_PYTHON is \/nowhere\/python3.*\n +→ let SLIPWAY_PYTHON name one/,
  },
  'a Python without pip and venv': {
    env: () => ({ PATH: path(['git'], { python3: python([3, 12, 1], false) }) }),
    run: /^\/opt\/python has neither pip nor ensurepip: install pip for it \(Debian, Ubuntu: apt install python3\.12-venv\)\n$/,
    doctor: /✗ Python +3\.12\.1, \/opt\/python, without pip and ensurepip\n +→ apt install python3-venv/,
  },
};

describe.each(Object.entries(lacks))('%s', (_, { env, run, doctor }) => {
  test('run: one message, exit code 3, nothing half done', async () => {
    const ended = await place.run(['run', '--json'], { env: env() });
    expect(ended.stderr).toMatch(run);
    expect(ended.code).toBe(3);
    for (const line of ended.stdout.split('\n').filter(Boolean)) expect(JSON.parse(line).kind).toBe('preparation');
    expect(contents(place.state).filter((name) => name !== 'cdk.out')).toEqual([]);
    expect(contents(join(place.clone, '.slipway', 'tools'))).toEqual([]);
  });

  test('doctor: names it and what mends it, exit code 3', async () => {
    const ended = await place.run(['doctor'], { env: env() });
    expect(ended.stdout).toMatch(doctor);
    expect(ended.stdout).toMatch(/1 missing: `slipway run` can't work yet\n$/);
    expect(ended).toMatchObject({ code: 3, stderr: '' });
    expect(contents(place.state)).toEqual([]);
  });
});

test('doctor on a machine that has everything: exit code 0, nothing made', async () => {
  const { code, stdout, stderr } = await place.run(['doctor']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).not.toContain('✗');
  for (const what of ['system', 'Node', 'git', 'bash', 'Python', 'packages', 'kubectl', 'configuration', 'source'])
    expect(stdout).toMatch(new RegExp(`^[✓·] ${what} `, 'mu'));
  expect(stdout).toContain('this machine can run pipelines');
  expect(contents(place.project)).toEqual(['service', 'slipway.yaml']);
});

test('doctor without a project still looks at the machine', async () => {
  const { code, stdout } = await place.run(['doctor'], { cwd: place.folder });
  expect(code).toBe(3);
  expect(stdout).toMatch(/✗ configuration +no slipway\.yaml in /);
  expect(stdout).toMatch(/✓ git /);
});

test('no network: the words of the command that failed and what it needed; nothing is left', async () => {
  const proxy = 'http://127.0.0.1:9';
  const { code, stderr } = await place.run(['run'], {
    env: {
      HTTP_PROXY: proxy,
      HTTPS_PROXY: proxy,
      http_proxy: proxy,
      https_proxy: proxy,
      PIP_RETRIES: '0',
      PIP_FIND_LINKS: undefined,
      NO_PROXY: '',
      no_proxy: '',
    },
  });
  expect(code).toBe(3);
  expect(stderr).toMatch(/^pip could not install uv:\n/);
  expect(stderr).toMatch(/127\.0\.0\.1|proxy|connection/i);
  expect(stderr).toContain('The first run needs a package index of Python; behind a proxy');
  expect(contents(join(place.clone, '.slipway', 'tools'))).toEqual([]);
});

test('packages that are not installed: says npm ci, exit code 3', async () => {
  const bare = new Place();
  try {
    for (const name of ['dist', 'node_modules']) rmSync(join(bare.clone, name), { recursive: true });
    const { code, stdout, stderr } = await bare.run(['run']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toBe(`the packages of slipway are not installed: run \`npm ci\` in ${bare.clone}/\n`);
  } finally {
    bare.remove();
  }
});

test('a bundle that was cut short is made again', async () => {
  const cut = new Place();
  try {
    rmSync(join(cut.clone, 'dist', 'inputs.json'));
    rmSync(join(cut.clone, 'dist', 'slipway.mjs'));
    expect((await cut.run(['--version'])).code).toBe(0);
    expect(contents(join(cut.clone, 'dist'))).toEqual(expect.arrayContaining(['inputs.json', 'slipway.mjs']));
  } finally {
    cut.remove();
  }
});

describe('a folder that is read-only', () => {
  const isRoot = process.getuid?.() === 0;
  /** Root writes everywhere, so it goes as somebody who owns nothing here. */
  const identity = isRoot ? { uid: 65534, gid: 65534 } : {};
  const env = { HOME: undefined };

  beforeAll(() => {
    chmodSync(place.folder, 0o755);
    chmodSync(place.project, 0o555);
  });
  afterAll(() => chmodSync(place.project, 0o755));

  test.each(['run', 'validate'])('%s: one message, exit code 3, nothing made', async (command) => {
    const ended = await place.run([command], { ...identity, env: { ...env, ...safeDirectory() } });
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toBe(
      `no permission for ${place.state}: make it writable for you, or run from a copy of the project that is\n`,
    );
    expect(contents(place.project)).toEqual(['service', 'slipway.yaml']);
  });

  test('doctor tells it', async () => {
    const { code, stdout } = await place.run(['doctor'], { ...identity, env: { ...env, ...safeDirectory() } });
    expect(code).toBe(3);
    expect(stdout).toMatch(/✗ state folder +.*project: EACCES\n +→ make it writable/);
  });

  (isRoot ? test : test.skip)('a repository of another user: says how to trust it', async () => {
    const ended = await place.run(['run'], { ...identity, env });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toBe(
      `git does not trust ${place.service}, since another user owns it; if you do: git config --global --add safe.directory '${place.service}'\n`,
    );
  });

  /** For git, which trusts no other user's repository unless it is told to. */
  function safeDirectory(): Record<string, string> {
    const home = join(place.folder, 'home');
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, '.gitconfig'), `[safe]\n\tdirectory = ${place.service}\n`);
    return { HOME: home };
  }
});
