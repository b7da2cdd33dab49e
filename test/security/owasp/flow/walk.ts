import type { Json } from '../../../../lib/cloud/rules/rule';
import type { Job } from '../../../../lib/model/pipeline';
import { readable, resources, type Templates } from '../templates';

/** An action on one path, by what it does: a job, `source`, `approval`, or `other`. */
export interface Step {
  readonly does: Job | 'source' | 'approval' | 'other';
  /** Physical name of the project, if it has one. */
  readonly project?: string;
  readonly name: string;
  readonly stage: string;
  /** Place in the pipeline; steps of a stage with the same number run side by side. */
  readonly order: readonly [stage: number, runOrder: number];
  readonly variables: Readonly<Record<string, string>>;
}

/** One way through a pipeline. */
export interface Path {
  readonly pipeline: string;
  readonly steps: readonly Step[];
  /** Conditions by which stages were left out. */
  readonly skips: readonly Json[];
  readonly onFailure: ReadonlyMap<string, readonly Json[]>;
}

/** Whether `one` has ended whenever `other` starts. */
export const before = (one: Step, other: Step): boolean =>
  one.order[0] < other.order[0] || (one.order[0] === other.order[0] && one.order[1] < other.order[1]);

/** The variables that a pipeline hands to a build. */
export const variablesOf = (configuration: Json): Record<string, string> =>
  Object.fromEntries(
    (JSON.parse(readable(configuration?.EnvironmentVariables ?? '[]')) as Json[]).map(({ name, value }) => [
      name,
      value,
    ]),
  );

/** Every way through every pipeline of the templates: each stage with a condition that skips is on some of them, and not on others. */
export function paths(all: Templates, jobs: ReadonlyMap<string, Job>): Path[] {
  return resources(all, 'AWS::CodePipeline::Pipeline').flatMap(({ stack, properties }) => {
    const nameOf = (reference: Json): string =>
      readable(all[stack]?.Resources[reference?.Ref]?.Properties.Name ?? reference ?? '');
    const step = (stage: Json, index: number, action: Json): Step => {
      const { Category, Provider } = action.ActionTypeId;
      const project = Provider === 'CodeBuild' ? nameOf(action.Configuration?.ProjectName) : undefined;
      return {
        does:
          Category === 'Source'
            ? 'source'
            : Category === 'Approval'
              ? 'approval'
              : (jobs.get(project ?? '') ?? 'other'),
        ...(project !== undefined && { project }),
        name: `${stage.Name}/${action.Name}`,
        stage: stage.Name,
        order: [index, action.RunOrder ?? 1],
        variables: project === undefined ? {} : variablesOf(action.Configuration),
      };
    };
    const skipOf = (stage: Json): Json[] =>
      (stage.BeforeEntry?.Conditions ?? []).filter(({ Result }: Json) => Result === 'SKIP');
    let ways: { steps: Step[]; skips: Json[] }[] = [{ steps: [], skips: [] }];
    for (const [index, stage] of (properties.Stages as Json[]).entries()) {
      const steps = stage.Actions.map((action: Json) => step(stage, index, action));
      const skips = skipOf(stage);
      ways = ways.flatMap((way) => [
        { steps: [...way.steps, ...steps], skips: way.skips },
        ...(skips.length > 0 ? [{ steps: way.steps, skips: [...way.skips, { stage: stage.Name, skips }] }] : []),
      ]);
    }
    const onFailure = new Map<string, Json[]>(
      properties.Stages.map((stage: Json) => [
        stage.Name,
        (stage.OnFailure?.Conditions ?? [])
          .filter(({ Result }: Json) => Result === 'ROLLBACK')
          .flatMap(({ Rules }: Json) => Rules ?? [])
          .filter(({ RuleTypeId }: Json) => RuleTypeId?.Provider === 'CodeBuild')
          .map(({ Configuration }: Json) => ({
            project: nameOf(Configuration?.ProjectName),
            variables: variablesOf(Configuration),
          })),
      ]),
    );
    return ways.map((way) => ({ pipeline: readable(properties.Name), ...way, onFailure }));
  });
}
