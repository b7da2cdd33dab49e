import type {
  ActionDeclaration,
  ActionTypeId,
  PipelineDeclaration,
  RuleDeclaration,
} from '@aws-sdk/client-codepipeline';
import type { Plan } from '../../plan';

/** The pipeline as GetPipeline tells it: what the template says, and what CodePipeline adds to it. */
export function declarationOf(plan: Plan, version: number): PipelineDeclaration {
  const { declaration } = plan;
  if (!declaration) throw new Error(`the plan of ${plan.pipeline} was made without its declaration`);
  const stages = declaration.stages?.map((stage) => ({
    ...stage,
    actions: (stage.actions ?? []).map((action) => ({
      inputArtifacts: [],
      outputArtifacts: [],
      configuration: {},
      runOrder: 1,
      ...action,
    })),
  }));
  return {
    ...declaration,
    name: plan.pipeline,
    stages,
    version,
    executionMode: plan.executionMode,
    pipelineType: declaration.pipelineType ?? 'V1',
  };
}

/** An action of the declaration; undefined where the template has no such one any more, or the plan no declaration. */
export function declaredAction(plan: Plan, stage: string, action: string): ActionDeclaration | undefined {
  const declared = plan.declaration?.stages?.find(({ name }) => name === stage);
  return declared?.actions?.find(({ name }) => name === action);
}

export function declaredRule(plan: Plan, stage: string, rule: string): RuleDeclaration | undefined {
  const declared = plan.declaration?.stages?.find(({ name }) => name === stage);
  const conditions = [declared?.beforeEntry, declared?.onSuccess, declared?.onFailure].flatMap(
    (each) => each?.conditions ?? [],
  );
  return conditions.flatMap(({ rules }) => rules ?? []).find(({ name }) => name === rule);
}

export const isApproval = (type: ActionTypeId | undefined): boolean => type?.category === 'Approval';
