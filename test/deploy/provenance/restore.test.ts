import { writeFileSync } from 'node:fs';
import { MediaType } from '../../../lib/local/image/manifest';
import { KEY } from '../../local/aws/key-fixture';
import { EXPECTED, REPOSITORY_URI } from '../../provenance/attestations';
import { COMMIT, DIGEST, PIPELINE_ARN } from '../../provenance/fixture';
import { openAccount } from './world';

// What a restore believes of the release in the store. Where it does not, kubectl is never started.
let account: Awaited<ReturnType<typeof openAccount>>;
beforeAll(async () => {
  account = await openAccount();
});
afterAll(() => account?.close());
beforeEach(() => account.clear());

const VERIFIED = { key: KEY.arn, builder: PIPELINE_ARN, source: EXPECTED.source, commit: COMMIT };

const release = ({
  digest = DIGEST,
  image = `${REPOSITORY_URI}@${digest}`,
  ...more
}: Record<string, unknown> = {}) => ({
  id: '20261120T120000000Z-1',
  service: 'visits',
  environment: 'dev',
  namespace: 'visits-dev',
  version: '1.4.2-35285eee9d55',
  digest,
  requestedAt: '2026-11-20T12:00:00.000Z',
  provenance: VERIFIED,
  objects: [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'visits', namespace: 'visits-dev' },
      spec: { template: { spec: { containers: [{ name: 'visits', image }] } } },
    },
  ],
  ...more,
});
const UNVERIFIED = { provenance: undefined };

test('a release whose image is signed is put back', async () => {
  await account.attest();
  await account.release(release());
  expect(await account.run('restore')).toMatchObject({ kubectl: true, log: expect.not.stringContaining('warning') });
});

const ATTACKS: readonly (readonly [string, object, () => unknown, string])[] = [
  ['nothing is signed about its image any more', {}, () => account.clear(), 'there is none for'],
  ['its image was built from another commit', {}, () => account.attest({ commit: 'f'.repeat(40) }), 'from the commit'],
  [
    'its image was built from another commit than its version says',
    UNVERIFIED,
    () => account.attest({ commit: 'f'.repeat(40) }),
    'not from 35285eee9d55',
  ],
  [
    'another pipeline built its image',
    UNVERIFIED,
    () => account.attest({ pipeline: `${PIPELINE_ARN}-2` }),
    'built it, not',
  ],
  [
    'it runs another image of the repository than it says',
    { image: `${REPOSITORY_URI}@sha256:${'ee'.repeat(32)}` },
    () => account.attest(),
    'it would run',
  ],
  ['it runs a tag', { image: `${REPOSITORY_URI}:latest` }, () => account.attest(), 'it would run'],
  [
    'it runs no image of the service',
    { image: 'evil.example/visits:1' },
    () => account.attest(),
    'it runs no image of',
  ],
];

test.each(ATTACKS)('a release is not put back where %s', async (_, changes, sign, sentence) => {
  await sign();
  await account.release(release({ ...changes }));
  expect(await account.run('restore')).toMatchObject({
    code: 13,
    outcome: 'RollbackFailed',
    kubectl: false,
    reason: { code: 'Provenance', message: expect.stringContaining(sentence) },
  });
});

describe('a release from before images were signed', () => {
  /** Pushed at the time that the registry writes down; gives its digest. */
  async function push(pushedAt: Date): Promise<string> {
    const { images } = account.here;
    const content = pushedAt.toISOString();
    const config = { mediaType: MediaType.config, digest: await images.putBlob(content), size: content.length };
    const manifest = Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: MediaType.manifest, config, layers: [] }),
    );
    const pushed = await images.pushByDigest('visits', manifest);
    if (!pushed.ok) throw new Error(pushed.errors[0]?.message);
    const hex = pushed.value.slice('sha256:'.length);
    writeFileSync(`${images.folder}/repositories/visits/images/${hex}`, pushedAt.toISOString());
    return pushed.value;
  }

  test('is put back, with a warning, where the registry had its image before there was a key', async () => {
    const digest = await push(new Date('2020-01-01T00:00:00Z'));
    await account.release(release({ digest, ...UNVERIFIED }));
    const { kubectl, log } = await account.run('restore');
    expect(kubectl).toBe(true);
    expect(log).toContain('without a signature, since its image is older than the key');
  });

  test('is not where the image came later: then it would have been signed', async () => {
    const digest = await push(new Date(Date.now() + 60_000));
    await account.release(release({ digest, ...UNVERIFIED }));
    expect(await account.run('restore')).toMatchObject({ code: 13, kubectl: false });
  });

  test('is not where the registry does not know the image', async () => {
    await account.release(release(UNVERIFIED));
    expect(await account.run('restore')).toMatchObject({ code: 13, kubectl: false });
  });

  test('is not where the release says that it was verified', async () => {
    const digest = await push(new Date('2020-01-01T00:00:00Z'));
    await account.release(release({ digest }));
    expect(await account.run('restore')).toMatchObject({ code: 13, kubectl: false });
  });
});

test('where AWS cannot be asked, a release that was verified is put back, with a warning; another is not', async () => {
  const away = { attestations: 's3://no-such-bucket' };
  await account.release(release());
  const { kubectl, log } = await account.run('restore', away);
  expect(kubectl).toBe(true);
  expect(log).toContain('as it was verified when it was released');
  await account.release(release(UNVERIFIED));
  expect(await account.run('restore', away)).toMatchObject({ code: 13, kubectl: false });
});

test('without the options it says NOT RUN', async () => {
  await account.release(release());
  const none = { attestations: undefined, provenanceKey: undefined, builders: undefined, sourceRepository: undefined };
  const { log } = await account.run('restore', { ...none, imageRepository: undefined });
  expect(log).toContain('provenance NOT RUN');
});
