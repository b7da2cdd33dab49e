import { describe, expect, test } from '@jest/globals';
import type { Plan } from '../../../lib/local/plan';
import { renderPlanTree } from '../../../lib/local/plan-tree';
import { resolveAction } from '../../../lib/local/variables';
import { type Loose, pipelineOf, planned, plansOf, testMutants } from './kinds';

const ROLE = 'arn:aws:iam::111122223333:role/shop-pipeline';
const SCOPE = new Map([
  ['Commit', { CommitId: '4f2c1d0', BranchName: 'main' }],
  ['Pack', { VERSION: '1.7' }],
  ['Image', { ECRRepositoryName: 'shop', ECRImageDigestId: 'sha256:0' }],
]);

const resolved = (action: Parameters<typeof resolveAction>[0]): unknown => {
  const result = resolveAction(action, SCOPE);
  if (!result.ok) throw new Error(result.errors.join());
  return result.value;
};

test('the plan of every kind of action, as it is shown', () => {
  const { ignored: _, ...plan } = plansOf()[0] as Plan;
  expect(renderPlanTree(plan)).toBe(
    `
shop  QUEUED, stack Shop
│  variable GREETING = hello
├─ Source
│  └─ Source  CodeCommit shop, branch main
│        out Source
│        gives variables #{Commit.…}
├─ Build
│  └─ 1.  2 in parallel
│     ├─ Pack  3 commands
│     │     in Source → out Site
│     │     $ mkdir -p site
│     │     $ echo "#{variables.GREETING}, $WHO" > site/index.html
│     │     $ export VERSION=1.$(cat version.txt)
│     │     with WHO=#{Commit.BranchName}
│     │     keeps site/**/*, version.txt
│     │     puts out VERSION, AWS_DEFAULT_REGION
│     │     gives variables #{Pack.…}
│     │     role shop-pipeline
│     └─ Image  image to ECR shop
│           in Source
│           builds service
│           tags latest, #{Commit.CommitId}
│           gives variables #{Image.…}
│           role shop-pipeline
└─ Deploy
   ├─ 1.  2 in parallel
   │  ├─ Website  S3 bucket shop-website
   │  │     in Site
   │  │     its files in v#{Pack.VERSION}
   │  └─ Service  EKS shop with kubectl
   │        in Source
   │        applies k8s/config.yaml, k8s/more
   │        in namespace default
   │        with IMAGE=#{Image.ECRRepositoryName}@#{Image.ECRImageDigestId}
   │        gives variables #{Service.…}
   │        role shop-pipeline
   └─ 2. Next  starts the pipeline shop-after
         with VERSION=#{Pack.VERSION}
         Source at COMMIT_ID #{Commit.CommitId}
`.trim(),
  );
});

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

describe('EKS', () => {
  test('is read with its role, everything resolved', () => {
    const action = planned('Deploy/Service', 'eks');
    expect(action).toMatchObject({
      cluster: 'shop',
      deployment: { tool: 'kubectl', manifests: 'k8s/config.yaml, k8s/more' },
      namespaceName: 'default',
      roleArn: ROLE,
    });
    expect(resolved(action)).toMatchObject({
      environment: [{ name: 'IMAGE', value: 'shop@sha256:0', type: 'PLAINTEXT' }],
    });
  });
  test('is read with helm', () => {
    const action = planned('Deploy/Service', 'eks', (template) => {
      const { Configuration } = pipelineOf(template).Stages[2].Actions[1];
      delete Configuration.ManifestFiles;
      Object.assign(Configuration, {
        HelmReleaseName: 'shop',
        HelmChartLocation: 'chart',
        HelmValuesFiles: 'a.yaml,b.yaml',
      });
    });
    expect(action.deployment).toEqual({ tool: 'helm', release: 'shop', chart: 'chart', values: 'a.yaml,b.yaml' });
  });
  testMutants('Deploy/Service', [
    ['no cluster', (action) => delete action.Configuration.ClusterName, 'Configuration.ClusterName', /required/],
    [
      'a cluster that nobody makes',
      (action) => (action.Configuration.ClusterName = 'x'),
      'Configuration.ClusterName',
      /No stack of this assembly holds an AWS::EKS::Cluster/,
    ],
    [
      'nothing to deploy',
      (action) => delete action.Configuration.ManifestFiles,
      'Configuration',
      /Expected ManifestFiles/,
    ],
    [
      'kubectl and helm at once',
      (action) => (action.Configuration.HelmReleaseName = 'x'),
      'Configuration.ManifestFiles',
      /not with helm/,
    ],
    [
      'a chart without a release',
      (action) => {
        delete action.Configuration.ManifestFiles;
        action.Configuration.HelmChartLocation = 'chart';
      },
      'Configuration.HelmReleaseName',
      /required/,
    ],
    [
      'a release without a chart',
      (action) => {
        delete action.Configuration.ManifestFiles;
        action.Configuration.HelmReleaseName = 'x';
      },
      'Configuration.HelmChartLocation',
      /required/,
    ],
    [
      'a namespace with a capital',
      (action) => (action.Configuration.Namespace = 'Shop'),
      'Configuration.Namespace',
      /no namespace/,
    ],
    [
      'a secret',
      (action) => (action.EnvironmentVariables[0].Type = 'SECRETS_MANAGER'),
      'EnvironmentVariables[0].Type',
      /Only a Commands action takes secrets/,
    ],
    ['commands', (action) => (action.Commands = ['ls']), 'Commands', /not known/],
    ['an output', (action) => (action.OutputArtifacts = [{ Name: 'X' }]), 'OutputArtifacts', /Expected 0 output/],
    [
      'a pipeline of type V1',
      (_, template) => {
        pipelineOf(template).PipelineType = 'V1';
      },
      'ActionTypeId',
      /type V2/,
    ],
  ]);
});

describe('CodePipeline invoke', () => {
  test('is read, variables and revisions resolved', () => {
    expect(resolved(planned('Deploy/Next', 'pipeline-invoke'))).toMatchObject({
      pipeline: 'shop-after',
      variables: [{ name: 'VERSION', value: '1.7' }],
      sourceRevisions: [{ action: 'Source', type: 'COMMIT_ID', value: '4f2c1d0' }],
    });
  });
  const set = (key: string, value: unknown) => (action: Loose) => {
    action.Configuration[key] = typeof value === 'string' ? value : JSON.stringify(value);
  };
  testMutants('Deploy/Next', [
    ['no pipeline', (action) => delete action.Configuration.PipelineName, 'Configuration.PipelineName', /required/],
    [
      'a pipeline that nobody makes',
      set('PipelineName', 'other'),
      'Configuration.PipelineName',
      /No stack of this assembly holds a pipeline named "other"/,
    ],
    ['variables that are no JSON', set('Variables', 'VERSION=1'), 'Configuration.Variables', /JSON list/],
    [
      'a variable with a member too many',
      set('Variables', [{ name: 'VERSION', value: 'x', type: 'y' }]),
      'Configuration.Variables',
      /found the item/,
    ],
    [
      'a variable that the pipeline has not',
      set('Variables', [{ name: 'OTHER', value: 'x' }]),
      'Configuration.Variables',
      /has no variable "OTHER"; it has VERSION/,
    ],
    ['an empty value', set('Variables', [{ name: 'VERSION', value: '' }]), 'Configuration.Variables', /1 to 1000/],
    [
      'revisions that are no list',
      set('SourceRevisions', { actionName: 'Source' }),
      'Configuration.SourceRevisions',
      /JSON list/,
    ],
    [
      'a type of revision that is not there',
      set('SourceRevisions', [{ actionName: 'Source', revisionType: 'TAG', revisionValue: 'x' }]),
      'Configuration.SourceRevisions',
      /COMMIT_ID or/,
    ],
    [
      'a source action that is not there',
      set('SourceRevisions', [{ actionName: 'X', revisionType: 'COMMIT_ID', revisionValue: 'x' }]),
      'Configuration.SourceRevisions',
      /no source action "X"; it has Source/,
    ],
    [
      'an empty revision',
      set('SourceRevisions', [{ actionName: 'Source', revisionType: 'COMMIT_ID', revisionValue: '' }]),
      'Configuration.SourceRevisions',
      /is empty/,
    ],
    ['an input', (action) => (action.InputArtifacts = [{ Name: 'Source' }]), 'InputArtifacts', /Expected 0 input/],
    [
      'a pipeline of type V1',
      (_, template) => {
        pipelineOf(template).PipelineType = 'V1';
      },
      'ActionTypeId',
      /type V2/,
    ],
  ]);
});
