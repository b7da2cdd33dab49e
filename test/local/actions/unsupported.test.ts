import { describe, expect, test } from '@jest/globals';
import { ACTION_KEYS } from '../../../lib/local/template/actions/keys';
import type { Keys } from '../../../lib/local/template/keys';
import { declared, diagnosticsOf, type Loose, plansOf, testMutants } from './kinds';

const type =
  (Category: string, Owner: string, Provider: string, Version = '1') =>
  (action: Loose) => {
    action.ActionTypeId = { Category, Owner, Provider, Version };
  };

describe('an action type that does not run here', () => {
  testMutants('Build/Pack', [
    ['S3 as source', type('Source', 'AWS', 'S3'), 'ActionTypeId', /S3 \(category Source, .*connection/],
    ['ECR as source', type('Source', 'AWS', 'ECR'), 'ActionTypeId', /by a variable of the pipeline/],
    ['GitHub by OAuth', type('Source', 'ThirdParty', 'GitHub'), 'ActionTypeId', /CodeStarSourceConnection/],
    ['CodeDeploy', type('Deploy', 'AWS', 'CodeDeploy'), 'ActionTypeId', /EKS action/],
    ['ECS', type('Deploy', 'AWS', 'ECS'), 'ActionTypeId', /ECS has no stand-in/],
    ['Lambda deploy', type('Deploy', 'AWS', 'Lambda'), 'ActionTypeId', /publish the version with the AWS CLI/],
    [
      'a stack set',
      type('Deploy', 'AWS', 'CloudFormationStackSet'),
      'ActionTypeId',
      /one stack with the CloudFormation/,
    ],
    ['Step Functions', type('Invoke', 'AWS', 'StepFunctions'), 'ActionTypeId', /start the state machine from/],
    ['Inspector', type('Invoke', 'AWS', 'InspectorScan'), 'ActionTypeId', /scan with a tool of your own/],
    ['Jenkins', type('Build', 'Custom', 'Jenkins'), 'ActionTypeId', /run the job with/],
    ['a custom action', type('Deploy', 'Custom', 'Ours'), 'ActionTypeId', /job worker is not here/],
    ['a third party', type('Deploy', 'ThirdParty', 'XebiaLabs'), 'ActionTypeId', /job worker is not here/],
    ['a test of Manual', type('Test', 'AWS', 'Manual'), 'ActionTypeId', /is Approval AWS Manual meant/],
    ['a build by Commands', type('Build', 'AWS', 'Commands'), 'ActionTypeId', /is Compute AWS Commands meant/],
    ['a provider in lower case', type('Compute', 'AWS', 'commands'), 'ActionTypeId', /is Compute AWS Commands meant/],
    [
      'PipelineInvoke',
      type('Invoke', 'AWS', 'PipelineInvoke'),
      'ActionTypeId',
      /these do, in version 1: .*Invoke AWS CodePip/,
    ],
    ['a category that is none', type('Verify', 'AWS', 'X'), 'ActionTypeId', /no such category; expected Source, Build/],
    ['an owner that is none', type('Build', 'Me', 'CodeBuild2'), 'ActionTypeId', /expected the owner AWS, Custom/],
    ['a version that is none', type('Compute', 'AWS', 'Commands', '2'), 'ActionTypeId', /its version is 1/],
    [
      'a provider of no one',
      type('Deploy', 'AWS', 'Magic'),
      'ActionTypeId',
      /these do, in version 1: Source AWS CodeCommit/,
    ],
  ]);
});

/** Every object that ACTION_KEYS speaks of, in the fixture. */
const PLACES: Record<keyof typeof ACTION_KEYS, (template: Loose) => Loose> = {
  commandsAction: (template) => declared(template, 'Build/Pack'),
  commandsOutput: (template) => declared(template, 'Build/Pack').OutputArtifacts[0],
  commands: (template) => declared(template, 'Build/Pack').Configuration,
  s3Deploy: (template) => declared(template, 'Deploy/Website').Configuration,
  ecrBuild: (template) => declared(template, 'Build/Image').Configuration,
  eksAction: (template) => declared(template, 'Deploy/Service'),
  eks: (template) => declared(template, 'Deploy/Service').Configuration,
  cloudFormation: (template) => declared(template, 'Cloud/Propose').Configuration,
  pipelineInvoke: (template) => declared(template, 'Deploy/Next').Configuration,
};

describe.each(Object.keys(PLACES) as (keyof typeof ACTION_KEYS)[])('members of %s', (kind) => {
  const keys: Keys = ACTION_KEYS[kind];
  test('one that nobody knows is refused by its name', () => {
    const found = diagnosticsOf((template) => {
      PLACES[kind](template).Unheard = 'x';
    });
    expect(found.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(new RegExp(`^${keys.of}\\.Unheard is not known`)),
    );
  });
  for (const [key, reason] of Object.entries(keys.ignores ?? {})) {
    test(`${key} has no effect, and that is told`, () => {
      const [plan] = plansOf((template) => {
        PLACES[kind](template)[key] = key === 'CannedACL' ? 'private' : 'x';
      });
      expect(plan?.ignored).toContainEqual(expect.objectContaining({ property: `${keys.of}.${key}`, reason }));
    });
  }
});
