import { deliveryPipelines } from '../../lib/model/delivery-pipelines';
import { BUILD_TYPE, codeCommitSource, connectionSource } from '../../lib/provenance/build-type';
import { builderId, invocationId } from '../../lib/provenance/builder';
import { readStatement } from '../../lib/provenance/statement';
import { ATTESTATIONS, attestationKey } from '../../lib/provenance/storage';
import { input } from '../model/input';
import { DIGEST, PIPELINE_ARN, REPOSITORY_ARN, statementOfBuild } from './fixture';

type Json = Record<string, unknown>;

/** The statement of a good build with the member at `path` (names with dots between) set, or taken away by `undefined`. */
function withMember(path: string, value: unknown): string {
  const statement = structuredClone(statementOfBuild()) as unknown as Json;
  const names = path.split('.');
  const last = names.pop() as string;
  const parent = names.reduce((node, name) => node[name] as Json, statement);
  parent[last] = value;
  return JSON.stringify(statement);
}

test('the statement of a good build is read as it was written', () => {
  expect(readStatement(JSON.stringify(statementOfBuild()))).toEqual({ ok: true, value: statementOfBuild() });
});

describe('a statement in another form than the one that is written here is refused, with its place', () => {
  test.each([
    ['_type', 'https://in-toto.io/Statement/v0.1'],
    ['predicateType', 'https://slsa.dev/provenance/v0.2'],
    ['subject', []],
    ['subject.0.digest.sha256', 'ab'],
    ['subject.0.digest.md5', 'ab'],
    ['subject.1', { name: 'r/other', digest: { sha256: 'ef'.repeat(32) } }],
    ['predicate.buildDefinition.buildType', 'urn:slipway:build-type:codepipeline:v2'],
    ['predicate.buildDefinition.externalParameters.pipeline', undefined],
    ['predicate.buildDefinition.externalParameters.buildspec', 'version: 0.2'],
    ['predicate.buildDefinition.externalParameters.source.commit', 'develop'],
    ['predicate.buildDefinition.externalParameters.source.tag', 'v1'],
    ['predicate.buildDefinition.externalParameters.variables.SkipTests', 'yes'],
    ['predicate.buildDefinition.externalParameters.variables.IgnoreAlarms', 'perhaps'],
    ['predicate.buildDefinition.internalParameters.slipway.runner', 'jenkins'],
    ['predicate.buildDefinition.internalParameters.other', {}],
    ['predicate.buildDefinition.resolvedDependencies.0.digest.gitCommit', undefined],
    ['predicate.buildDefinition.resolvedDependencies.2', { name: 'tool', uri: 'x' }],
    ['predicate.runDetails.builder.id', ''],
    ['predicate.runDetails.builder.version', {}],
    ['predicate.runDetails.metadata.startedOn', 'yesterday'],
    ['predicate.runDetails.byproducts.0.digest.sha256', ''],
    ['extra', 1],
  ])('%s: %j', (path, value) => {
    const [place] = path.split('.').slice(0, 1);
    const read = readStatement(withMember(path, value));
    expect(read).toMatchObject({ ok: false, errors: [expect.stringContaining(place as string)] });
  });

  test('what is no JSON', () => {
    expect(readStatement('{')).toMatchObject({ errors: [expect.stringContaining('is no JSON')] });
  });
});

test('every variable of a pipeline, with what it may be, is an external parameter', () => {
  for (const { name, variables } of deliveryPipelines(input())) {
    const given = Object.fromEntries(variables.map((variable) => [variable.name, variable.default]));
    expect([
      name,
      readStatement(withMember('predicate.buildDefinition.externalParameters.variables', given)).ok,
    ]).toEqual([name, true]);
    for (const variable of variables)
      for (const value of variable.values)
        expect(
          readStatement(withMember(`predicate.buildDefinition.externalParameters.variables.${variable.name}`, value))
            .ok,
        ).toBe(true);
  }
});

test('a laptop does not pass for the pipeline of the same name on AWS', () => {
  const local = builderId(PIPELINE_ARN, 'local');
  expect(local).not.toBe(builderId(PIPELINE_ARN, 'codepipeline'));
  expect(local.startsWith('arn:')).toBe(false);
  expect(invocationId(local, 'e1')).toBe(`${local}#e1`);
});

test('a repository of the same name elsewhere is another source', () => {
  const connection = 'arn:aws:codeconnections:eu-central-1:111122223333:connection/1';
  const sources = [
    codeCommitSource(REPOSITORY_ARN),
    codeCommitSource(REPOSITORY_ARN.replace('111122223333', '444455556666')),
    connectionSource(connection, 'team/visits'),
    connectionSource(`${connection}2`, 'team/visits'),
    connectionSource(connection, 'fork/visits'),
  ];
  expect(new Set(sources).size).toBe(sources.length);
});

test('the type of the build has a version', () => {
  expect(BUILD_TYPE).toMatch(/:v\d+$/);
});

test('each attestation of an image has a place of its own, below its service', () => {
  expect(ATTESTATIONS.map((attestation) => attestationKey('visits', DIGEST, attestation))).toEqual([
    `visits/${'ab'.repeat(32)}/provenance.dsse.json`,
    `visits/${'ab'.repeat(32)}/sbom-image.dsse.json`,
    `visits/${'ab'.repeat(32)}/sbom-package.dsse.json`,
  ]);
});
