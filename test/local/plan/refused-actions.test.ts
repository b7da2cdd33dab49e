import { expect, test } from '@jest/globals';
import { diagnosticsOf, pipelineOf, planOf } from './delivery-assembly';
import { action, stage } from './mutants';

const paths = (change: Parameters<typeof diagnosticsOf>[0]): string[] =>
  diagnosticsOf(change).map(({ path }) => path.replace('Resources.Development19B4.Properties.', ''));

test('a source that does not run here is the one error: nothing that takes its artifact or variables is told too', () => {
  const found = paths((templates) => {
    Object.assign(action(templates, 0).ActionTypeId, { Owner: 'ThirdParty', Provider: 'GitHub' });
  });
  expect(found).toEqual(['Stages[0].Actions[0].ActionTypeId']);
});

test('nor is a trigger that names it', () => {
  const found = paths((templates) => {
    Object.assign(action(templates, 0).ActionTypeId, { Owner: 'AWS', Provider: 'S3' });
    const GitConfiguration = { SourceActionName: 'Source', Push: [{ Branches: { Includes: ['main'] } }] };
    pipelineOf(templates).Triggers = [{ ProviderType: 'CodeStarSourceConnection', GitConfiguration }];
  });
  expect(found).toEqual(['Stages[0].Actions[0].ActionTypeId']);
});

test('what nobody makes is told beside it', () => {
  const found = paths((templates) => {
    Object.assign(action(templates, 0).ActionTypeId, { Owner: 'ThirdParty', Provider: 'GitHub' });
    stage(templates, 1).Actions[0].InputArtifacts = [{ Name: 'Nobody' }];
  });
  expect(found).toContain('Stages[1].Actions[0].InputArtifacts');
});

test('what has no effect here need not have a value here', () => {
  const plan = planOf((templates) => {
    const { Resources } = templates['VisitsDelivery'];
    Resources.BuildProject.Properties.Description = { 'Fn::Sub': '${Nobody} builds' };
    pipelineOf(templates).Tags = { 'Fn::GetAtt': ['BuildRole', 'Nothing'] };
  });
  const properties = plan.ignored?.map(({ property }) => property);
  expect(properties).toContain('AWS::CodeBuild::Project.Description');
  expect(properties).toContain('AWS::CodePipeline::Pipeline.Tags');
});

test('nor need the place of the artifacts, which is another here', () => {
  const plan = planOf((templates) => {
    const { ArtifactStore } = pipelineOf(templates);
    ArtifactStore.Location = { 'Fn::ImportValue': 'nobody' };
    ArtifactStore.EncryptionKey.Id = { 'Fn::ImportValue': 'nobody' };
  });
  expect(plan.stages).toHaveLength(5);
});
