import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Endpoint, startEndpoint } from '../../lib/local/aws/endpoint';
import { MediaType } from '../../lib/local/image/manifest';
import { ImageStore } from '../../lib/local/image/store';
import { releaseVersion } from '../../lib/model/version';
import { faults } from '../fixtures/faults';
import { COMMIT, openWorkshop, VERSION, type Workshop } from './workshop';

// The real AWS CLI, against the registry of the local endpoint.
const folder = mkdtempSync(join(tmpdir(), 'slipway-registry-'));
const images = new ImageStore(folder);
let endpoint: Endpoint;
let workshop: Workshop;
let tested: string;
let other: string;

beforeAll(async () => {
  const place = { account: '111122223333', region: 'eu-west-1', partition: 'aws' };
  endpoint = await startEndpoint({ ...place, clusters: [], images, repositories: ['visits'] });
  workshop = await openWorkshop(endpoint);
  [tested, other] = [await push('one'), await push('two')];
}, 180_000);
afterAll(async () => {
  await endpoint?.close();
  workshop?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** An image without a tag; gives its digest. */
async function push(content: string): Promise<string> {
  const config = { mediaType: MediaType.config, digest: await images.putBlob(content), size: content.length };
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MediaType.manifest, config, layers: [] }, null, 2);
  const pushed = await images.pushByDigest('visits', Buffer.from(manifest));
  if (!pushed.ok) throw new Error(pushed.errors[0]?.message);
  return pushed.value;
}

const build = (repository = 'visits', source = workshop.sample()) =>
  workshop.run('build', { source, environment: { REPOSITORY: repository } });

const release = (digest: string) =>
  workshop.run('release', {
    source: workshop.sample(),
    environment: { REPOSITORY: 'visits', VERSION, IMAGE_DIGEST: digest },
  });

// In this order: each test starts from the registry that the one before has left.
test('a new commit: a wheel, a version by the rule of the model, and not yet tested', async () => {
  const { outcome } = await build();
  expect(outcome).toMatchObject({
    status: 'Succeeded',
    variables: { VERSION: releaseVersion('1.4.2', COMMIT), TESTED: 'no' },
    artifacts: { Package: expect.stringContaining('Package.zip') },
  });
  expect(VERSION).toBe(releaseVersion('1.4.2', COMMIT));
}, 60_000);

test('a registry that cannot be asked fails the build: nobody knows whether the version is tested', async () => {
  const { outcome, log } = await build('no-such-repository');
  expect(outcome).toMatchObject({ status: 'Failed' });
  expect(log).toContain('RepositoryNotFoundException');
}, 60_000);

test('a lock file that does not fit pyproject.toml fails the build', async () => {
  const source = workshop.sample();
  faults.staleLock.apply(source);
  const { outcome, log } = await build('visits', source);
  expect(outcome).toMatchObject({ status: 'Failed' });
  expect(log).toContain('uv.lock');
}, 60_000);

test('an image that does not exist cannot be released', async () => {
  expect((await release(`sha256:${'0'.repeat(64)}`)).outcome).toMatchObject({ status: 'Failed' });
  expect(await images.find('visits', { tag: VERSION })).toMatchObject({ ok: false });
}, 60_000);

test('a release puts the version on the very bytes that were tested', async () => {
  expect((await release(tested)).outcome).toMatchObject({ status: 'Succeeded' });
  expect(await images.find('visits', { tag: VERSION })).toMatchObject({ ok: true, value: { digest: tested } });
}, 60_000);

test('the same release again is fine', async () => {
  const { outcome, log } = await release(tested);
  expect(outcome).toMatchObject({ status: 'Succeeded' });
  expect(log).toContain('is this image already');
}, 60_000);

test('another image under the same version is refused', async () => {
  const { outcome, log } = await release(other);
  expect(outcome).toMatchObject({ status: 'Failed' });
  expect(log).toContain(`it cannot become ${other}`);
  expect(await images.find('visits', { tag: VERSION })).toMatchObject({ ok: true, value: { digest: tested } });
}, 60_000);

test('a commit that was released is not built and tested again', async () => {
  expect((await build()).outcome).toMatchObject({ status: 'Succeeded', variables: { TESTED: 'yes' } });
}, 60_000);
