import { readProvenance } from '../../lib/ops/provenance';
import { renderProvenance } from '../../lib/ops/render-provenance';
import { LARGEST_ENVELOPE } from '../../lib/provenance/storage';
import { EXPECTED, REPOSITORY_URI, statementsOf } from '../provenance/attestations';
import { COMMIT, DIGEST, KEY_ID, PIPELINE_ARN, sealed, signer } from '../provenance/fixture';
import { type FakeAws, fakeAws, serviceError } from './fake-aws';

const kms = signer();
const VERSION = '1.4.2-35285eee9d55';
const VARIABLES = {
  REPOSITORY_URI,
  ATTESTATIONS: 's3://attestations',
  PROVENANCE_KEY: KEY_ID,
  PROVENANCE_BUILDERS: EXPECTED.builders.join(' '),
  PROVENANCE_SOURCE: EXPECTED.source,
};

/** An account with one image; `facts` are what is signed about it, undefined: nothing. */
async function account(
  facts: Parameters<typeof statementsOf>[0] | undefined = {},
  kind: FakeAws['kind'] = 'aws',
  variables: Readonly<Record<string, string>> = VARIABLES,
): Promise<FakeAws> {
  const objects = new Map<string, Uint8Array>();
  for (const [name, statement] of facts === undefined ? [] : statementsOf(facts))
    objects.set(`visits/${DIGEST.slice(7)}/${name}.dsse.json`, await sealed(statement, kms.sign));
  const project = (name: string) => ({ actionTypeId: { provider: 'CodeBuild' }, configuration: { ProjectName: name } });
  return fakeAws(
    {
      'codepipeline:GetPipeline': () => ({
        pipeline: {
          stages: [{ actions: [{ actionTypeId: { provider: 'CodeCommit' } }, project('unit'), project('deploy')] }],
        },
      }),
      'codebuild:BatchGetProjects': ({ names }: { names: string[] }) => ({
        projects: names.map((name) => ({
          environment: {
            environmentVariables:
              name === 'deploy' ? Object.entries(variables).map(([key, value]) => ({ name: key, value })) : [],
          },
        })),
      }),
      'ecr:DescribeImages': ({ imageIds: [id] = [] }: { imageIds?: { imageTag?: string; imageDigest?: string }[] }) => {
        if (id && id.imageTag !== VERSION && id.imageDigest !== DIGEST) throw serviceError('ImageNotFoundException');
        const older = { imageDigest: 'sha256:00', imagePushedAt: new Date('2026-11-20T12:00:00Z') };
        const image = { imageDigest: DIGEST, imageTags: [VERSION], imagePushedAt: new Date('2026-11-21T12:00:00Z') };
        return { imageDetails: id ? [image] : [older, image] };
      },
      'kms:GetPublicKey': () => ({ PublicKey: kms.publicKey.export({ type: 'spki', format: 'der' }) }),
      's3:GetObject': ({ Bucket, Key }: { Bucket: string; Key: string }) => {
        const bytes = Bucket === 'attestations' ? objects.get(Key) : undefined;
        if (!bytes) throw serviceError('NoSuchKey');
        return { Body: { transformToByteArray: async () => bytes }, ContentLength: bytes.length };
      },
    },
    kind,
  );
}

const shown = async (aws: FakeAws, wanted?: string) => {
  const image = await readProvenance(aws, 'visits-development', 'visits', wanted);
  if (!image.ok) throw new Error(image.errors.map(({ message }) => message).join());
  return image.value;
};

test.each([undefined, VERSION, DIGEST])('an image that a deploy would take, asked for by %s', async (wanted) => {
  const image = await shown(await account(), wanted);
  expect(image).toMatchObject({
    digest: DIGEST,
    tags: [VERSION],
    problems: [],
    source: { repository: EXPECTED.source, branch: 'develop', commit: COMMIT },
    builder: PIPELINE_ARN,
    bills: { 'sbom-image': 1, 'sbom-package': 1 },
  });
  expect(renderProvenance(image)).toEqual(
    expect.arrayContaining([
      `image    ${REPOSITORY_URI}@${DIGEST}`,
      `source   ${EXPECTED.source}, branch develop, commit ${COMMIT}`,
      'lists    sbom-image: 1 packages',
      'Verified; designed to SLSA build level 3, self-assessed.',
    ]),
  );
});

test('one that it would not: every problem', async () => {
  const image = await shown(await account({ pipeline: 'arn:evil', repository: 'elsewhere' }));
  expect(image.problems.length).toBeGreaterThan(1);
  expect(image.source).toBeUndefined();
  expect(renderProvenance(image)).toEqual(
    expect.arrayContaining([
      expect.stringContaining('PROBLEM  provenance: arn:evil built it'),
      'A deploy would refuse it.',
    ]),
  );
});

test('one about which nothing is signed', async () => {
  const aws = await account();
  const image = await shown({ ...aws, s3: { send: async () => Promise.reject(serviceError('NoSuchKey')) } as never });
  expect(image.problems).toHaveLength(3);
});

test('what is too large to be read is a problem', async () => {
  const aws = await account();
  let cancelled = 0;
  const huge = {
    ContentLength: LARGEST_ENVELOPE + 1,
    Body: { transformToWebStream: () => ({ cancel: async () => void cancelled++ }) },
  };
  const image = await shown({ ...aws, s3: { send: async () => huge } as never });
  expect(image.problems.join()).toContain(`has ${LARGEST_ENVELOPE + 1} bytes`);
  expect(cancelled).toBe(3);
});

test('on a laptop the word of the laptop counts, which is level 1 at most', async () => {
  const image = await shown(await account({ runner: 'local' }, 'local'));
  expect(renderProvenance(image).at(-1)).toBe('Verified; a laptop: SLSA build level 1 at most.');
  expect((await shown(await account({ runner: 'local' }))).problems).not.toEqual([]);
});

test.each<[string, () => Promise<FakeAws>, string | undefined, string]>([
  ['no such image', () => account(), '9.9.9', 'visits has no image 9.9.9'],
  [
    'a pipeline whose deploys verify nothing',
    () => account({}, 'aws', {}),
    undefined,
    'no action of visits-development',
  ],
])('%s is told', async (_, aws, wanted, message) => {
  expect(await readProvenance(await aws(), 'visits-development', 'visits', wanted)).toMatchObject({
    ok: false,
    errors: [{ message: expect.stringContaining(message) }],
  });
});
