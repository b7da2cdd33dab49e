import { join } from 'node:path';
import { findPython } from '../../../lib/local/tools/python';
import { temporaryFolder, writeTree } from '../codebuild/host';

const root = temporaryFolder();
let count = 0;

/** A program that answers the probe as a Python of this version would. */
const python = (version: string, executable = '/opt/python'): string =>
  `#!/bin/sh\necho warning >&2\necho '${JSON.stringify({ executable, version: version.split('.').map(Number), pip: true, ensurepip: false })}'\n`;

function find(programs: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>> = {}) {
  const folder = join(root, `${++count}`);
  writeTree(folder, {
    README: '',
    ...Object.fromEntries(Object.entries(programs).map(([name, text]) => [`${name}*`, text])),
  });
  const here = Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace('HERE', folder)]),
  );
  return findPython({ environment: { PATH: folder, ...here }, signal: new AbortController().signal });
}

test('the first that is new enough is taken, with its own path', async () => {
  const result = await find({
    python3: python('3.9.2'),
    'python3.13': python('3.13.1', '/opt/p 13/bin/python3.13'),
    python: python('3.12.0'),
  });
  expect(result).toEqual({
    ok: true,
    value: { executable: '/opt/p 13/bin/python3.13', version: '3.13.1', hasPip: true, hasEnsurepip: false },
  });
});

test.each([
  ['3.11.0', true],
  ['3.20.0', true],
  ['4.0.0', true],
  ['3.10.14', false],
  ['3.2.0', false],
  ['2.7.18', false],
])('Python %s: %s', async (version, works) => {
  expect((await find({ python3: python(version) })).ok).toBe(works);
});

test('one that does not run is passed over', async () => {
  const broken = '#!/bin/sh\necho "pyenv: python3: command not found" >&2\nexit 127\n';
  expect(await find({ python3: broken, python: python('3.12.0') })).toMatchObject({
    ok: true,
    value: { version: '3.12.0' },
  });
});

test('none at all: says what is needed and what to do', async () => {
  expect(await find({})).toEqual({
    ok: false,
    errors: [expect.stringMatching(/^Python 3\.11 or newer is needed and there is none on PATH\. .*SLIPWAY_PYTHON/)],
  });
});

test('too old ones are named with their versions', async () => {
  const result = await find({ python3: python('3.9.2'), python: python('2.7.18') });
  expect(result).toEqual({
    ok: false,
    errors: [expect.stringContaining('Python 3.11 or newer is needed: python3 is 3.9.2, python is 2.7.18. ')],
  });
});

test('SLIPWAY_PYTHON is used, and nothing else', async () => {
  const programs = {
    python3: python('3.12.0'),
    mine: python('3.13.0'),
    old: python('3.8.0'),
    'not-python': '#!/bin/sh\necho hello\n',
  };
  expect(await find(programs, { SLIPWAY_PYTHON: 'HERE/mine' })).toMatchObject({ value: { version: '3.13.0' } });
  expect(await find(programs, { SLIPWAY_PYTHON: 'HERE/old' })).toEqual({
    ok: false,
    errors: [expect.stringMatching(/old is 3\.8\.0\. Let SLIPWAY_PYTHON name a newer one\.$/)],
  });
  expect(await find(programs, { SLIPWAY_PYTHON: '/no/such/python' })).toEqual({
    ok: false,
    errors: [expect.stringMatching(/SLIPWAY_PYTHON is \/no\/such\/python, which does not run as a Python: .*ENOENT/)],
  });
  expect(await find(programs, { SLIPWAY_PYTHON: 'HERE/not-python' })).toEqual({
    ok: false,
    errors: [expect.stringContaining('which does not run as a Python: hello')],
  });
});
