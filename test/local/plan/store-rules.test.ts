import { expect, test } from '@jest/globals';
import { type Loose, pipelineOf, planOf } from './delivery-assembly';
import { action, type Templates, testMutants } from './mutants';

const store = (templates: Templates): Loose => pipelineOf(templates).ArtifactStore;
const toStores = (templates: Templates, ...regions: string[]): void => {
  const { ArtifactStore } = pipelineOf(templates);
  delete pipelineOf(templates).ArtifactStore;
  pipelineOf(templates).ArtifactStores = regions.map((Region) => ({ Region, ArtifactStore }));
};

testMutants([
  // Transitions
  [
    'a transition to no stage',
    (t) => (pipelineOf(t).DisableInboundStageTransitions = [{ StageName: 'Prod', Reason: 'freeze' }]),
    'DisableInboundStageTransitions[0].StageName',
    /no stage "Prod"; it has Source, Build/,
  ],
  [
    'a transition twice',
    (t) => (pipelineOf(t).DisableInboundStageTransitions = Array(2).fill({ StageName: 'Dev', Reason: 'freeze' })),
    'DisableInboundStageTransitions[1].StageName',
    /stands here twice/,
  ],
  [
    'a transition that is disabled without a reason',
    (t) => (pipelineOf(t).DisableInboundStageTransitions = [{ StageName: 'Dev' }]),
    'DisableInboundStageTransitions[0].Reason',
    /required and missing/,
  ],
  [
    'a reason of 301 characters',
    (t) => (pipelineOf(t).DisableInboundStageTransitions = [{ StageName: 'Dev', Reason: 'x'.repeat(301) }]),
    'DisableInboundStageTransitions[0].Reason',
    /301 characters; CodePipeline takes 300/,
  ],
  ['no role', (t) => delete pipelineOf(t).RoleArn, 'RoleArn', /required and missing/],

  // Artifact stores
  ['no artifact store', (t) => delete pipelineOf(t).ArtifactStore, '', /Expected ArtifactStore, or ArtifactStores/],
  [
    'a store and a map of stores',
    (t) => (pipelineOf(t).ArtifactStores = [{ Region: 'eu-west-1', ArtifactStore: pipelineOf(t).ArtifactStore }]),
    'ArtifactStores',
    /not with ArtifactStore/,
  ],
  [
    'a map without a store for the pipeline itself',
    (t) => toStores(t, 'us-east-1'),
    'ArtifactStores',
    /no artifact store for eu-west-1/,
  ],
  [
    'a map without a store for the region of an action',
    (t) => {
      toStores(t, 'eu-west-1');
      action(t, 3).Region = 'us-east-1';
    },
    'ArtifactStores',
    /no artifact store for us-east-1/,
  ],
  [
    'two stores for one region',
    (t) => toStores(t, 'eu-west-1', 'eu-west-1'),
    'ArtifactStores[1].Region',
    /Another artifact store is for eu-west-1/,
  ],
  ['a store that is not in S3', (t) => (store(t).Type = 'EFS'), 'ArtifactStore.Type', /Expected S3/],
  ['a store without a bucket', (t) => delete store(t).Location, 'ArtifactStore.Location', /required and missing/],
  [
    'a key of another kind',
    (t) => (store(t).EncryptionKey.Type = 'PGP'),
    'ArtifactStore.EncryptionKey.Type',
    /Expected KMS/,
  ],
  [
    'an alias as the key of a pipeline with actions of another account',
    (t) => {
      store(t).EncryptionKey.Id = 'alias/artifacts';
      action(t, 3).RoleArn = 'arn:aws:iam::444455556666:role/Deployer';
    },
    'ArtifactStore.EncryptionKey.Id',
    /the key's id or ARN, found the alias/,
  ],
]);

test('a pipeline with a store for each region is taken', () => {
  expect(planOf((templates) => toStores(templates, 'eu-west-1', 'us-east-1')).stages).toHaveLength(5);
});
