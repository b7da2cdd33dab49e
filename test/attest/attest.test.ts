import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attest } from '../../lib/attest/attest';
import { sayAttested, sayRefused } from '../../lib/attest/report';
import type { AttestRequest } from '../../lib/attest/request';
import { open } from '../../lib/provenance/dsse';
import { attestationKey } from '../../lib/provenance/storage';
import { err } from '../../lib/result';
import { COMMIT, KEY_ID } from '../provenance/fixture';
import { type Account, account, buildOf, DIGEST, EXECUTION, type FakeAws, fakeAws, request, runOf } from './fakes';

const BILL = { bomFormat: 'CycloneDX', specVersion: '1.6', components: [{ name: 'flask' }] };
let bills: string;

beforeEach(() => {
  bills = mkdtempSync(join(tmpdir(), 'bills-'));
  for (const name of ['image', 'package']) writeFileSync(join(bills, `${name}.cdx.json`), JSON.stringify(BILL));
});
afterEach(() => rmSync(bills, { recursive: true }));

interface Trial {
  readonly aws: FakeAws;
  readonly result: Awaited<ReturnType<typeof attest>>;
}

async function tried(
  change: (account: Account) => unknown = () => {},
  asked: Partial<AttestRequest> = {},
): Promise<Trial> {
  const world = account();
  change(world);
  const aws = fakeAws(world);
  return { aws, result: await attest(request({ bills, ...asked }), aws.ports) };
}

const opened = ({ aws }: Trial, attestation: Parameters<typeof attestationKey>[2]) =>
  open(
    aws.objects.get(`s3://attestations/${attestationKey('visits', DIGEST, attestation)}`) ?? Buffer.from(''),
    new Map([[KEY_ID, aws.publicKey]]),
  );

test('what AWS says of a build that went well is signed, and so are both bills of materials', async () => {
  const trial = await tried();
  expect(trial.result).toMatchObject({ ok: true, value: { absent: [] } });
  expect(opened(trial, 'provenance')).toMatchObject({
    ok: true,
    value: {
      subject: [
        { name: '111122223333.dkr.ecr.eu-central-1.amazonaws.com/visits', digest: { sha256: DIGEST.slice(7) } },
      ],
      predicate: {
        buildDefinition: {
          externalParameters: {
            pipeline: 'visits-development',
            source: {
              repository: 'arn:aws:codecommit:eu-central-1:111122223333:visits',
              branch: 'develop',
              commit: COMMIT,
            },
            variables: { IgnoreAlarms: 'no' },
          },
          internalParameters: { slipway: { runner: 'codepipeline' } },
        },
        runDetails: {
          builder: { id: 'arn:aws:codepipeline:eu-central-1:111122223333:visits-development' },
          metadata: {
            invocationId: `arn:aws:codepipeline:eu-central-1:111122223333:visits-development#${EXECUTION}`,
            startedOn: '2026-11-21T12:01:00.000Z',
            finishedOn: '2026-11-21T12:07:00.000Z',
          },
          byproducts: [{ name: 'image.cdx.json' }, { name: 'package.cdx.json' }],
        },
      },
    },
  });
  for (const kind of ['sbom-image', 'sbom-package'] as const)
    expect(opened(trial, kind)).toMatchObject({ ok: true, value: { predicate: BILL } });
  expect([...trial.aws.objects.keys()].at(-1)).toMatch(/provenance\.dsse\.json$/);
});

test('a source behind a connection is named with its connection', async () => {
  const trial = await tried((world) => {
    const source = runOf(world, 'Source/Source');
    source.provider = 'CodeStarSourceConnection';
    source.configuration = { ConnectionArn: 'arn:c', FullRepositoryId: 'team/visits', BranchName: 'main' };
  });
  expect(opened(trial, 'provenance')).toMatchObject({
    value: {
      predicate: {
        buildDefinition: { externalParameters: { source: { repository: 'arn:c/team/visits', branch: 'main' } } },
      },
    },
  });
});

test('the same image again is the same statement again', async () => {
  const [one, two] = [await tried(), await tried()];
  expect(opened(one, 'provenance')).toEqual(opened(two, 'provenance'));
});

describe('where AWS says otherwise, nothing is signed', () => {
  const CASES: readonly (readonly [string, (world: Account) => unknown, string])[] = [
    ['the execution has ended', (w) => Object.assign(w.execution, { status: 'Stopped' }), `${EXECUTION} is Stopped`],
    [
      'a check failed',
      (w) => Object.assign(runOf(w, 'Test/Security'), { status: 'Failed' }),
      'Test/Security is Failed',
    ],
    [
      'a check was not retried to success',
      (w) => Object.assign(w, { runs: w.runs.filter((run) => !(run.action === 'Unit' && run.status === 'Succeeded')) }),
      'Test/Unit is Failed',
    ],
    [
      'a check did not run',
      (w) => Object.assign(w, { runs: w.runs.filter(({ action }) => action !== 'Security') }),
      'Test/Security did not run in this execution',
    ],
    [
      'a check still runs',
      (w) => Object.assign(runOf(w, 'Test/Security'), { status: 'InProgress' }),
      'Test/Security is InProgress',
    ],
    [
      'something that is no check failed',
      (w) => w.runs.push({ ...runOf(w, 'Test/Security'), action: 'Licences', status: 'Failed' }),
      'Test/Licences is Failed',
    ],
    [
      'the image has another digest',
      (w) => Object.assign(runOf(w, 'Test/Image'), { variables: { IMAGE_DIGEST: 'sha256:ff' } }),
      'Test/Image made sha256:ff',
    ],
    [
      'the version is another',
      (w) => Object.assign(runOf(w, 'Build/Build'), { variables: { VERSION: '9.9' } }),
      'Build/Build made 9.9',
    ],
    [
      'the image is not in the registry',
      (w) => Object.assign(w, { images: {} }),
      'the repository visits has no image sha256:',
    ],
    [
      'the registry has another manifest for it',
      (w) => Object.assign(w.images, { [`visits@${DIGEST}`]: Buffer.from('{}') }),
      'in visits has the digest sha256:44136fa',
    ],
    [
      'the commit of the source is another than that of the execution',
      (w) => Object.assign(w.execution, { revisions: { SourceArtifact: 'f'.repeat(40) } }),
      `Source/Source says commit ${COMMIT}, the execution ffff`,
    ],
    [
      'the source is of a provider that the build type does not have',
      (w) => Object.assign(runOf(w, 'Source/Source'), { provider: 'S3' }),
      'a source of the provider S3',
    ],
    [
      'there are two sources',
      (w) => w.runs.push({ ...runOf(w, 'Source/Source'), action: 'Other' }),
      '2 source actions ran; there must be one',
    ],
    [
      'the source did not succeed',
      (w) => Object.assign(runOf(w, 'Source/Source'), { status: 'Failed' }),
      'Source/Source is Failed',
    ],
    [
      'the action has no build',
      (w) => Object.assign(runOf(w, 'Test/Image'), { externalId: undefined }),
      'Test/Image has no build',
    ],
    [
      'CodeBuild does not know the build',
      (w) => Object.assign(w, { builds: {} }),
      'CodeBuild has no build visits-development',
    ],
    [
      'the build failed',
      (w) => Object.assign(buildOf(w), { status: 'FAILED' }),
      "status of the image's build is FAILED",
    ],
    [
      'it is of another project',
      (w) => Object.assign(buildOf(w), { project: 'evil' }),
      "project of the image's build is evil",
    ],
    [
      'a person started it',
      (w) => Object.assign(buildOf(w), { initiator: 'eve' }),
      "initiator of the image's build is eve",
    ],
    [
      'it built another commit',
      (w) => Object.assign(buildOf(w), { sourceVersion: 'e'.repeat(40) }),
      "commit of the image's build is eeee",
    ],
    [
      'it exported another digest',
      (w) => Object.assign(buildOf(w), { exported: {} }),
      "exported digest of the image's build is nothing",
    ],
    [
      'its ARN says no account',
      (w) => Object.assign(buildOf(w), { arn: 'arn:aws:codebuild' }),
      'arn:aws:codebuild is none',
    ],
    [
      'the execution has a variable that the build type does not know',
      (w) => Object.assign(w.execution, { variables: { IgnoreAlarms: 'no', SkipTests: 'yes' } }),
      'SkipTests',
    ],
  ];

  test.each(CASES)('%s', async (_, change, message) => {
    const { aws, result } = await tried(change);
    expect(result).toMatchObject({ ok: false });
    expect(result.ok ? '' : result.errors.join('\n')).toContain(message);
    expect([aws.signed, [...aws.objects]]).toEqual([[], []]);
  });

  test('every disagreement is told, not only the first', async () => {
    const { result } = await tried((world) => {
      runOf(world, 'Test/Security').status = 'Failed';
      world.images = {};
      world.execution.status = 'Stopped';
    });
    expect(result.ok ? [] : result.errors).toHaveLength(3);
  });

  test('what AWS refuses to tell is no fact', async () => {
    const aws = fakeAws(account());
    const refused = err('codepipeline:GetPipelineExecution: AccessDenied: no');
    const result = await attest(request({ bills }), { ...aws.ports, execution: async () => refused });
    expect(result).toEqual(refused);
    expect(aws.signed).toEqual([]);
  });
});

describe('bills of materials are data', () => {
  test.each([
    ['{', 'image.cdx.json is no JSON'],
    ['{"bomFormat":"SPDX","specVersion":"1"}', 'image.cdx.json is no bill of materials in CycloneDX'],
  ])('%s is refused', async (text, message) => {
    writeFileSync(join(bills, 'image.cdx.json'), text);
    const { aws, result } = await tried();
    expect(result).toMatchObject({ errors: [expect.stringContaining(message)] });
    expect(aws.signed).toEqual([]);
  });

  test('one that is missing is a failure in CodeBuild, and told on a laptop', async () => {
    rmSync(join(bills, 'image.cdx.json'));
    expect((await tried()).result).toEqual(err('no image.cdx.json was handed over'));
    const { aws, result } = await tried(() => {}, { runner: 'local' });
    expect(result).toMatchObject({ ok: true, value: { absent: ['image.cdx.json'] } });
    expect(aws.objects.size).toBe(2);
  });
});

test('a laptop says what its statement is worth, in the statement and in its output', async () => {
  const trial = await tried(() => {}, { runner: 'local' });
  expect(opened(trial, 'provenance')).toMatchObject({
    value: {
      predicate: {
        buildDefinition: { internalParameters: { slipway: { runner: 'local' } } },
        runDetails: {
          builder: {
            id: 'urn:slipway:builder:local:arn:aws:codepipeline:eu-central-1:111122223333:visits-development',
          },
        },
      },
    },
  });
  if (!trial.result.ok) throw new Error('not attested');
  expect(sayAttested(trial.result.value, request()).at(-1)).toContain('SLSA build level 1 at most');
  const real = await tried();
  if (!real.result.ok) throw new Error('not attested');
  expect(sayAttested(real.result.value, request()).join('\n')).not.toContain('laptop');
});

test('a signature or an object that AWS refuses is a failure', async () => {
  const aws = fakeAws(account());
  const refused = async () => err('AccessDenied');
  expect(await attest(request({ bills }), { ...aws.ports, sign: refused })).toEqual(err('AccessDenied'));
  expect(aws.objects.size).toBe(0);
  expect(await attest(request({ bills }), { ...aws.ports, put: refused })).toEqual(err('AccessDenied'));
});

test('a refusal names the image and every reason', () => {
  expect(sayRefused(['one', 'two'], request())).toEqual([
    `visits@${DIGEST} is not attested; nothing was signed:`,
    '  one',
    '  two',
  ]);
});
