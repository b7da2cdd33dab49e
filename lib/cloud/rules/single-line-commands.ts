import { actions, conditions, pipelineRule } from './pipeline-parts';
import { list, objects, shown } from './rule';

export const singleLineCommands = pipelineRule({
  id: 'single-line-commands',
  holds: 'A command of a Commands action is one line.',
  reason:
    'The action takes single-line commands only (CodePipeline user guide, action-reference-Commands): CDK and cfn-lint are silent.',
  remedy: 'write each line as a command of its own, joined by && where one must not run without the other',
  check: (pipeline) => {
    const rules = conditions(pipeline).flatMap((condition) => objects(condition.Rules));
    const wrong = [...actions(pipeline), ...rules].filter((one) =>
      list(one.Commands).some((command) => typeof command !== 'string' || /[\r\n]/.test(command.trimEnd())),
    );
    return wrong.length === 0
      ? undefined
      : `${wrong.map(({ Name: name }) => shown(name)).join(', ')} has a command of several lines`;
  },
});
