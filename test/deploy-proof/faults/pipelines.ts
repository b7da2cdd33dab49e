import type { Json } from '../../../lib/cloud/rules/rule';
import { delivery, type Fault, production, properties, stage, trust } from './fault';

export const PIPELINE_FAULTS: readonly Fault[] = [
  delivery('an action provider that does not exist', (r) => { stage(r, 'Build').Actions[0].ActionTypeId.Provider = 'CodeBild'; }),
  delivery('a provider in the wrong category', (r) => { stage(r, 'Build').Actions[0].ActionTypeId.Category = 'Approval'; }),
  delivery('a project that is not there', (r) => { stage(r, 'Build').Actions[0].Configuration.ProjectName = 'visits-nothing'; }),
  delivery('an input artifact that nothing gives', (r) => { stage(r, 'Build').Actions[0].InputArtifacts = [{ Name: 'Sources' }]; }),
  delivery('two actions that give the same artifact', (r) => { stage(r, 'Build').Actions[0].OutputArtifacts = [{ Name: 'SourceArtifact' }]; }),
  delivery('stages in the wrong order', (r) => { production(r).Stages.reverse(); }),
  delivery('a deploy before the build that it needs', (r) => { const stages = production(r).Stages; stages.splice(1, 0, ...stages.splice(3, 1)); }),
  delivery('two actions of one name in a stage', (r) => { const { Actions } = stage(r, 'Test'); Actions[1].Name = Actions[0].Name; }),
  delivery('two stages of one name', (r) => { production(r).Stages[2].Name = production(r).Stages[1].Name; }),
  delivery('a configuration value that is too long', (r) => { stage(r, 'Build').Actions[0].Configuration.EnvironmentVariables = `[{"name":"A","value":"${'x'.repeat(1000)}"}]`; }),
  delivery('a namespace that no earlier action has', (r) => { stage(r, 'Build').Actions[0].Configuration.EnvironmentVariables = '[{"name":"A","value":"#{Tests.VERSION}","type":"PLAINTEXT"}]'; }),
  delivery('a rollback of the first stage', (r) => { stage(r, 'Source').OnFailure = { Result: 'ROLLBACK' }; }),
  delivery('a rule of a kind that does not exist', (r) => { production(r).Stages.find((item: Json) => item.BeforeEntry).BeforeEntry.Conditions[0].Rules[0].RuleTypeId.Provider = 'VariableChecks'; }),
  delivery('conditions on a pipeline of type V1', (r) => { production(r).PipelineType = 'V1'; }),
  delivery('a pipeline whose role trusts another service', (r) => { trust(r, /^ProductionRole/).Principal = { Service: 'codedeploy.amazonaws.com' }; }),
  delivery('a pipeline whose role may not start builds', (r) => {
    const { PolicyDocument: policy } = properties(r, 'AWS::IAM::ManagedPolicy', (_, id) => /^ProductionRolePolicy/.test(id));
    for (const statement of policy.Statement)
      statement.Action = [statement.Action].flat().filter((action: string) => action !== 'codebuild:StartBuild');
    policy.Statement = policy.Statement.filter((item: Json) => item.Action.length > 0);
  }),
  delivery('a Lambda function that is not there', (r) => { stage(r, 'Production').Actions.find((item: Json) => item.ActionTypeId.Provider === 'Lambda').Configuration.FunctionName = 'visits-bakes'; }),
]; // biome-ignore format: a table
