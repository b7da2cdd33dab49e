import type { Statement } from '../../lib/provenance/statement';
import { ATTESTATIONS, type Attestation } from '../../lib/provenance/storage';
import { type Expected, type Verified, verifyImage } from '../../lib/provenance/verify';
import { err, ok, type Result } from '../../lib/result';
import { changed, EXPECTED, statementsOf } from './attestations';
import { COMMIT, DIGEST, envelopeOf, KEY_ID, PIPELINE_ARN, REPOSITORY_ARN, sealed, signer, stored } from './fixture';

const kms = signer();
const OTHER_DIGEST = `sha256:${'cd'.repeat(32)}`;
const OTHER_COMMIT = 'ffff5eee9d5535285eee9d5535285eee9d55abcd';

type Statements = Map<Attestation, Statement | object>;

const seal = async (statements: ReadonlyMap<Attestation, object>) => {
  const envelopes = new Map<Attestation, Result<Uint8Array, string>>();
  for (const [attestation, statement] of statements) envelopes.set(attestation, ok(await sealed(statement, kms.sign)));
  return envelopes;
};
const verify = (
  envelopes: ReadonlyMap<Attestation, Result<Uint8Array, string>>,
  expected: Partial<Expected> = {},
): Result<Verified, string> =>
  verifyImage(envelopes, { id: KEY_ID, publicKey: kms.publicKey }, { ...EXPECTED, ...expected });

test('an image that the pipeline built from the commit, with its bills of materials', async () => {
  expect(await seal(statementsOf()).then((envelopes) => verify(envelopes))).toMatchObject({
    ok: true,
    value: { provenance: { predicateType: 'https://slsa.dev/provenance/v1' }, notRun: [], bills: { length: 2 } },
  });
});

test('the commit may be known by its first digits, or be any', async () => {
  const envelopes = await seal(statementsOf());
  expect(verify(envelopes, { commit: COMMIT.slice(0, 12) }).ok).toBe(true);
  const { commit: _, ...any } = EXPECTED;
  expect(verifyImage(envelopes, { id: KEY_ID, publicKey: kms.publicKey }, any).ok).toBe(true);
  expect(verify(envelopes, { commit: 'ffff5eee9d55' }).ok).toBe(false);
});

/** One change each of what the signer says, and the sentence that it is refused with. */
const LIES: readonly (readonly [string, (all: Statements) => unknown, string])[] = [
  ...[...statementsOf().keys()].flatMap(
    (name) =>
      [
        [
          `${name} of another image`,
          (all: Statements) => all.set(name, statementsOf({ digest: OTHER_DIGEST }).get(name) as Statement),
          `${name}: it is about the image ${OTHER_DIGEST}, not about ${DIGEST}`,
        ],
        [
          `${name} of an image of another repository`,
          (all: Statements) => all.set(name, statementsOf({ name: 'evil/visits' }).get(name) as Statement),
          `${name}: it is about an image of evil/visits, not of ${EXPECTED.image.name}`,
        ],
        [`no ${name}`, (all: Statements) => all.delete(name), `${name}: there is none for ${DIGEST}`],
      ] as const,
  ),
  [
    'another pipeline',
    (all) => all.set('provenance', statementsOf({ pipeline: `${PIPELINE_ARN}-2` }).get('provenance') as Statement),
    `provenance: ${PIPELINE_ARN}-2 built it, not ${EXPECTED.builders.join(' or ')}`,
  ],
  [
    'a laptop, which names the right pipeline',
    (all) => all.set('provenance', statementsOf({ runner: 'local' }).get('provenance') as Statement),
    `provenance: urn:slipway:builder:local:${PIPELINE_ARN} built it, not`,
  ],
  [
    'a laptop under the name of the pipeline',
    lie('predicate.buildDefinition.internalParameters.slipway.runner', 'local'),
    'provenance: it was built on a laptop, not on AWS',
  ],
  [
    'the run of another pipeline',
    lie('predicate.runDetails.metadata.invocationId', `${PIPELINE_ARN}-2#1`),
    'are not of the builder',
  ],
  [
    'the name of another pipeline',
    lie('predicate.buildDefinition.externalParameters.pipeline', 'other'),
    'provenance: the pipeline other and its execution',
  ],
  [
    'another repository',
    (all) =>
      all.set('provenance', statementsOf({ repository: `${REPOSITORY_ARN}-fork` }).get('provenance') as Statement),
    `provenance: it was built from the repository ${REPOSITORY_ARN}-fork, not from ${REPOSITORY_ARN}`,
  ],
  [
    'another repository among what it was built from',
    lie('predicate.buildDefinition.resolvedDependencies.0.uri', `git+${REPOSITORY_ARN}-fork@refs/heads/develop`),
    'in another',
  ],
  [
    'another commit among what it was built from',
    lie('predicate.buildDefinition.resolvedDependencies.0.digest.gitCommit', OTHER_COMMIT),
    'in another',
  ],
  [
    'an older commit',
    (all) => all.set('provenance', statementsOf({ commit: OTHER_COMMIT }).get('provenance') as Statement),
    `provenance: it was built from the commit ${OTHER_COMMIT}, not from ${COMMIT}`,
  ],
  [
    'another type of build',
    lie('predicate.buildDefinition.buildType', 'urn:slipway:build-type:codepipeline:v2'),
    'buildType',
  ],
  [
    'an external parameter that nobody knows',
    lie('predicate.buildDefinition.externalParameters.variables.SkipTests', 'yes'),
    'Unrecognized key: "SkipTests"',
  ],
  [
    'an internal parameter that nobody knows',
    lie('predicate.buildDefinition.internalParameters.slipway.debug', true),
    'Unrecognized key: "debug"',
  ],
  [
    'a bill of materials in the place of provenance',
    (all) => all.set('provenance', all.get('sbom-package') as object),
    'provenance: it says https://cyclonedx.org/bom, not https://slsa.dev/provenance/v1',
  ],
  [
    'provenance in the place of a bill of materials',
    (all) => all.set('sbom-package', all.get('provenance') as object),
    'sbom-package: it says https://slsa.dev/provenance/v1, not https://cyclonedx.org/bom',
  ],
  [
    'the bill of the package in the place of that of the image',
    (all) => all.set('sbom-image', all.get('sbom-package') as object),
    `sbom-image: it lists what is in "1.4.2", not in ${DIGEST}`,
  ],
  ['an empty bill', lie('predicate.components', [], 'sbom-image'), 'sbom-image: it lists no package'],
  [
    'a bill that says nothing',
    lie('predicate.components', undefined, 'sbom-package'),
    'sbom-package: it lists no package',
  ],
];

function lie(path: string, value: unknown, name: Attestation = 'provenance') {
  return (all: Statements): unknown => all.set(name, changed(all.get(name), path, value) as object);
}

test.each(LIES)('refuses %s', async (_, change, sentence) => {
  const statements: Statements = statementsOf();
  change(statements);
  const verified = verify(await seal(statements));
  expect(verified).toMatchObject({ ok: false, errors: expect.arrayContaining([expect.stringContaining(sentence)]) });
});

describe.each(ATTESTATIONS)('of %s', (name) => {
  const withEnvelope = async (envelope: Result<Uint8Array, string>) => {
    const envelopes = await seal(statementsOf());
    envelopes.set(name, envelope);
    return verify(envelopes);
  };
  const statement = statementsOf().get(name);

  test('any flipped byte is refused', async () => {
    const whole = await sealed(statement, kms.sign);
    for (let at = 0; at < whole.length; at += 37) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] as number) ^ 1;
      expect({ at, ok: (await withEnvelope(ok(bytes))).ok }).toEqual({ at, ok: false });
    }
  });

  test.each<[string, () => Promise<Result<Uint8Array, string>>, string]>([
    ['the signature of another key', async () => ok(await sealed(statement, signer().sign)), 'signed by another key'],
    [
      'a signature under another name',
      async () => ok(await sealed(statement, kms.sign, 'mine')),
      'is signed by "mine"',
    ],
    [
      'a second signature',
      async () => {
        const [good, bad] = [await envelopeOf(statement, kms.sign), await envelopeOf(statement, signer().sign, 'mine')];
        return ok(stored({ ...good, signatures: [...good.signatures, ...bad.signatures] }));
      },
      'is no envelope: signatures',
    ],
    [
      'no signature',
      async () => ok(stored({ ...(await envelopeOf(statement, kms.sign)), signatures: [] })),
      'is no envelope',
    ],
    ['what is not JSON', async () => ok(Buffer.from('<html>')), 'is no JSON'],
    ['nothing', async () => ok(Buffer.of()), 'is no JSON'],
    ['what nobody has looked at', async () => err('it has 99999999999 bytes'), 'it has 99999999999 bytes'],
  ])('%s is refused', async (_, envelope, sentence) => {
    expect(await withEnvelope(await envelope())).toMatchObject({
      ok: false,
      errors: expect.arrayContaining([expect.stringContaining(`${name}: ${sentence}`.slice(0, name.length + 1))]),
    });
    const refused = await withEnvelope(await envelope());
    expect(refused.ok ? [] : refused.errors.join()).toContain(sentence);
  });
});

test('every problem is told at once', async () => {
  const statements = statementsOf({ commit: OTHER_COMMIT, repository: 'elsewhere' });
  statements.delete('sbom-image');
  const verified = verify(await seal(statements));
  expect(verified.ok ? [] : verified.errors.map((problem) => problem.split(' ').slice(0, 6).join(' '))).toEqual([
    `sbom-image: there is none for ${DIGEST}`,
    'provenance: it was built from the',
    'provenance: it was built from the',
  ]);
});

describe('on a laptop', () => {
  const local = { runner: 'local' } as const;

  test('its own word counts, and that of AWS does not', async () => {
    expect(verify(await seal(statementsOf(local)), local)).toMatchObject({ ok: true });
    expect(verify(await seal(statementsOf()), local).ok).toBe(false);
  });

  test('a bill of the image that could not be made is NOT RUN; one that was made and is gone is missing', async () => {
    const statements: Statements = statementsOf(local);
    statements.delete('sbom-image');
    const gone = verify(await seal(statements), local);
    expect(gone).toEqual({ ok: false, errors: [`sbom-image: there is none for ${DIGEST}`] });
    lie('predicate.runDetails.byproducts', [])(statements);
    expect(verify(await seal(statements), local)).toMatchObject({ ok: true, value: { notRun: ['sbom-image'] } });
    statements.delete('sbom-package');
    expect(verify(await seal(statements), local).ok).toBe(false);
  });

  test('on AWS no bill may be missing, whatever the provenance says', async () => {
    const statements: Statements = statementsOf();
    lie('predicate.runDetails.byproducts', [])(statements);
    statements.delete('sbom-image');
    expect(verify(await seal(statements)).ok).toBe(false);
  });
});
