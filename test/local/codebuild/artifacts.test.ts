import { createHash } from 'node:crypto';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { selectFiles } from '../../../lib/local/codebuild/files';
import { extractZip } from '../../../lib/local/codebuild/unzip';
import { writeZip } from '../../../lib/local/codebuild/zip';
import { temporaryFolder, testHost, writeTree } from './host';

const host = testHost();
const root = temporaryFolder();
let count = 0;
const folder = (): string => {
  const path = join(root, `${++count}`);
  mkdirSync(path, { recursive: true });
  return path;
};

describe('files', () => {
  const tree = folder();
  writeTree(tree, {
    'a.txt': '',
    '.hidden': '',
    'dist/app.whl': '',
    'dist/app.tar.gz': '',
    'dist/sub/deep.whl': '',
    'dist/sub/.dot': '',
    'build-1/x': '',
    'build-2/y': '',
    'other/app.whl': '',
    '[odd]/x': '',
  });
  symlinkSync('a.txt', join(tree, 'link'));
  symlinkSync('dist', join(tree, 'linked'));
  symlinkSync('nowhere', join(tree, 'broken'));
  symlinkSync('.', join(tree, 'loop'));

  const select = (files: string[], more: { base?: string; exclude?: string[]; discard?: boolean } = {}) => {
    const selection = {
      files,
      discardPaths: more.discard ?? false,
      ...(more.base ? { baseDirectory: more.base } : {}),
    };
    const { files: found, problems } = selectFiles({ source: tree, home: root }, selection, more.exclude);
    return problems.length > 0 ? problems : found.map((file) => file.name);
  };
  const everything = [
    '.hidden',
    '[odd]/x',
    'a.txt',
    'build-1/x',
    'build-2/y',
    'dist/app.tar.gz',
    'dist/app.whl',
    'dist/sub/.dot',
    'dist/sub/deep.whl',
    'link',
    'other/app.whl',
  ];

  test.each<[string, ReturnType<typeof select>, string[]]>([
    ['a file', select(['a.txt']), ['a.txt']],
    ['a file in a folder', select(['dist/app.whl']), ['dist/app.whl']],
    ['* stays in its folder', select(['dist/*']), ['dist/app.tar.gz', 'dist/app.whl']],
    ['a pattern of names', select(['dist/*.whl']), ['dist/app.whl']],
    [
      'dir/**/* is everything below',
      select(['dist/**/*']),
      ['dist/app.tar.gz', 'dist/app.whl', 'dist/sub/.dot', 'dist/sub/deep.whl'],
    ],
    ['**/* is everything; linked folders are not entered', select(['**/*']), everything],
    ['* is the top only', select(['*']), ['.hidden', 'a.txt', 'link']],
    [
      'the base directory is stripped',
      select(['**/*'], { base: 'dist' }),
      ['app.tar.gz', 'app.whl', 'sub/.dot', 'sub/deep.whl'],
    ],
    ['the base directory may be a pattern', select(['*'], { base: 'build-*' }), ['x', 'y']],
    ['a folder whose name looks like a pattern', select(['*'], { base: '[odd]' }), ['x']],
    [
      'exclude-paths, in one folder',
      select(['**/*'], { base: 'dist', exclude: ['*.whl'] }),
      ['app.tar.gz', 'sub/.dot', 'sub/deep.whl'],
    ],
    [
      'exclude-paths, across folders',
      select(['**/*'], { base: 'dist', exclude: ['**/*.whl'] }),
      ['app.tar.gz', 'sub/.dot'],
    ],
    ['discard-paths', select(['dist/**/*'], { discard: true }), ['.dot', 'app.tar.gz', 'app.whl', 'deep.whl']],
    [
      'discard-paths with two files of a name',
      select(['**/*.whl'], { discard: true }),
      [`two files would both be app.whl: ${join(tree, 'dist/app.whl')} and ${join(tree, 'other/app.whl')}`],
    ],
    ['one pattern without a match', select(['a.txt', 'b.txt']), ['no file matches b.txt']],
    [
      'one pattern without a match below the base',
      select(['*.txt'], { base: 'dist' }),
      ['no file matches *.txt in dist'],
    ],
    ['a folder', select(['dist']), ['dist is a folder; write dist/**/* for its files']],
    ['a link to nowhere', select(['broken']), ['no file matches broken']],
    ['no base directory', select(['*'], { base: 'nope' }), ['no folder matches base-directory nope']],
    ['everything excluded', select(['dist/*'], { exclude: ['**/*'] }), ['exclude-paths leaves no file']],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });
});

const artifacts = (section: string, commands = 'mkdir dist && echo 1 > dist/a && echo 2 > dist/b') =>
  `version: 0.2\nphases:\n  build:\n    commands:\n      - ${commands}\nartifacts:\n${section}\n`;

test('of one output the artifact is the top-level section', async () => {
  const { outcome } = await host.run({
    outputs: ['Package'],
    buildspec: artifacts('  files: [a]\n  base-directory: dist'),
  });
  expect(outcome).toMatchObject({
    status: 'Succeeded',
    artifacts: { Package: expect.stringMatching(/Package\.zip$/) },
  });
});

test('of several outputs each is the secondary artifact of its name', async () => {
  const section = '  files: ["**/*"]\n  secondary-artifacts:\n    A: {files: [dist/a]}\n    B: {files: [dist/b]}';
  const { outcome } = await host.run({ outputs: ['A', 'B'], buildspec: artifacts(section) });
  expect(outcome.status === 'Succeeded' && Object.keys(outcome.artifacts)).toEqual(['A', 'B']);
  const missing = await host.run({ outputs: ['A', 'C'], buildspec: artifacts(section) });
  expect(missing.outcome).toMatchObject({
    reason:
      'UPLOAD_ARTIFACTS: output C needs an entry of its name in secondary-artifacts of the buildspec; there: A, B',
  });
});

test('an output without an artifacts section fails', async () => {
  const { outcome } = await host.run({ outputs: ['A'], buildspec: 'version: 0.2\nphases: {build: {commands: [":"]}}' });
  expect(outcome).toMatchObject({ status: 'Failed', reason: expect.stringContaining('has no artifacts section') });
});

test('files that are not there fail UPLOAD_ARTIFACTS', async () => {
  const { outcome, events } = await host.run({ outputs: ['A'], buildspec: artifacts('  files: [dist/c]') });
  expect(outcome).toMatchObject({ status: 'Failed', reason: 'UPLOAD_ARTIFACTS: artifact A: no file matches dist/c' });
  expect(events).toContainEqual({
    kind: 'phase-ended',
    phase: 'UPLOAD_ARTIFACTS',
    status: 'FAILED',
    reason: 'artifact A: no file matches dist/c',
  });
});

test('after a failed BUILD the reason stays that of the build, and no artifact is handed over', async () => {
  const { outcome, log } = await host.run({ outputs: ['A'], buildspec: artifacts('  files: [dist/c]', 'exit 3') });
  expect(outcome).toMatchObject({
    status: 'Failed',
    reason: 'BUILD: Error while executing command: exit 3. Reason: exit status 3',
  });
  expect(outcome).not.toHaveProperty('artifacts');
  expect(log).toContain('no file matches dist/c');
});

test('the same files give the same bytes, whenever they were written', async () => {
  const digests = await Promise.all(
    [new Date(2001, 1, 1), new Date()].map(async (time) => {
      const tree = folder();
      writeTree(tree, { 'b*': 'two', a: 'one' });
      for (const name of ['a', 'b']) utimesSync(join(tree, name), time, time);
      const { files } = selectFiles({ source: tree, home: root }, { files: ['*'], discardPaths: false });
      await writeZip(join(tree, 'out.zip'), files, { links: false });
      return createHash('sha256')
        .update(readFileSync(join(tree, 'out.zip')))
        .digest('hex');
    }),
  );
  expect(digests[0]).toBe(digests[1]);
  // DOS date and time of the first entry: midnight of 1 January 1980, in every time zone.
  const bytes = readFileSync(join(root, `${count}`, 'out.zip'));
  expect([bytes.readUInt16LE(10), bytes.readUInt16LE(12)]).toEqual([0, (1 << 5) | 1]);
});

test('executable bits survive; links are kept or followed as enable-symlinks says', async () => {
  const tree = folder();
  writeTree(tree, { 'run*': 'x', plain: 'y' });
  symlinkSync('plain', join(tree, 'link'));
  const { files } = selectFiles({ source: tree, home: root }, { files: ['*'], discardPaths: false });
  for (const links of [true, false]) {
    const [zip, out] = [join(root, `links-${links}.zip`), folder()];
    await writeZip(zip, files, { links });
    expect(await extractZip(zip, out)).toEqual({ ok: true, value: undefined });
    expect([statSync(join(out, 'run')).mode & 0o777, statSync(join(out, 'plain')).mode & 0o777]).toEqual([
      0o755, 0o644,
    ]);
    if (links) expect(readlinkSync(join(out, 'link'))).toBe('plain');
    else expect(() => readlinkSync(join(out, 'link'))).toThrow('EINVAL');
    expect(readFileSync(join(out, 'link'), 'utf8')).toBe('y');
  }
});

test('large and small files come out as they went in', async () => {
  const tree = folder();
  const large = 'slipway '.repeat(300_000);
  writeTree(tree, { 'large*': large, empty: '', small: 'x'.repeat(5000) });
  const { files } = selectFiles({ source: tree, home: root }, { files: ['*'], discardPaths: false });
  const [zip, out] = [join(root, 'sizes.zip'), folder()];
  await writeZip(zip, files, { links: false });
  expect(await extractZip(zip, out)).toEqual({ ok: true, value: undefined });
  expect(readFileSync(join(out, 'large'), 'utf8') === large).toBe(true);
  expect(statSync(join(out, 'large')).mode & 0o777).toBe(0o755);
  expect(readFileSync(join(out, 'small'), 'utf8')).toBe('x'.repeat(5000));
  expect(readFileSync(join(out, 'empty'), 'utf8')).toBe('');
});

test.each([
  ['more', 4999],
  ['fewer', 5001],
])('an entry with %s bytes than the zip says is told', async (_, size) => {
  const tree = folder();
  writeTree(tree, { small: 'x'.repeat(5000) });
  const { files } = selectFiles({ source: tree, home: root }, { files: ['*'], discardPaths: false });
  const zip = join(root, `lie-${size}.zip`);
  await writeZip(zip, files, { links: false });
  const bytes = readFileSync(zip);
  // The size in the central directory: offset 24 of its header (PKWARE APPNOTE, 4.3.12).
  bytes.writeUInt32LE(size, bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 24);
  writeFileSync(zip, bytes);
  expect(await extractZip(zip, folder())).toMatchObject({ ok: false });
});

test('a zip that cannot be written leaves nothing', async () => {
  const target = join(folder(), 'out.zip');
  await expect(writeZip(target, [{ name: 'a', path: '/no/such/file' }], { links: false })).rejects.toThrow('ENOENT');
  expect([existsSync(target), existsSync(`${target}.part`)]).toEqual([false, false]);
});

describe('extraction stays in its folder', () => {
  /** Writes a zip as an attacker would: yazl checks names, so they are put in afterwards, byte by byte. */
  async function hostile(
    entries: readonly (readonly [name: string, content: string, link?: boolean])[],
  ): Promise<string> {
    const zip = new ZipFile();
    const swaps: [string, string][] = [];
    entries.forEach(([name, content, link], index) => {
      const stand = `${index}`.padEnd(name.length, 'q');
      swaps.push([stand, name]);
      zip.addBuffer(Buffer.from(content), stand, { mode: link ? 0o120777 : 0o100644, compress: false });
    });
    zip.end();
    const path = join(folder(), 'hostile.zip');
    await pipeline(zip.outputStream, createWriteStream(path));
    let bytes = readFileSync(path, 'latin1');
    for (const [from, to] of swaps) bytes = bytes.replaceAll(from, to);
    writeFileSync(path, bytes, 'latin1');
    return path;
  }

  test.each<[string, [string, string, boolean?][]]>([
    ['a name that climbs', [['../evil', 'x']]],
    ['a name that climbs later', [['a/../../evil', 'x']]],
    ['an absolute name', [['/tmp/evil-slipway', 'x']]],
    ['a backslash', [['..\\evil', 'x']]],
    ['a drive letter', [['c:/evil', 'x']]],
    ['an absolute link', [['link', '/etc', true]]],
    ['a link that climbs', [['dir/link', '../../evil', true]]],
    [
      'a link and a file below it',
      [
        ['link', '.', true],
        ['link/evil', 'x'],
      ],
    ],
    [
      'a file and a link of its name',
      [
        ['aa', 'x'],
        ['aa', 'bb', true],
      ],
    ],
    [
      'a link below a link',
      [
        ['link1', '.', true],
        ['link1/out', '..', true],
      ],
    ],
    [
      'a link that goes through a link',
      [
        ['link1', '.', true],
        ['link2', 'link1/..', true],
      ],
    ],
    [
      'the same file twice',
      [
        ['twice', 'x'],
        ['twice', 'y'],
      ],
    ],
  ])('%s is refused', async (_, entries) => {
    const parent = folder();
    const out = join(parent, 'out');
    mkdirSync(out);
    const result = await extractZip(await hostile(entries), out);
    expect(result.ok).toBe(false);
    expect([existsSync(join(parent, 'evil')), existsSync('/tmp/evil-slipway')]).toEqual([false, false]);
  });

  test('links inside it are made', async () => {
    const out = folder();
    expect(
      await extractZip(
        await hostile([
          ['dir/link', '../file', true],
          ['file', 'x'],
        ]),
        out,
      ),
    ).toEqual({ ok: true, value: undefined });
    expect(readFileSync(join(out, 'dir/link'), 'utf8')).toBe('x');
  });

  test('what is not a zip is told', async () => {
    const path = join(folder(), 'x.zip');
    writeTree(join(path, '..'), { 'x.zip': 'not a zip' });
    expect(await extractZip(path, folder())).toMatchObject({
      ok: false,
      errors: [expect.stringContaining('not a readable zip')],
    });
  });
});

describe('paths', () => {
  const run = async (section: string, command: string) => {
    const { outcome } = await host.run({ outputs: ['A'], buildspec: artifacts(section, JSON.stringify(command)) });
    if (outcome.status !== 'Succeeded') return outcome.status === 'Failed' ? outcome.reason : '';
    const out = folder();
    await extractZip(outcome.artifacts['A'] ?? '', out);
    return readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1))
      .sort();
  };

  test('may hold variables as the build leaves them', async () => {
    const section = "  base-directory: $OUT\n  files: ['${NAME}.txt']";
    expect(await run(section, 'OUT=dist NAME=app; mkdir dist; touch dist/app.txt')).toEqual(['app.txt']);
    expect(await run("  files: ['$CODEBUILD_SRC_DIR/dist/*']", 'mkdir dist; touch dist/a')).toEqual(['dist/a']);
  });

  test('with a variable that is not set fail UPLOAD_ARTIFACTS', async () => {
    expect(await run("  files: ['$NOTHING/a']", 'true')).toMatch(
      /^UPLOAD_ARTIFACTS: .*the variable NOTHING is not set/,
    );
  });

  test('may begin with ~ or /root, which are the home of the build', async () => {
    expect(await run("  files: ['~/out/*', /root/b.txt]", 'mkdir ~/out; touch ~/out/a ~/b.txt')).toEqual([
      'root/b.txt',
      'root/out/a',
    ]);
    expect(await run('  base-directory: ~/out\n  files: ["**/*"]', 'mkdir ~/out; touch ~/out/a')).toEqual(['a']);
  });

  test('may be absolute; the base directory is stripped from the names', async () => {
    const outside = folder();
    writeTree(outside, { 'x/a': '1', 'x/b': '2' });
    expect(await run(`  base-directory: ${outside}\n  files: ["**/*"]`, 'true')).toEqual(['x/a', 'x/b']);
    expect(await run(`  files: ["${outside}/x/a"]`, 'true')).toEqual([`${outside.slice(1)}/x/a`]);
  });

  test('may climb out of the source by ..', async () => {
    const command = 'mkdir -p ../beside/sub; touch ../beside/sub/a';
    expect(await run("  files: ['../beside/**/*']", command)).toEqual(['beside/sub/a']);
    expect(await run("  files: ['$CODEBUILD_SRC_DIR/../beside/sub/*']", command)).toEqual(['beside/sub/a']);
    expect(await run("  base-directory: ../beside\n  files: ['*/*']", command)).toEqual(['sub/a']);
  });

  test('do not mean the whole machine', async () => {
    expect(await run("  files: ['/**/*']", 'true')).toMatch(/means every folder of the machine; name one/);
  });

  test('files may be one pattern instead of a list', async () => {
    expect(await run("  files: '*.txt'", 'touch a.txt b.txt c')).toEqual(['a.txt', 'b.txt']);
  });
});

test('secondary artifacts may stand alone', async () => {
  const section = '  secondary-artifacts:\n    A: {files: [dist/a]}\n    B: {files: [dist/b]}';
  const { outcome } = await host.run({ outputs: ['A', 'B'], buildspec: artifacts(section) });
  expect(outcome.status === 'Succeeded' && Object.keys(outcome.artifacts)).toEqual(['A', 'B']);
  const one = await host.run({ outputs: ['A'], buildspec: artifacts(section) });
  expect(one.outcome).toMatchObject({ reason: expect.stringContaining('its buildspec has no artifacts section') });
});

test('name and s3-prefix have no effect, as CodePipeline names the artifacts', async () => {
  const { outcome } = await host.run({
    outputs: ['A'],
    buildspec: artifacts('  files: [dist/a]\n  name: x-$(date +%Y)\n  s3-prefix: p'),
  });
  expect(outcome).toMatchObject({ status: 'Succeeded', artifacts: { A: expect.stringMatching(/\/A\.zip$/) } });
});

test('caches are kept by namespace after a build that succeeded, and only then', async () => {
  const build = (command: string, cacheNamespace?: string) =>
    host.run({
      ...(cacheNamespace ? { cacheNamespace } : {}),
      buildspec: `version: 0.2\nphases:\n  build:\n    commands:\n      - cat .cache/x/value 2>/dev/null || echo none\n      - ${command}\ncache:\n  paths: ['.cache/x/**/*']\n`,
    });
  const write = (value: string) => `mkdir -p .cache/x; echo ${value} > .cache/x/value`;
  expect((await build(write('one'), 'n1')).lines).toEqual(['none']);
  expect((await build(`${write('bad')}; false`, 'n1')).lines).toEqual(['one']);
  expect((await build(write('two'), 'n1')).lines).toEqual(['one']);
  expect((await build('true', 'n1')).lines).toEqual(['two']);
  expect((await build(write('other'), 'n2')).lines).toEqual(['none']);
  expect((await build(write('never'))).lines).toEqual(['none']);
  expect((await build('true')).lines).toEqual(['none']);
});
