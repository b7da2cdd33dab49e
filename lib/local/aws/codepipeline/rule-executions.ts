import type {
  ListRuleExecutionsInput,
  ListRuleExecutionsOutput,
  RuleExecutionDetail,
} from '@aws-sdk/client-codepipeline';
import { ok } from '../../../result';
import type { ExecutionView, PipelineHost } from '../../pipelines/host';
import type { RuleState } from '../../run-state';
import { uuidOf } from '../attempts/attempts';
import { pageOf } from '../paging';
import { type Operation, takes } from '../service';
import type { PipelineContext } from './context';
import { declaredRule } from './declaration';
import { findExecutions, invalidToken } from './executions';
import { ruleStatus, summary } from './statuses';

const LARGEST_PAGE = 100;

/** Every rule that was judged, the newest first (CodePipeline API reference, ListRuleExecutions). */
export const ruleExecutionOperations = (context: PipelineContext): Readonly<Record<string, Operation>> => ({
  ListRuleExecutions: takes<ListRuleExecutionsInput, ListRuleExecutionsOutput>()(
    ['pipelineName', 'filter', 'maxResults', 'nextToken'],
    ({ pipelineName = '', filter = {}, maxResults = LARGEST_PAGE, nextToken }) => {
      const found = findExecutions(context, pipelineName, filter);
      if (!found.ok) return found;
      const { host, view } = found.value;
      const details = (view ? [view] : host.executions()).flatMap((each) => rulesOf(context, host, each));
      const page = pageOf(details, ({ ruleExecutionId = '' }) => ruleExecutionId, maxResults, nextToken);
      if (!page.ok) return invalidToken(page.errors);
      const { items, ...rest } = page.value;
      return ok({ ruleExecutionDetails: [...items], ...rest });
    },
  ),
});

function rulesOf({ region }: PipelineContext, { plan }: PipelineHost, view: ExecutionView): RuleExecutionDetail[] {
  const judged = view.state.stages.flatMap((stage) =>
    stage.conditions.flatMap(({ hook, rules = [] }) => rules.map((rule) => ({ stage: stage.name, hook, rule }))),
  );
  return judged
    .map(({ stage, hook, rule }): RuleExecutionDetail => {
      const declared = declaredRule(plan, stage, rule.name);
      return {
        pipelineExecutionId: view.execution,
        ruleExecutionId: uuidOf(`${stage}/${hook}/${rule.name}/${rule.startedAt}`),
        pipelineVersion: view.version,
        stageName: stage,
        ruleName: rule.name,
        startTime: new Date(rule.startedAt),
        lastUpdateTime: new Date(rule.endedAt ?? rule.startedAt),
        status: ruleStatus(rule),
        input: {
          ruleTypeId: { category: 'Rule', owner: 'AWS', provider: rule.provider, version: '1' },
          ...(declared?.configuration && { configuration: declared.configuration }),
          ...(declared?.roleArn !== undefined && { roleArn: declared.roleArn }),
          region: declared?.region ?? region,
          inputArtifacts: (declared?.inputArtifacts ?? []).map(({ name }) => ({ name })),
        },
        output: { executionResult: resultOf(rule) },
      };
    })
    .sort((a, b) => Number(b.startTime) - Number(a.startTime));
}

function resultOf(rule: RuleState) {
  const told = rule.reason ?? '';
  if (rule.status === 'Errored') return { errorDetails: { code: 'JobFailed', message: told } };
  return told === '' ? {} : { externalExecutionSummary: summary(told) };
}
