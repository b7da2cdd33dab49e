import { actions, pipelineRule, provider } from './pipeline-parts';

/** Action providers that a pipeline of ours may use. */
const PROVIDERS = new Set([
  'Source/AWS/CodeCommit',
  'Source/AWS/CodeStarSourceConnection',
  'Build/AWS/CodeBuild',
  'Test/AWS/CodeBuild',
  'Approval/AWS/Manual',
  'Invoke/AWS/Lambda',
]);

export const pipelineProviders = pipelineRule({
  id: 'pipeline-providers',
  holds: 'Every action has a provider that is known.',
  reason:
    'A misspelt provider, or one of another category, fails the deploy; one that nobody runs here is not tested before it.',
  remedy: 'use one of the list in lib/cloud/rules/pipeline-providers.ts, or add it there with its tests',
  check: (pipeline) => {
    const unknown = actions(pipeline)
      .map(provider)
      .filter((one) => !PROVIDERS.has(one));
    return unknown.length === 0 ? undefined : `unknown provider ${unknown.join(', ')}`;
  },
});
