import { describe, expect, test } from '@jest/globals';
import { type Loose, pipelineOf, planned, resolved, testMutants } from './kinds';

const ROLE = 'arn:aws:iam::111122223333:role/shop-pipeline';

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
