import { type Json, objects, shown, type TemplateRule } from './rule';

/** A rule that looks at pipelines. */
export const pipelineRule = (rule: Omit<TemplateRule, 'types'>): TemplateRule => ({
  ...rule,
  types: ['AWS::CodePipeline::Pipeline'],
});

const HOOKS = ['BeforeEntry', 'OnSuccess', 'OnFailure'];

export const stages = (pipeline: Json): Json[] => objects(pipeline.Stages);

export const actions = (pipeline: Json): Json[] => stages(pipeline).flatMap((stage) => objects(stage.Actions));

/** `Build/AWS/CodeBuild` */
export const provider = ({ ActionTypeId: type }: Json): string =>
  [type?.Category, type?.Owner, type?.Provider].map(shown).join('/');

/** The conditions of all hooks, or of one. */
export const conditions = (pipeline: Json, hooks: readonly string[] = HOOKS): Json[] =>
  stages(pipeline).flatMap((stage) => hooks.flatMap((hook) => objects(stage[hook]?.Conditions)));

/** What a stage or one of its conditions asks for, such as ROLLBACK. */
export const results = (stage: Json): Json[] =>
  HOOKS.flatMap((hook) => [
    stage[hook]?.Result,
    ...objects(stage[hook]?.Conditions).map(({ Result: result }) => result),
  ]);

export const isCodeCommit = (action: Json): boolean => action.ActionTypeId?.Provider === 'CodeCommit';
