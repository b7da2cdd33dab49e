import { actions, pipelineRule } from './pipeline-parts';
import { shown } from './rule';

const MOST_CHARACTERS = 1000;

export const configurationLength = pipelineRule({
  id: 'configuration-length',
  holds: "A value of an action's configuration has at most 1,000 characters.",
  reason:
    'Longer ones are refused (API ActionConfigurationValue): the JSON of all EnvironmentVariables of a CodeBuild action must fit in.',
  remedy: "move what is the same in every run into the project's own variables",
  check: (pipeline) => {
    const long = actions(pipeline).flatMap((action) =>
      Object.entries(action.Configuration ?? {})
        .filter(([, value]) => typeof value === 'string' && value.length > MOST_CHARACTERS)
        .map(([key]) => `${shown(action.Name)}.${key}`),
    );
    return long.length === 0 ? undefined : `too long: ${long.join(', ')}`;
  },
});
