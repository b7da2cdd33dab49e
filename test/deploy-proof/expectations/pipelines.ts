import type { Json } from '../../../lib/cloud/rules/rule';
import { ACCOUNT, REGION } from '../account';
import { proves } from '../where';
import type { World } from './world';

/** Pipelines are the model's, and what starts them. */
export function provesPipelines({ seen, model }: World): void {
  proves(
    'made the pipelines of the model, stage for stage and action for action, with the conditions of their stages',
    () => {
      expect(Object.keys(seen().pipelines).sort()).toEqual(model.map(({ name }) => name).sort());
      for (const pipeline of model) {
        const made = seen().pipelines[pipeline.name];
        expect([made.pipelineType, made.executionMode]).toEqual(['V2', pipeline.executionMode]);
        expect(
          made.stages.map((stage: Json) => [stage.name, stage.actions.map((action: Json) => action.name)]),
        ).toEqual(pipeline.stages.map((stage) => [stage.name, stage.actions.map((action) => action.name)]));
        for (const [index, stage] of pipeline.stages.entries()) {
          expect(made.stages[index].onFailure?.conditions[0].result).toBe(stage.onFailure?.result);
          expect(made.stages[index].beforeEntry?.conditions[0].result).toBe(stage.beforeEntry?.result);
        }
      }
    },
  );

  proves('starts each pipeline from its branch alone', () => {
    for (const pipeline of model) {
      const arn = `arn:aws:codepipeline:${REGION}:${ACCOUNT}:${pipeline.name}`;
      const rules = Object.values<Json>(seen().rules).filter(({ targets }) =>
        targets.some((target: Json) => target.Arn === arn),
      );
      expect(rules.map(({ pattern }) => pattern.detail.referenceName)).toEqual([[pipeline.trigger.branch]]);
      expect(rules[0].pattern.detail.referenceType).toEqual(['branch']);
    }
    for (const { targets } of Object.values<Json>(seen().rules))
      for (const target of targets) expect(target.DeadLetterConfig?.Arn).toMatch(/^arn:aws:sqs:/);
  });
}
