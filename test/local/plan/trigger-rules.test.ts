import { describe, expect, test } from '@jest/globals';
import { type Loose, pipelineOf, planOf } from './delivery-assembly';
import { type Templates, testMutants } from './mutants';

/** The source becomes a connection's, and has a trigger of each kind. */
function withTriggers(templates: Templates): Loose {
  const pipeline = pipelineOf(templates);
  const [source] = pipeline.Stages[0].Actions;
  source.ActionTypeId.Provider = 'CodeStarSourceConnection';
  source.Configuration = { ConnectionArn: 'arn:c', FullRepositoryId: 'me/visits', BranchName: 'main' };
  pipeline.Triggers = [
    {
      ProviderType: 'CodeStarSourceConnection',
      GitConfiguration: {
        SourceActionName: 'Source',
        Push: [
          { Tags: { Includes: ['v*'] } },
          { Branches: { Includes: ['release/**'], Excludes: ['release/old'] }, FilePaths: { Excludes: ['docs/**'] } },
        ],
        PullRequest: [{ Events: ['OPEN', 'UPDATED'], Branches: { Includes: ['main'] } }],
      },
    },
  ];
  return pipeline;
}

const git = (pipeline: Loose): Loose => pipeline.Triggers[0].GitConfiguration;
const change =
  (alter: (configuration: Loose, pipeline: Loose) => void) =>
  (templates: Templates): void => {
    const pipeline = withTriggers(templates);
    alter(git(pipeline), pipeline);
  };
const GIT = 'Triggers[0].GitConfiguration';
const patterns = (count: number): string[] => Array.from({ length: count }, (_, n) => `b${n}`);

describe('triggers', () => {
  test('are in the plan as the template says them', () => {
    const plan = planOf(withTriggers);
    expect(plan.triggers).toEqual([
      {
        sourceAction: 'Source',
        push: [
          { tags: { includes: ['v*'], excludes: [] } },
          {
            branches: { includes: ['release/**'], excludes: ['release/old'] },
            filePaths: { includes: [], excludes: ['docs/**'] },
          },
        ],
        pullRequest: [{ events: ['OPEN', 'UPDATED'], branches: { includes: ['main'], excludes: [] } }],
      },
    ]);
  });

  test('are not there where the template has none', () => {
    expect(planOf()).not.toHaveProperty('triggers');
  });

  test('are part of what makes a version of the pipeline', () => {
    const other = planOf(change((configuration) => delete configuration.PullRequest));
    expect(other.structure).not.toBe(planOf(withTriggers).structure);
  });

  test('may leave the events of a pull request open, which are all then', () => {
    const plan = planOf(change((configuration) => delete configuration.PullRequest[0].Events));
    expect(plan.triggers?.[0]?.pullRequest[0]?.events).toEqual([]);
  });
});

testMutants([
  [
    'a trigger of another provider',
    change((_, pipeline) => (pipeline.Triggers[0].ProviderType = 'CodeCommit')),
    'Triggers[0].ProviderType',
    /Expected CodeStarSourceConnection, found "CodeCommit"\. .*EventBridge rule/,
  ],
  [
    'a trigger without a provider',
    change((_, pipeline) => delete pipeline.Triggers[0].ProviderType),
    'Triggers[0].ProviderType',
    /required and missing/,
  ],
  [
    'a trigger without GitConfiguration',
    change((_, pipeline) => delete pipeline.Triggers[0].GitConfiguration),
    GIT,
    /required and missing/,
  ],
  [
    'a trigger for no source action',
    change((configuration) => (configuration.SourceActionName = 'Sauce')),
    `${GIT}.SourceActionName`,
    /no source action "Sauce"; those of a connection: Source/,
  ],
  [
    'a trigger for a CodeCommit source',
    (templates) => {
      const { Triggers } = withTriggers(structuredClone(templates));
      pipelineOf(templates).Triggers = Triggers;
    },
    `${GIT}.SourceActionName`,
    /"Source" is no CodeStarSourceConnection/,
  ],
  [
    'two triggers for one source action',
    change((_, pipeline) => pipeline.Triggers.push(structuredClone(pipeline.Triggers[0]))),
    'Triggers[1].GitConfiguration.SourceActionName',
    /Another trigger is for "Source" already/,
  ],
  [
    '51 triggers',
    change((_, pipeline) => {
      for (let n = 0; n < 50; n += 1) pipeline.Triggers.push(structuredClone(pipeline.Triggers[0]));
    }),
    'Triggers',
    /at most 50 triggers, found 51/,
  ],
  [
    'more than 200 KB of triggers',
    change((configuration, pipeline) => {
      const Patterns = { Includes: Array(8).fill('x'.repeat(255)), Excludes: Array(8).fill('y'.repeat(255)) };
      configuration.Push = Array(3).fill({ Branches: Patterns, FilePaths: Patterns });
      for (let n = 0; n < 8; n += 1) {
        const trigger = structuredClone(pipeline.Triggers[0]);
        trigger.GitConfiguration.SourceActionName = `Source${n}`;
        pipeline.Triggers.push(trigger);
      }
    }),
    'Triggers',
    /take \d+ bytes; CodePipeline takes 204800/,
  ],
  [
    'a trigger without a filter',
    change((configuration) => {
      delete configuration.Push;
      delete configuration.PullRequest;
    }),
    GIT,
    /Expected Push or PullRequest/,
  ],
  [
    'four push filters',
    change((configuration) => (configuration.Push = Array(4).fill(configuration.Push[0]))),
    `${GIT}.Push`,
    /1 to 3 push filters, found 4/,
  ],
  [
    'four filters of pull requests',
    change((configuration) => (configuration.PullRequest = Array(4).fill(configuration.PullRequest[0]))),
    `${GIT}.PullRequest`,
    /1 to 3 pull request filters, found 4/,
  ],
  [
    'nine includes',
    change((configuration) => (configuration.Push[1].Branches.Includes = patterns(9))),
    `${GIT}.Push[1].Branches.Includes`,
    /at most 8 patterns, found 9/,
  ],
  [
    'nine excludes',
    change((configuration) => (configuration.Push[1].Branches.Excludes = patterns(9))),
    `${GIT}.Push[1].Branches.Excludes`,
    /at most 8 patterns, found 9/,
  ],
  [
    'a pattern of 256 characters',
    change((configuration) => (configuration.Push[0].Tags.Includes = ['v'.repeat(256)])),
    `${GIT}.Push[0].Tags.Includes[0]`,
    /256 characters; CodePipeline takes 255/,
  ],
  [
    'a criterion without a pattern',
    change((configuration) => (configuration.Push[0].Tags = { Includes: [] })),
    `${GIT}.Push[0].Tags`,
    /Expected Includes or Excludes/,
  ],
  [
    'tags with branches',
    change((configuration) => (configuration.Push[0].Branches = { Includes: ['main'] })),
    `${GIT}.Push[0]`,
    /Tags go alone/,
  ],
  [
    'tags with file paths',
    change((configuration) => (configuration.Push[0].FilePaths = { Includes: ['src/**'] })),
    `${GIT}.Push[0]`,
    /Tags go alone/,
  ],
  [
    'file paths of a push without branches',
    change((configuration) => delete configuration.Push[1].Branches),
    `${GIT}.Push[1]`,
    /FilePaths go only with Branches/,
  ],
  [
    'an empty push filter',
    change((configuration) => (configuration.Push[1] = { Branches: { Ref: 'AWS::NoValue' } })),
    `${GIT}.Push[1]`,
    /Expected Tags, or Branches with FilePaths/,
  ],
  [
    'file paths of a pull request without branches',
    change((configuration) => (configuration.PullRequest = [{ FilePaths: { Includes: ['src/**'] } }])),
    `${GIT}.PullRequest[0]`,
    /FilePaths go only with Branches/,
  ],
  [
    'a pull request without branches',
    change((configuration) => (configuration.PullRequest = [{ Events: ['OPEN'] }])),
    `${GIT}.PullRequest[0]`,
    /Branches is missing/,
  ],
  [
    'an event of pull requests nobody knows',
    change((configuration) => (configuration.PullRequest[0].Events = ['MERGED'])),
    `${GIT}.PullRequest[0].Events[0]`,
    /OPEN or UPDATED or CLOSED, found "MERGED"/,
  ],
  [
    'an event twice',
    change((configuration) => (configuration.PullRequest[0].Events = ['OPEN', 'OPEN'])),
    `${GIT}.PullRequest[0].Events`,
    /stands twice/,
  ],
  [
    'tags of a pull request',
    change((configuration) => (configuration.PullRequest[0].Tags = { Includes: ['v*'] })),
    `${GIT}.PullRequest[0].Tags`,
    /not known to the local runner/,
  ],
  [
    'triggers in a pipeline of type V1',
    change((_, pipeline) => (pipeline.PipelineType = 'V1')),
    'Triggers',
    /Needs a pipeline of type V2/,
  ],
]);
