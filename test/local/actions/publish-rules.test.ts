import { describe, expect, test } from '@jest/globals';
import { pipelineOf, planned, plansOf, resolved, testMutants } from './kinds';

const ROLE = 'arn:aws:iam::111122223333:role/shop-pipeline';

describe('S3 deploy', () => {
  test('is read, and its key resolved', () => {
    const action = planned('Deploy/Website', 's3-deploy');
    expect(action).toMatchObject({ bucket: 'shop-website', extract: true, objectKey: 'v#{Pack.VERSION}' });
    expect(resolved(action)).toMatchObject({ objectKey: 'v1.7' });
  });
  test('says which headers have no effect', () => {
    const ignored = plansOf()[0]?.ignored?.map(({ property }) => property);
    expect(ignored).toContain('configuration of an S3 deploy action.CacheControl');
  });
  testMutants('Deploy/Website', [
    ['no bucket', (action) => delete action.Configuration.BucketName, 'Configuration.BucketName', /required/],
    [
      'a name of no bucket',
      (action) => (action.Configuration.BucketName = 'A_B'),
      'Configuration.BucketName',
      /lower-case/,
    ],
    ['neither extracted nor not', (action) => delete action.Configuration.Extract, 'Configuration.Extract', /required/],
    ['extracted perhaps', (action) => (action.Configuration.Extract = 'yes'), 'Configuration.Extract', /true or false/],
    [
      'a zip without a key',
      (action) => {
        action.Configuration.Extract = 'false';
        delete action.Configuration.ObjectKey;
      },
      'Configuration.ObjectKey',
      /required where Extract is false/,
    ],
    [
      'an ACL that S3 has not',
      (action) => (action.Configuration.CannedACL = 'mine'),
      'Configuration.CannedACL',
      /private or public-read/,
    ],
    ['a key that it has not', (action) => (action.Configuration.Prefix = 'x'), 'Configuration.Prefix', /not known/],
    ['two inputs', (action) => action.InputArtifacts.push({ Name: 'Source' }), 'InputArtifacts', /Expected 1 input/],
    ['an output', (action) => (action.OutputArtifacts = [{ Name: 'X' }]), 'OutputArtifacts', /Expected 0 output/],
    [
      'a key of nobody',
      (action) => (action.Configuration.ObjectKey = '#{Pack.WHAT}'),
      'Configuration.ObjectKey',
      /puts out VERSION/,
    ],
    [
      'environment variables',
      (action) => (action.EnvironmentVariables = [{ Name: 'A', Value: 'b' }]),
      'EnvironmentVariables',
      /not supported/,
    ],
  ]);
});

describe('ECRBuildAndPublish', () => {
  test('is read with its role, its tags resolved', () => {
    const action = planned('Build/Image', 'ecr-build');
    expect(action).toMatchObject({ repository: 'shop', dockerfile: 'service', roleArn: ROLE });
    expect(resolved(action)).toMatchObject({ tags: 'latest, 4f2c1d0' });
  });
  test('what is not said has its default', () => {
    const action = planned('Build/Image', 'ecr-build', (template) => {
      const { Configuration } = pipelineOf(template).Stages[1].Actions[1];
      for (const key of ['DockerFilePath', 'ImageTags']) delete Configuration[key];
    });
    expect(action).toMatchObject({ dockerfile: '.', tags: 'latest' });
  });
  testMutants('Build/Image', [
    [
      'no repository',
      (action) => delete action.Configuration.ECRRepositoryName,
      'Configuration.ECRRepositoryName',
      /required/,
    ],
    [
      'a repository that nobody makes',
      (action) => (action.Configuration.ECRRepositoryName = 'other'),
      'Configuration.ECRRepositoryName',
      /No stack of this assembly holds an AWS::ECR::Repository named "other"/,
    ],
    [
      'the public registry',
      (action) => (action.Configuration.RegistryType = 'public'),
      'Configuration.RegistryType',
      /public registry has no stand-in/,
    ],
    [
      'a Dockerfile outside',
      (action) => (action.Configuration.DockerFilePath = '../Dockerfile'),
      'Configuration.DockerFilePath',
      /inside of the input/,
    ],
    ['no tag', (action) => (action.Configuration.ImageTags = ' , '), 'Configuration.ImageTags', /at least one tag/],
    [
      'a tag with a colon',
      (action) => (action.Configuration.ImageTags = 'a:b'),
      'Configuration.ImageTags',
      /no image tag/,
    ],
    [
      'a key that it has not',
      (action) => (action.Configuration.Platform = 'arm'),
      'Configuration.Platform',
      /not known/,
    ],
    ['no input', (action) => delete action.InputArtifacts, 'InputArtifacts', /Expected 1 input/],
    [
      'a pipeline of type V1',
      (_, template) => {
        pipelineOf(template).PipelineType = 'V1';
      },
      'ActionTypeId',
      /type V2/,
    ],
    [
      'a variable that it does not put out',
      (_, template) => {
        pipelineOf(template).Stages[2].Actions[1].EnvironmentVariables[0].Value = '#{Image.Tag}';
      },
      '/Resources.Pipeline.Properties.Stages[2].Actions[1].EnvironmentVariables[0].Value',
      /puts out ECRImageDigestId, ECRRepositoryName/,
    ],
  ]);
});
