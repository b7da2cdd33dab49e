import { type Temptation, tempt } from '../dependencies/decoy';
import { type Files, ownFiles, refusals, sampleFiles } from '../dependencies/gate';
import { type Check, type Mutant, type Row, suite } from '../mutants';

const mutant = <S>(id: string, foundBy: string, description: string, apply: (subject: S) => void): Mutant<S> => ({
  id: `3-${id}`,
  foundBy,
  description,
  apply,
});

/** Puts one text in the place of another that must be there. */
const swap = (files: Files, path: string, from: string | RegExp, to: string): void => {
  const changed = (files[path] ?? '').replace(from, to);
  if (changed === files[path]) throw new Error(`no ${from} in ${path}`);
  files[path] = changed;
};
const append = (files: Files, path: string, text: string): void => {
  files[path] = `${files[path] ?? ''}\n${text}\n`;
};

// -- What the repository of a service brings ------------------------------------------------------------------------

const repository: Check<Files> = {
  name: 'repository',
  holds:
    'The Build action refuses a repository that has anything installed without hash, by tag, or from a second index.',
  findings: (files) => refusals(files),
};

const REGISTRY = 'source = { registry = "https://pypi.org/simple" }';
const FIRST_HASH = /, hash = "sha256:[0-9a-f]{64}"/;
const BASE = /@sha256:[0-9a-f]{64}/;
const inRepository = (id: string, description: string, apply: (files: Files) => void): Mutant<Files> =>
  mutant(id, repository.name, `repository with ${description}`, apply);
const withLine = (id: string, description: string, path: string, line: string): Mutant<Files> =>
  inRepository(id, description, (files) => append(files, path, line));

const repositories: Mutant<Files>[] = [
  inRepository('no-lock', 'no lock file', (files) => delete files['uv.lock']),
  inRepository('no-hash', 'a locked file without hash', (files) => swap(files, 'uv.lock', FIRST_HASH, '')),
  inRepository('weak-hash', 'a locked file with an MD5', (files) =>
    swap(files, 'uv.lock', FIRST_HASH, ', hash = "md5:d41d8cd98f00b204e9800998ecf8427e"'),
  ),
  inRepository('second-index-locked', 'a package that was locked from a second index', (files) =>
    swap(files, 'uv.lock', REGISTRY, 'source = { registry = "https://packages.example/simple" }'),
  ),
  inRepository('git-source', 'a package from git', (files) =>
    swap(files, 'uv.lock', REGISTRY, 'source = { git = "https://example.com/flask.git" }'),
  ),
  inRepository('path-outside', 'a package from a folder outside of it', (files) =>
    swap(files, 'uv.lock', REGISTRY, 'source = { directory = "../elsewhere" }'),
  ),
  inRepository('other-host', 'a locked file on another host', (files) =>
    swap(files, 'uv.lock', 'https://files.pythonhosted.org/', 'https://files.pythonhosted.org.example/'),
  ),
  inRepository('other-name', 'a locked file that is another package', (files) =>
    swap(files, 'uv.lock', /\/ast_serialize-0\.13\.1-cp314/, '/ast_serialise-0.13.1-cp314'),
  ),
  withLine(
    'index',
    'a second index in pyproject.toml',
    'pyproject.toml',
    '[[tool.uv.index]]\nname = "x"\nurl = "https://packages.example/simple"',
  ),
  withLine('index-toml', 'a second index in uv.toml', 'uv.toml', '[[index]]\nurl = "https://packages.example/simple"'),
  withLine(
    'index-deep',
    'a second index in a folder above the package',
    'tools/uv.toml',
    'index-url = "https://packages.example/simple"',
  ),
  withLine('extra-index', 'extra-index-url', 'uv.toml', 'extra-index-url = ["https://packages.example/simple"]'),
  withLine('find-links', 'find-links', 'pyproject.toml', '[tool.uv]\nfind-links = ["https://packages.example/"]'),
  withLine(
    'strategy',
    'a strategy that takes the newest of any index',
    'uv.toml',
    'index-strategy = "unsafe-best-match"',
  ),
  withLine(
    'pip-index',
    "an index for uv's pip",
    'uv.toml',
    '[pip]\nextra-index-url = ["https://packages.example/simple"]',
  ),
  withLine(
    'source',
    'a source of its own for a package',
    'pyproject.toml',
    '[tool.uv.sources]\nflask = { url = "https://example.com/flask.whl" }',
  ),
  withLine('pip-conf', 'a pip.conf', 'pip.conf', '[global]\nextra-index-url = https://packages.example/simple'),
  inRepository('backend', 'a build system of any version', (files) =>
    swap(files, 'pyproject.toml', 'requires = ["uv_build>=0.13,<0.14"]', 'requires = ["hatchling"]'),
  ),
  inRepository('base-tag', 'a base image by tag', (files) => swap(files, 'Dockerfile', BASE, '')),
  inRepository('base-argument', 'a base image that an argument names', (files) =>
    swap(files, 'Dockerfile', /^FROM \S+/m, 'ARG BASE\nFROM $' + '{BASE}'),
  ),
  inRepository('copy-from-image', 'files of an image by tag', (files) =>
    swap(files, 'Dockerfile', 'COPY --from=build', 'COPY --from=ghcr.io/astral-sh/uv:latest'),
  ),
  withLine(
    'mount-from-image',
    'a mount of an image by tag',
    'Dockerfile',
    'RUN --mount=from=busybox:latest,target=/b /b/sh -c true',
  ),
  inRepository('frontend', 'a frontend by tag', (files) => {
    files['Dockerfile'] = `# syntax=docker/dockerfile:1\n${files['Dockerfile']}`;
  }),
  inRepository('pip-no-hash', 'pip without hashes', (files) => swap(files, 'Dockerfile', '--require-hashes ', '')),
  inRepository('uv-unlocked', 'uv sync without the lock', (files) =>
    swap(files, 'Dockerfile', 'uv sync --locked', 'uv sync'),
  ),
  withLine(
    'pip-index-option',
    'an index in the image',
    'Dockerfile',
    'RUN pip install --require-hashes --extra-index-url https://packages.example/simple -r r.txt',
  ),
  withLine('npm-install', 'npm install in the image', 'Dockerfile', 'RUN npm install left-pad'),
  withLine(
    'add-url',
    'a file that the image adds from a URL',
    'Dockerfile',
    'ADD https://example.com/tool.tar.gz /opt/',
  ),
  withLine('curl-sh', 'curl | sh in the image', 'Dockerfile', 'RUN curl -fsSL https://example.com/install.sh | sh'),
  withLine(
    'curl-lines',
    'curl | sh over several lines',
    'Dockerfile',
    'RUN curl -fsSL https://example.com/install.sh \\\n  | \\\n  sudo -E bash -s -- -y',
  ),
  withLine('wget-python', 'wget | python3', 'Dockerfile', 'RUN wget -qO- https://example.com/get.py | python3 -'),
  withLine(
    'sh-c-curl',
    'sh -c "$(curl …)"',
    'scripts/setup.sh',
    'sh -c "$(curl -fsSL https://example.com/install.sh)"',
  ),
  withLine('bash-process', 'bash <(curl …)', 'scripts/setup.sh', 'bash <(curl -s https://example.com/install.sh)'),
  withLine('eval-curl', 'eval of what curl gives', 'scripts/setup.sh', 'eval "$(curl -s https://example.com/env)"'),
  {
    ...withLine(
      'curl-then-run',
      'a file that is fetched and run a line later',
      'Dockerfile',
      'RUN curl -fsSLo /tmp/i https://example.com/i && sh /tmp/i',
    ),
    survives:
      'The gate reads lines, it does not follow files. What the build of an image fetches by itself is seen by no reading of its text; the bill of materials lists what is in the image then.',
  },
  {
    ...withLine(
      'apt',
      'a system package of any version',
      'Dockerfile',
      'RUN apt-get update && apt-get install -y libpq5',
    ),
    survives:
      "Debian's archive keeps no older versions, so a pinned version breaks the build when it is replaced; packages are signed by the distribution, and the base image is by digest.",
  },
];

// -- A package on a second index ------------------------------------------------------------------------------------

interface Attempts {
  temptations: Temptation[];
}

const decoy: Check<Attempts> = {
  name: 'decoy',
  holds:
    'A build on a commit that brings a second index, with a newer version of every package, fails and has asked that index for nothing.',
  findings: async ({ temptations }) => {
    const found: string[] = [];
    for (const temptation of temptations) {
      const { succeeded, asked, log } = await tempt(temptation);
      const where = Object.keys(temptation.append).join();
      if (succeeded) found.push(`${where}: the build succeeds`);
      if (asked.length > 0) found.push(`${where}: the second index was asked for ${asked.slice(0, 3).join(', ')}`);
      if (!succeeded && asked.length === 0 && !log.includes('packages come from'))
        throw new Error(`the build failed for another reason:\n${log}`);
    }
    return found;
  },
};

const GATE = 'dependencies "$PACKAGE_INDEX" "$PACKAGE_DIR" "$DOCKERFILE"';
/** A name such as a company's own packages have. */
const INTERNAL = 'visits-internal-metrics>=1';
const attempts = (): Attempts => ({
  temptations: [
    {
      append: { 'pyproject.toml': '\n[[tool.uv.index]]\nname = "decoy"\nurl = "$INDEX"\n' },
      wants: INTERNAL,
      build: [],
    },
    {
      append: { 'uv.toml': 'extra-index-url = ["$INDEX"]\nindex-strategy = "unsafe-best-match"\n' },
      wants: INTERNAL,
      build: [],
    },
  ],
});
const changed = (id: string, description: string, build: Temptation['build']): Mutant<Attempts> =>
  mutant(id, decoy.name, description, (subject) => {
    subject.temptations = subject.temptations.map((one) => ({ ...one, build }));
  });

const builds: Mutant<Attempts>[] = [
  changed('no-gate', 'build without the gate', [[GATE, ':']]),
  changed('gate-warns', 'gate that only warns', [[GATE, `${GATE} || echo "mind this"`]]),
  changed('gate-late', 'gate that comes after uv', [[GATE, `(cd "$PACKAGE_DIR" && uv lock --check) || :; ${GATE}`]]),
];

// -- What this project runs itself ----------------------------------------------------------------------------------

const lines = (files: Files, path: RegExp): [path: string, line: string][] =>
  Object.entries(files)
    .filter(([name]) => path.test(name))
    .flatMap(([name, text]) =>
      text
        .replace(/\\\n\s*/g, '')
        .split('\n')
        .filter((line) => !/^\s*#/.test(line))
        .map((line): [string, string] => [name, line.trim()]),
    );
const shown = (found: [string, string][], what: string): string[] =>
  found.map(([path, line]) => `${path}: ${what}: ${line.slice(0, 100)}`);

const FETCH_AND_RUN =
  /\b(curl|wget)\b[^;&]*\|\s*(sudo )?((ba|da|z)?sh|python\d?|node)\b|\b(ba|da|z)?sh\b.*[$<]\(\s*(curl|wget)\b/;

const own: Check<Files>[] = [
  {
    name: 'no-fetch-and-run',
    holds: 'No buildspec, Dockerfile, script or CI of this project runs what it fetches.',
    findings: (files) =>
      shown(
        lines(files, /\.(yml|sh|ts|mjs)$|Dockerfile$|\.ci\/run$/).filter(([, line]) => FETCH_AND_RUN.test(line)),
        'runs what it fetches',
      ),
  },
  {
    name: 'locked-installs',
    holds:
      'Every install of a buildspec, Dockerfile or CI is by a lock: uv with --locked, pip with --require-hashes, npm ci.',
    findings: (files) => {
      const commands = lines(files, /^buildspecs\/|Dockerfile$|\.ci\/run$/);
      return [
        ...shown(
          commands.filter(([, line]) => /\buv (sync|run|export)\b/.test(line) && !/--(locked|frozen)\b/.test(line)),
          'is not locked',
        ),
        ...shown(
          commands.filter(([, line]) => /\bpip3? install\b/.test(line) && !line.includes('--require-hashes')),
          'has no hashes',
        ),
        ...shown(
          commands.filter(([, line]) => /\bnpm (install|i)\b|\bnpx (-y|--yes)\b/.test(line)),
          'is not locked',
        ),
        ...(commands.some(([path, line]) => path === 'buildspecs/build.yml' && /uv lock --check/.test(line))
          ? []
          : ['buildspecs/build.yml: nobody looks whether the lock fits']),
        ...(commands.some(([path, line]) => path === '.ci/run' && /^npm ci\b/.test(line))
          ? []
          : ['.ci/run: no npm ci']),
      ];
    },
  },
  {
    name: 'tools-by-checksum',
    holds:
      'Tools are of one version and have a checksum; images are by digest; npm packages have an integrity hash and come from one registry.',
    findings: (files) => {
      const listed = Object.entries(files).filter(
        ([path]) => path.endsWith('uv-requirements.txt') || path.endsWith('uv.sh'),
      );
      const lock = JSON.parse(files['package-lock.json'] ?? '{}') as {
        packages: Record<string, { resolved?: string; integrity?: string; link?: boolean; inBundle?: boolean }>;
      };
      return [
        ...listed
          .filter(([, text]) => !/uv==(\d|\$UV_VERSION)/.test(text) || !/--hash=sha256:[0-9a-f]{64}/.test(text))
          .map(([path]) => `${path}: uv without version or hash`),
        ...shown(
          lines(files, /Dockerfile$/).filter(([, line]) => /^FROM /.test(line) && !/@sha256:[0-9a-f]{64}/.test(line)),
          'base image by tag',
        ),
        ...shown(
          lines(files, /^buildspecs\/image\.yml$/).filter(
            ([, line]) => /^BUILDKIT:/.test(line) && !/@sha256:[0-9a-f]{64}/.test(line),
          ),
          'builder by tag',
        ),
        ...(/PROGRAM_SHA256/.test(files['buildspecs/lib/program.sh'] ?? '')
          ? []
          : ['buildspecs/lib/program.sh: no checksum']),
        ...(/KUBECTL_SHA256/.test(files['buildspecs/lib/kubectl.sh'] ?? '')
          ? []
          : ['buildspecs/lib/kubectl.sh: no checksum']),
        ...Object.entries(lock.packages)
          .filter(([path, { link, inBundle }]) => path !== '' && !link && !inBundle)
          .filter(
            ([, { integrity, resolved }]) =>
              !/^sha512-/.test(integrity ?? '') ||
              (resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/')),
          )
          .map(([path]) => `package-lock.json: ${path} without hash, or from elsewhere`),
      ];
    },
  },
];

const ownMutants: Mutant<Files>[] = [
  mutant('own-curl-sh', 'no-fetch-and-run', 'buildspec that pipes curl into sh', (files) =>
    append(files, 'buildspecs/build.yml', '      - curl -LsSf https://example.com/uv/install.sh | sh'),
  ),
  mutant('own-curl-include', 'no-fetch-and-run', 'included script that pipes curl into bash', (files) =>
    append(files, 'buildspecs/lib/uv.sh', 'curl -s https://example.com/x \\\n  | bash'),
  ),
  mutant('own-sh-c', 'no-fetch-and-run', 'CI that runs what curl gives', (files) =>
    append(files, '.ci/run', 'bash -c "$(curl -fsSL https://example.com/x)"'),
  ),
  mutant('own-unlocked', 'locked-installs', 'buildspec that resolves anew', (files) =>
    swap(files, 'buildspecs/unit.yml', 'uv sync --locked', 'uv sync'),
  ),
  mutant('own-no-check', 'locked-installs', 'build that does not look whether the lock fits', (files) =>
    swap(files, 'buildspecs/build.yml', 'uv lock --check', 'true'),
  ),
  mutant('own-no-hashes', 'locked-installs', 'installer of uv without hashes', (files) =>
    swap(files, 'buildspecs/lib/uv.sh', ' --require-hashes', ''),
  ),
  mutant('own-npm-install', 'locked-installs', 'CI with npm install', (files) =>
    swap(files, '.ci/run', 'npm ci', 'npm install'),
  ),
  mutant('own-uv-hash', 'tools-by-checksum', 'uv by version alone', (files) =>
    swap(files, 'buildspecs/lib/uv.sh', /--hash=sha256:/g, '--note='),
  ),
  mutant('own-uv-version', 'tools-by-checksum', 'uv of any version', (files) =>
    swap(files, 'buildspecs/lib/uv.sh', 'uv==$UV_VERSION', 'uv'),
  ),
  mutant('own-base', 'tools-by-checksum', "sample's base image by tag", (files) =>
    swap(files, 'examples/visits/Dockerfile', BASE, ''),
  ),
  mutant('own-buildkit', 'tools-by-checksum', 'builder by tag', (files) =>
    swap(files, 'buildspecs/image.yml', BASE, ''),
  ),
  mutant('own-deployer', 'tools-by-checksum', 'deployer as it comes', (files) =>
    swap(files, 'buildspecs/lib/program.sh', /PROGRAM_SHA256/g, 'PROGRAM_NOTE'),
  ),
  mutant('own-kubectl', 'tools-by-checksum', 'kubectl as it comes', (files) =>
    swap(files, 'buildspecs/lib/kubectl.sh', /KUBECTL_SHA256/g, 'KUBECTL_NOTE'),
  ),
  mutant('own-npm-hash', 'tools-by-checksum', 'npm package without hash', (files) =>
    swap(files, 'package-lock.json', /"integrity": "sha512-/, '"note": "'),
  ),
  mutant('own-npm-registry', 'tools-by-checksum', 'npm package from another registry', (files) =>
    swap(files, 'package-lock.json', '"integrity": "', '"resolved": "https://packages.example/a.tgz", "integrity": "'),
  ),
];

export const dependencies: Row = {
  number: 3,
  risk: 'Dependency chain abuse',
  controls: [
    'Packages are locked with SHA-256, from one index; the Build action refuses, before anything is installed, a repository that says otherwise.',
    'Base images, builders and frontends are by digest; uv, kubectl and the deployer by version and checksum.',
    'Nothing is run as it comes from the network.',
  ],
  suites: [
    suite<Files>({ name: "a service's repository", subject: sampleFiles, checks: [repository], mutants: repositories }),
    suite<Attempts>({ name: 'a decoy on a second index', subject: attempts, checks: [decoy], mutants: builds }),
    suite<Files>({ name: 'what this project runs', subject: ownFiles, checks: own, mutants: ownMutants }),
  ],
  notRun: [
    "The drills' image for a cluster of your own (lib/drill/server/Dockerfile) names its base by tag; no pipeline builds it.",
    'That what is on the index is honest: a hash says that it is what was locked, pip-audit what is known to be vulnerable.',
    "A pipeline's builds share a cache of packages: code of a merged commit could leave something in it for the next build of the same pipeline.",
  ],
};
