import { createHash } from 'node:crypto';
import type { ActionRun, Build, Execution, Ports } from '../../lib/attest/ports';
import type { AttestRequest } from '../../lib/attest/request';
import { ok } from '../../lib/result';
import { COMMIT, KEY_ID, signer } from '../provenance/fixture';

const MANIFEST = Buffer.from('{"schemaVersion":2}');
export const DIGEST = `sha256:${createHash('sha256').update(MANIFEST).digest('hex')}`;
export const EXECUTION = '933ea4e1-1287-44c7-9694-6b826e1700bc';
const BUILD = 'visits-development-test-image:11111111-2222-4333-8444-555555555555';

export const request = (changes: Partial<AttestRequest> = {}): AttestRequest => ({
  service: 'visits',
  pipeline: 'visits-development',
  execution: EXECUTION,
  digest: DIGEST,
  version: '1.4.2-35285eee9d55',
  repository: 'visits',
  repositoryUri: '111122223333.dkr.ecr.eu-central-1.amazonaws.com/visits',
  imageAction: 'Test/Image',
  versionAction: 'Build/Build',
  checks: ['Test/Unit', 'Test/Security'],
  bills: '',
  bucket: 'attestations',
  keyArn: KEY_ID,
  runner: 'codepipeline',
  ...changes,
});

/** What AWS says; tests change it in place. */
export interface Account {
  execution: { -readonly [K in keyof Execution]: Execution[K] };
  runs: { -readonly [K in keyof ActionRun]: ActionRun[K] }[];
  builds: Record<string, { -readonly [K in keyof Build]: Build[K] }>;
  images: Record<string, Uint8Array>;
}

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 21, 12, minute));

const run = (id: string, minute: number, more: Partial<ActionRun> = {}): ActionRun => {
  const [stage = '', action = ''] = id.split('/');
  return {
    stage,
    action,
    category: 'Test',
    provider: 'CodeBuild',
    status: 'Succeeded',
    startedAt: at(minute),
    updatedAt: at(minute + 1),
    configuration: { ProjectName: `visits-development-${id.toLowerCase().replace('/', '-')}` },
    outputs: [],
    variables: {},
    ...more,
  };
};

/** An account in which everything went well, during the attest action. */
export const account = (): Account => ({
  execution: { status: 'InProgress', revisions: { SourceArtifact: COMMIT }, variables: { IgnoreAlarms: 'no' } },
  runs: [
    run('Test/Attest', 9, { status: 'InProgress', category: 'Build' }),
    run('Test/Security', 4),
    run('Test/Unit', 6),
    run('Test/Unit', 3, { status: 'Failed' }),
    run('Test/Image', 3, { category: 'Build', externalId: BUILD, variables: { IMAGE_DIGEST: DIGEST } }),
    run('Build/Build', 2, { category: 'Build', variables: { VERSION: '1.4.2-35285eee9d55', TESTED: 'no' } }),
    run('Source/Source', 1, {
      category: 'Source',
      provider: 'CodeCommit',
      configuration: { RepositoryName: 'visits', BranchName: 'develop' },
      outputs: ['SourceArtifact'],
      variables: { CommitId: COMMIT },
    }),
  ],
  builds: {
    [BUILD]: {
      arn: `arn:aws:codebuild:eu-central-1:111122223333:build/${BUILD}`,
      project: 'visits-development-test-image',
      status: 'SUCCEEDED',
      initiator: 'codepipeline/visits-development',
      sourceVersion: COMMIT,
      image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0',
      exported: { IMAGE_DIGEST: DIGEST },
    },
  },
  images: { [`visits@${DIGEST}`]: MANIFEST },
});

export const runOf = (of: Account, id: string): Account['runs'][number] => {
  const found = of.runs.find(({ stage, action }) => `${stage}/${action}` === id);
  if (found === undefined) throw new Error(`no run of ${id}`);
  return found;
};

export const buildOf = (of: Account): Account['builds'][string] => of.builds[BUILD] as Account['builds'][string];

export interface FakeAws {
  readonly ports: Ports;
  readonly publicKey: ReturnType<typeof signer>['publicKey'];
  readonly signed: Uint8Array[];
  readonly objects: Map<string, Uint8Array>;
}

export function fakeAws(of: Account): FakeAws {
  const { publicKey, sign } = signer();
  const signed: Uint8Array[] = [];
  const objects = new Map<string, Uint8Array>();
  return {
    publicKey,
    signed,
    objects,
    ports: {
      execution: async () => ok(of.execution),
      actionRuns: async () => ok(of.runs),
      build: async (id) => ok(of.builds[id]),
      manifest: async (repository, digest) => ok(of.images[`${repository}@${digest}`]),
      sign: async (_key, message) => {
        signed.push(message);
        return ok(await sign(message));
      },
      put: async (bucket, key, bytes) => {
        objects.set(`s3://${bucket}/${key}`, bytes);
        return ok(undefined);
      },
    },
  };
}
