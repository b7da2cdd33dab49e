import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { ATTESTATIONS, LARGEST_ENVELOPE } from '../../../lib/provenance/storage';
import { ALIAS, KEY } from '../../local/aws/key-fixture';
import { changed, statementsOf } from '../../provenance/attestations';
import { DIGEST, envelopeOf, PIPELINE_ARN, REPOSITORY_ARN, sealed, signer, stored } from '../../provenance/fixture';
import { openAccount } from './world';

// The deployer against KMS and S3 of the local endpoint. Whatever is wrong with the image, kubectl is never started.
const OTHER = `sha256:${'cd'.repeat(32)}`;
let account: Awaited<ReturnType<typeof openAccount>>;
beforeAll(async () => {
  account = await openAccount();
});
afterAll(() => account?.close());
beforeEach(() => account.clear());

test('an image that the pipeline built and signed is on its way: kubectl is started, and the log says who built it', async () => {
  await account.attest();
  const { kubectl, log } = await account.run('deploy');
  expect(kubectl).toBe(true);
  expect(log).toContain(`builder  ${PIPELINE_ARN}`);
  expect(log).toContain(`signed   provenance, sbom-image, sbom-package by ${KEY.arn}`);
  expect(log).not.toContain('level 1');
});

test('a key of another account is asked for by its alias, and what it signed names the key itself', async () => {
  await account.attest();
  const { kubectl, log } = await account.run('deploy', { provenanceKey: ALIAS });
  expect([kubectl, log]).toEqual([true, expect.stringContaining(`by ${ALIAS}`)]);
  const another = await account.run('deploy', { provenanceKey: ALIAS.replace('alias/visits', 'alias/other') });
  expect([another.kubectl, another.reason?.message]).toEqual([false, expect.stringContaining('NotFoundException')]);
});

const flipped = (needle: string) => () => {
  const path = account.pathOf('provenance', DIGEST);
  const text = readFileSync(path, 'latin1');
  const at = text.indexOf(needle) + needle.length + 12;
  writeFileSync(path, `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`, 'latin1');
};
const provenance = (change: (statement: unknown) => unknown) => async () =>
  account.put('provenance', await sealed(change(statementsOf().get('provenance')), account.kmsSign, KEY.arn));

/** The account after everything was signed well, then: */
const ATTACKS: readonly (readonly [string, () => unknown, string])[] = [
  [
    'a tag that was moved to another image',
    () => account.attest({ digest: OTHER }).then(() => account.clear()),
    'there is none for',
  ],
  [
    'what is signed about another image, in its place',
    () => {
      for (const name of ATTESTATIONS) {
        const text = readFileSync(account.pathOf(name, DIGEST));
        account.put(name, text, OTHER);
      }
      rmSync(account.pathOf('provenance', DIGEST));
      return account.attest({ digest: OTHER }).then(() => {
        for (const name of ATTESTATIONS) account.put(name, readFileSync(account.pathOf(name, OTHER)));
      });
    },
    `it is about the image ${OTHER}, not about ${DIGEST}`,
  ],
  ['a flipped byte in the payload', flipped('"payload":"'), 'does not fit what it says'],
  ['a flipped byte in the signature', flipped('"sig":"'), 'does not fit what it says'],
  [
    'the signature of another key',
    async () => account.put('provenance', await sealed(statementsOf().get('provenance'), signer().sign, KEY.arn)),
    'signed by another key',
  ],
  [
    'the name of another key',
    async () => account.put('provenance', await sealed(statementsOf().get('provenance'), signer().sign, 'mine')),
    `is signed by "mine", not by ${KEY.arn}`,
  ],
  [
    'a second signature that is bad',
    async () => {
      const good = await envelopeOf(statementsOf().get('provenance'), account.kmsSign, KEY.arn);
      const bad = await envelopeOf(statementsOf().get('provenance'), signer().sign, 'mine');
      account.put('provenance', stored({ ...good, signatures: [...good.signatures, ...bad.signatures] }));
    },
    'is no envelope',
  ],
  ['no provenance', () => rmSync(account.pathOf('provenance', DIGEST)), `provenance: there is none for ${DIGEST}`],
  ['no bill of the image', () => rmSync(account.pathOf('sbom-image', DIGEST)), 'sbom-image: there is none'],
  ['no bill of the package', () => rmSync(account.pathOf('sbom-package', DIGEST)), 'sbom-package: there is none'],
  ['nothing at all', () => account.clear(), 'make a new commit'],
  ['another builder', () => account.attest({ pipeline: `${PIPELINE_ARN}-2` }), `${PIPELINE_ARN}-2 built it, not`],
  ['a laptop', () => account.attest({ runner: 'local' }), `urn:slipway:builder:local:${PIPELINE_ARN} built it, not`],
  [
    'another repository',
    () => account.attest({ repository: `${REPOSITORY_ARN}-fork` }),
    `from the repository ${REPOSITORY_ARN}-fork`,
  ],
  ['an older commit', () => account.attest({ commit: 'f'.repeat(40) }), `from the commit ${'f'.repeat(40)}, not from`],
  [
    'another type of build',
    provenance((statement) => changed(statement, 'predicate.buildDefinition.buildType', 'https://example.com/mine')),
    'predicate.buildDefinition.buildType',
  ],
  [
    'an unknown external parameter',
    provenance((s) => changed(s, 'predicate.buildDefinition.externalParameters.variables.SkipTests', 'yes')),
    'SkipTests',
  ],
  [
    'a huge envelope',
    () => truncateSync(account.pathOf('provenance', DIGEST), LARGEST_ENVELOPE + 1),
    `has ${LARGEST_ENVELOPE + 1} bytes`,
  ],
  ['what is not JSON', () => account.put('sbom-image', Buffer.from('<html>')), 'sbom-image: is no JSON'],
];

test.each(ATTACKS)('%s: refused before kubectl', async (_, attack, sentence) => {
  await account.attest();
  await attack();
  const refused = await account.run('deploy');
  expect(refused).toMatchObject({
    code: 11,
    outcome: 'Refused',
    kubectl: false,
    reason: { code: 'Provenance', object: `Image/${DIGEST}`, message: expect.stringContaining(sentence) },
  });
});

test.each<[string, Parameters<typeof account.run>[1], string]>([
  ['the key', { provenanceKey: KEY.arn.replace(/.$/, '0') }, 'kms:GetPublicKey: NotFoundException'],
  ['the bucket', { attestations: 's3://no-such-bucket' }, 'no-such-bucket'],
])('%s that cannot be asked: an error before kubectl, since nobody knows', async (_, options, sentence) => {
  await account.attest();
  expect(await account.run('deploy', options)).toMatchObject({
    code: 14,
    kubectl: false,
    reason: { code: 'Provenance', message: expect.stringContaining(sentence) },
  });
});

test.each(['attestations', 'provenanceKey', 'builders', 'sourceRepository', 'commit'] as const)(
  'a command line without %s verifies nothing by halves',
  async (option) => {
    await account.attest();
    expect(await account.run('deploy', { [option]: undefined })).toMatchObject({
      code: 11,
      kubectl: false,
      reason: { code: 'Options', message: expect.stringContaining('missing') },
    });
  },
);

test('without any of them it says NOT RUN', async () => {
  const none = { attestations: undefined, provenanceKey: undefined, builders: undefined };
  const { log, kubectl } = await account.run('deploy', { ...none, sourceRepository: undefined, commit: undefined });
  expect(log).toContain('provenance NOT RUN');
  expect(kubectl).toBe(true);
});

describe('on a laptop', () => {
  const LAPTOP = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };

  test('its own word counts, and says how little that is', async () => {
    await account.attest({ runner: 'local' });
    const { kubectl, log } = await account.run('deploy', {}, LAPTOP);
    expect(kubectl).toBe(true);
    expect(log).toContain('SLSA build level 1 at most');
  });

  test('that of AWS does not', async () => {
    await account.attest();
    expect(await account.run('deploy', {}, LAPTOP)).toMatchObject({ code: 11, kubectl: false });
  });
});
