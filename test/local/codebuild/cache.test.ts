import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { testHost } from './host';

const host = testHost();

interface Request {
  readonly paths: string;
  readonly command: string;
  readonly more?: string;
  readonly namespace?: string;
  readonly files?: Record<string, string>;
  readonly modes?: readonly string[];
}

const build = ({ paths, command, more = '', namespace, files, modes }: Request) =>
  host.run({
    ...(namespace && { cacheNamespace: namespace }),
    ...(modes && { cacheModes: modes }),
    ...(files && { files }),
    buildspec: `version: 0.2\nenv: {variables: {LANGUAGE: de}}\nphases:\n  build:\n    commands:\n      - ${JSON.stringify(command)}\ncache:\n  paths: ${paths}\n${more}`,
  });

const use = (path: string, value: string) =>
  `cat ${path} 2>/dev/null || echo none; mkdir -p $(dirname ${path}); echo ${value} > ${path}`;

test('a cache under a key is written once and never again', async () => {
  const run = (value: string) =>
    build({ namespace: 'k1', paths: '[a/**/*]', command: use('a/v', value), more: '  key: one' });
  expect((await run('1')).lines).toEqual(['none']);
  const again = await run('2');
  expect([again.lines, again.log.includes('cache under key one is there already')]).toEqual([['1'], true]);
  expect((await run('3')).lines).toEqual(['1']);
});

test('the key is expanded by the shell, and codebuild-hash-files is the digest of its files', async () => {
  const run = (lock: string, value: string) =>
    build({
      namespace: 'k2',
      paths: '[a/**/*]',
      command: use('a/v', value),
      more: `  key: 'npm-$LANGUAGE-$(codebuild-hash-files package-lock.json "src/*.lock")-$(echo x)'`,
      files: { 'package-lock.json': lock, 'src/b.lock': '' },
    });
  const first = await run('one', '1');
  expect(first.log).toMatch(/no cache under key npm-de-[0-9a-f]{64}-x/);
  expect((await run('one', '2')).lines).toEqual(['1']);
  expect((await run('two', '3')).lines).toEqual(['none']);
});

test('a key whose files are not there caches nothing, and says so; the build goes on', async () => {
  const { log, outcome } = await build({
    namespace: 'k3',
    paths: '[a/**/*]',
    command: use('a/v', '1'),
    more: "  key: '$(codebuild-hash-files nothing.lock)'",
  });
  expect(outcome.status).toBe('Succeeded');
  expect(log).toContain('codebuild-hash-files: no file matches nothing.lock; nothing is cached under it');
});

test('without the key the newest cache of the first fallback key that fits is restored', async () => {
  const run = (key: string, value: string, fallback = '') =>
    build({ namespace: 'k4', paths: '[a/**/*]', command: use('a/v', value), more: `  key: ${key}\n${fallback}` });
  await run('deps-1', 'old');
  await run('other-1', 'other');
  const { lines, log } = await run(
    'deps-2',
    'x',
    '  fallback-keys: [nothing-, "deps-$([ $LANGUAGE ] && echo)", other-]',
  );
  expect(lines).toEqual(['old']);
  expect(log).toContain('cache restored from key deps-1');
});

test('the version of a cache is its paths: with others it is not found', async () => {
  const run = (paths: string) => build({ namespace: 'k5', paths, command: use('a/v', '1'), more: '  key: one' });
  await run('[a/**/*]');
  expect((await run('[a/**/*, b/**/*]')).lines).toEqual(['none']);
  expect((await run('[b/**/*, a/**/*]')).lines).toEqual(['1']);
});

test('a cache is shared by namespace, and by nothing else', async () => {
  const run = (namespace: string) =>
    build({ namespace, paths: '[a/**/*]', command: use('a/v', '1'), more: '  key: one' });
  await run('shared');
  expect((await run('shared')).lines).toEqual(['1']);
  expect((await run('own')).lines).toEqual(['none']);
});

test('action: restore writes nothing, action: save reads nothing', async () => {
  const run = (more: string, value: string) =>
    build({ namespace: 'a1', paths: '[a/**/*]', command: use('a/v', value), more });
  expect((await run('  action: restore', '1')).lines).toEqual(['none']);
  expect((await run('  action: save', '2')).lines).toEqual(['none']);
  expect((await run('  action: save', '3')).lines).toEqual(['none']);
  expect((await run('  action: restore', '4')).lines).toEqual(['3']);
});

test('paths in the home of the build are kept, as ~ and as /root', async () => {
  const run = () =>
    build({
      namespace: 'h1',
      paths: "['~/.m2/**/*', '/root/.npm/**/*']",
      command: `${use('~/.m2/v', '1')}; ${use('~/.npm/v', '2')}`,
    });
  expect((await run()).lines).toEqual(['none', 'none']);
  expect((await run()).lines).toEqual(['1', '2']);
});

test('a path outside the build’s folders is not kept, and said', async () => {
  const { log } = await build({ namespace: 'o1', paths: "['/opt/slipway-none/**/*']", command: 'true' });
  expect(log).toContain("cache path /opt/slipway-none/**/* is not kept: it lies outside the build's folders");
});

test('of a pattern within a folder the files that match are kept, the others not', async () => {
  const command = 'ls a 2>/dev/null | sort; mkdir -p a/b && touch a/x.jar a/x.log a/b/y.jar';
  const run = () => build({ namespace: 'p1', paths: "['a/*.jar']", command });
  await run();
  expect((await run()).lines).toEqual(['x.jar']);
});

test('LOCAL_CUSTOM_CACHE keeps the paths for the project; the other local modes keep none', async () => {
  const run = (mode: string) => build({ modes: [mode], paths: '[a/**/*]', command: use('a/v', '1') });
  expect((await run('LOCAL_SOURCE_CACHE')).lines).toEqual(['none']);
  expect((await run('LOCAL_CUSTOM_CACHE')).lines).toEqual(['none']);
  expect((await run('LOCAL_CUSTOM_CACHE')).lines).toEqual(['1']);
});

test('a cache without paths keeps nothing, and says so', async () => {
  const { log } = await host.run({
    cacheNamespace: 'n1',
    buildspec: 'version: 0.2\nphases: {build: {commands: ["true"]}}\ncache: {key: a}',
  });
  expect(log).toContain('cache has no paths, so nothing is cached');
});

test('evaluating a key leaves no trace in the build', async () => {
  const { lines } = await build({
    namespace: 'e1',
    paths: '[a/**/*]',
    command: 'env | grep -c slipway_key || true; pwd | grep -c src; test -e "$OLDPWD/x"; echo $LANGUAGE',
    more: "  key: '$(cd /; LANGUAGE=fr; echo $LANGUAGE)'",
  });
  expect(lines).toEqual(['0', '1', 'de']);
  expect(existsSync(join(host.root, '.slipway/cache/e1/keys'))).toBe(true);
});
