import type { PipelineVariable } from './pipeline';

/** Lets a fix in while alarms fire, where they would refuse every release: for one execution, by whoever starts it. */
export const IGNORE_ALARMS: PipelineVariable = {
  name: 'IgnoreAlarms',
  default: 'no',
  description: 'yes: deploy although an alarm fires, e.g. because this release is the fix',
  values: ['no', 'yes'],
};

export const referenceTo = ({ name }: PipelineVariable): string => `#{variables.${name}}`;

/** What is wrong with values for the variables of a pipeline; empty: nothing. */
export const valueViolations = (
  variables: readonly PipelineVariable[],
  given: Readonly<Record<string, string>>,
): string[] =>
  Object.entries(given).flatMap(([name, value]) => {
    const variable = variables.find((one) => one.name === name);
    if (variable === undefined) {
      const known = variables.map((one) => one.name).join(', ') || 'none';
      return [`the pipeline has no variable ${name}; it has: ${known}`];
    }
    return variable.values.includes(value)
      ? []
      : [`the variable ${name} cannot be ${value === '' ? 'empty' : value}; it takes: ${variable.values.join(', ')}`];
  });
