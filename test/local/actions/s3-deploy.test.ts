import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../../lib/local/clock';
import { writeZip } from '../../../lib/local/codebuild/zip';
import { s3DeployExecutor } from '../../../lib/local/executors/s3-deploy';
import type { S3DeployAction } from '../../../lib/local/plan';
import { temporaryFolder, writeTree } from '../codebuild/host';
import { runAction, unzip } from './machine';

const root = temporaryFolder();
const clock = { ...systemClock, now: () => new Date('2026-03-04T05:06:07.890Z') };
const executor = s3DeployExecutor({ bucketFolder: (bucket) => join(root, bucket), clock, newId: () => 'an-id' });

const deploy = (more: Partial<S3DeployAction>): S3DeployAction => ({
  kind: 's3-deploy',
  id: 'Deploy/Website',
  stage: 'Deploy',
  name: 'Website',
  runOrder: 1,
  inputs: ['Site'],
  outputs: [],
  bucket: 'website',
  extract: true,
  ...more,
});
const SITE = { 'index.html': '<p>', 'css/a.css': 'p {}' };

const objects = (bucket: string): string[] =>
  readdirSync(join(root, bucket), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('.versions'))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, bucket).length + 1))
    .sort();

test('every file of the artifact is an object below the key; what an earlier run put there stays', async () => {
  const first = await runAction(root, executor, deploy({ objectKey: 'v1/' }), { Site: SITE });
  expect(first.outcome).toEqual({ status: 'Succeeded', variables: {}, artifacts: {} });
  expect(first.lines).toEqual(['put s3://website/v1/css/a.css', 'put s3://website/v1/index.html']);
  expect(first.events).toContainEqual(
    expect.objectContaining({ kind: 'fact', name: 'deployed', value: expect.stringContaining('2 objects') }),
  );
  await runAction(root, executor, deploy({}), { Site: { 'index.html': 'new' } });
  expect(objects('website')).toEqual(['index.html', 'v1/css/a.css', 'v1/index.html']);
  expect(readFileSync(join(root, 'website', 'v1', 'index.html'), 'utf8')).toBe('<p>');
});

test('a zip that is not extracted is one object; its key holds the time and an id', async () => {
  const action = deploy({ bucket: 'archive', extract: false, objectKey: 'site/{datetime}-{uuid}.zip' });
  await runAction(root, executor, action, { Site: SITE });
  expect(objects('archive')).toEqual(['site/2026-03-04_05-06-07-an-id.zip']);
  await unzip(join(root, 'archive', 'site', '2026-03-04_05-06-07-an-id.zip'), join(root, 'out'));
  expect(readFileSync(join(root, 'out', 'css', 'a.css'), 'utf8')).toBe('p {}');
});

test.each([
  ['a bucket that a variable named wrongly', deploy({ bucket: '../x' }), /no name of a bucket/],
  ['a key that climbs', deploy({ objectKey: '../../x' }), /cannot keep an object of the key/],
  ['a zip whose key climbs', deploy({ extract: false, objectKey: 'a/../../x' }), /cannot keep an object of the key/],
  ['a key among the versions', deploy({ objectKey: '.versions' }), /cannot keep an object of the key/],
])('%s fails and writes nothing outside', async (_, action, reason) => {
  const run = await runAction(root, executor, action, { Site: SITE });
  expect(run.outcome).toMatchObject({ status: 'Failed', reason: expect.stringMatching(reason) });
  expect(existsSync(join(root, 'x'))).toBe(false);
});

test('an artifact with a link is refused by its name', async () => {
  const folder = join(root, 'linked');
  writeTree(folder, { 'a.txt': 'a' });
  symlinkSync('a.txt', join(folder, 'b.txt'));
  const files = ['a.txt', 'b.txt'].map((name) => ({ name, path: join(folder, name) }));
  await writeZip(join(root, 'linked.zip'), files, { links: true });
  const run = await runAction(root, executor, deploy({}), {}, undefined, { Site: join(root, 'linked.zip') });
  expect(run.outcome).toMatchObject({ status: 'Failed', reason: expect.stringMatching(/b\.txt is a link/) });
});

test('a stop ends it between two objects', async () => {
  const run = await runAction(root, executor, deploy({ bucket: 'stopped' }), { Site: SITE }, AbortSignal.abort());
  expect(run.outcome).toMatchObject({ status: 'Stopped' });
  expect(existsSync(join(root, 'stopped'))).toBe(false);
});
