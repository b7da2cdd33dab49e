import { buildspecFile, isObjectInS3 } from '../../../lib/local/codebuild/buildspec-source';
import { testHost } from './host';

const host = testHost();
const spec = (command: string) => `version: 0.2\nphases: {build: {commands: [${command}]}}`;

test.each([
  ['buildspec.yml', 'buildspec.yml'],
  ['./ci/build.yml', 'ci/build.yml'],
  ['version: 0.2\nphases: {}', undefined],
  ['{"version":"0.2"}', undefined],
  ['{ "version": 0.2 }', undefined],
  ['arn:aws:s3:::bucket/buildspec.yml', undefined],
])('%j is the file %s', (text, file) => expect(buildspecFile(text)).toBe(file));

test('an object in S3 is told by its ARN or its URL', () => {
  expect(['arn:aws:s3:::b/k', 'arn:aws-cn:s3:::b/k', 's3://b/k', 'buildspec.yml', spec('x')].map(isObjectInS3)).toEqual([
    true, true, true, false, false,
  ]); // biome-ignore format: one line
});

test('a buildspec that is a file of the primary source runs, and the log says that whoever can push decides', async () => {
  const { outcome, lines, log } = await host.run({
    buildspec: 'ci/build.yml',
    files: { 'ci/build.yml': spec('echo from the source') },
    secondary: { Other: { 'ci/build.yml': spec('echo wrong') } },
  });
  expect([outcome.status, lines]).toEqual(['Succeeded', ['from the source']]);
  expect(log).toContain('[slipway] the buildspec is ci/build.yml of the source: whoever can push decides what runs');
});

test('BuildspecOverride goes before the project’s, inline or as a file', async () => {
  const inline = await host.run({ buildspec: spec('echo project'), buildspecOverride: spec('echo override') });
  expect(inline.lines).toEqual(['override']);
  const file = await host.run({
    buildspec: spec('echo project'),
    buildspecOverride: 'other.yml',
    files: { 'other.yml': spec('echo other') },
  });
  expect(file.lines).toEqual(['other']);
});

test.each<[string, Record<string, string>, string]>([
  ['that is not there', { a: '' }, 'YAML_FILE_ERROR: buildspec.yml of Source: there is no such file'],
  [
    'that is wrong',
    { 'buildspec.yml': 'version: 0.2\nphases: {biuld: {commands: [x]}}' },
    'buildspec.yml:2:10 phases.biuld unknown key "biuld"',
  ],
])('a buildspec of the source %s fails DOWNLOAD_SOURCE with its name and line', async (_, files, reason) => {
  const { outcome } = await host.run({ buildspec: 'buildspec.yml', files });
  expect(outcome).toMatchObject({ status: 'Failed', reason: expect.stringContaining(reason) });
  expect((outcome as { reason: string }).reason).toMatch(/^DOWNLOAD_SOURCE: /);
});
