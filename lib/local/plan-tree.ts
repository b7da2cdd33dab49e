import { expectedStates } from './engine/rules/alarm';
import type { Hook } from './event';
import type { CodeBuildAction, Plan, PlannedAction, PlannedCondition, PlannedRule, PlannedStage } from './plan';
import { minutes, roleName, summaryOf, workOf } from './plan-action-lines';
import { triggerLines } from './plan-trigger-lines';

/** What a piece of the tree is; a caller that has colours chooses by it. */
type TreePart = 'pipeline' | 'stage' | 'action' | 'order' | 'detail' | 'line';
export type Paint = (part: TreePart, text: string) => string;

/** Columns that a line takes at most, as long as no single word is longer. */
const WIDTH = 100;

interface Branch {
  readonly part: TreePart;
  readonly title: string;
  /** Follows the title, in plain. */
  readonly summary?: string;
  readonly details: readonly string[];
  readonly branches: readonly Branch[];
}

/**
 * The plan as a tree for `slipway plan`: stages with their hooks, actions by run order, and for each what it runs, its role,
 * artifacts and variables; in the end what the template says and a local run does without. Ends without a newline.
 */
export function renderPlanTree(plan: Plan, paint: Paint = (_, text) => text): string {
  const root: Branch = {
    part: 'pipeline',
    title: plan.pipeline,
    summary: `${plan.executionMode}, stack ${plan.stack}`,
    details: [
      ...plan.variables.map(
        ({ name, default: value }) => `variable ${name}${value === undefined ? ', given at start' : ` = ${value}`}`,
      ),
      ...(plan.triggers ?? []).flatMap(triggerLines),
      ...(plan.disabledTransitions ?? []).map(({ stage, reason }) => `transition to ${stage} disabled: ${reason}`),
    ],
    branches: plan.stages.map((stage) => stageBranch(stage, accountOf(plan.declaration?.roleArn ?? ''))),
  };
  const lines: string[] = [];
  write(lines, root, '', '', paint);
  for (const line of ignoredLines(plan)) lines.push(...wrap(line, '', '  ').map((text) => paint('detail', text)));
  return lines.join('\n');
}

function stageBranch(stage: PlannedStage, account: string | undefined): Branch {
  const branchOf = (action: PlannedAction): Branch => actionBranch(action, account);
  const orders = [...new Set(stage.actions.map(({ runOrder }) => runOrder))];
  const groups = orders.map((order) => stage.actions.filter(({ runOrder }) => runOrder === order));
  const numbered = groups.length > 1;
  const branches = groups.flatMap((group): Branch[] => {
    const [only] = group;
    if (!numbered && group.length === 1) return group.map(branchOf);
    const title = `${only?.runOrder}.`;
    if (group.length === 1 && only !== undefined) return [{ ...branchOf(only), title: `${title} ${only.name}` }];
    const summary = `${group.length} in parallel`;
    return [{ part: 'order', title, summary, details: [], branches: group.map(branchOf) }];
  });
  return { part: 'stage', title: stage.name, details: hooks(stage), branches };
}

function hooks({ beforeEntry, onSuccess, onFailure }: PlannedStage): string[] {
  const lines: string[] = [];
  if (beforeEntry) {
    lines.push(
      `before entry: ${beforeEntry.result === 'SKIP' ? 'skip' : 'fail'} unless ${rulesOf(beforeEntry, 'beforeEntry')}`,
    );
  }
  if (onSuccess) {
    lines.push(
      `on success: ${onSuccess.result === 'ROLLBACK' ? 'roll back' : 'fail'} unless ${rulesOf(onSuccess, 'onSuccess')}`,
    );
  }
  if (onFailure?.condition)
    lines.push(
      `on failure: roll back to the last execution that succeeded, after ${rulesOf(onFailure.condition, 'onFailure')}`,
    );
  if (onFailure?.result === 'ROLLBACK') lines.push('on failure: roll back to the last execution that succeeded');
  if (onFailure?.result === 'RETRY') {
    lines.push(`on failure: retry ${onFailure.retryMode === 'ALL_ACTIONS' ? 'all' : 'the failed'} actions once`);
  }
  return lines;
}

const OPERATORS = { EQ: 'is', NE: 'is not', CONTAINS: 'contains', MATCHES: 'matches' };

const rulesOf = (condition: PlannedCondition, hook: Hook): string =>
  condition.rules.map((rule) => `${claimOf(rule, hook)} (${rule.name})`).join(' and ');

/** What a rule wants to be so. */
function claimOf(rule: PlannedRule, hook: Hook): string {
  switch (rule.provider) {
    case 'VariableCheck':
      return `${rule.variable} ${OPERATORS[rule.operator]} "${rule.value}"`;
    case 'CloudWatchAlarm': {
      const wait = rule.waitMinutes > 0 ? ` within ${minutes(rule.waitMinutes)}` : '';
      return `alarm ${rule.alarm} is ${expectedStates(rule, hook).join(' or ')}${wait}`;
    }
    case 'DeploymentWindow':
      return `it is time by "${rule.cron}" in ${rule.timeZone}`;
    case 'CodeBuild':
      return `${buildOf(rule.action)} succeeds`;
    case 'LambdaInvoke':
      return `Lambda ${rule.action.function.name} succeeds`;
    case 'Commands':
      return `"${rule.action.commands.join('; ')}" succeeds`;
    default:
      return rule satisfies never;
  }
}

const buildOf = ({ project, environment }: CodeBuildAction): string =>
  [`CodeBuild ${project.name}`, ...environment.map(({ name, value }) => `${name}=${value}`)].join(' ');

/** `account`: of the pipeline, by its own role. */
const elsewhere = (roleArn: string, account: string | undefined): string => {
  const other = accountOf(roleArn);
  return account === undefined || other === account ? '' : ` of account ${other}`;
};

const accountOf = (arn: string): string | undefined => arn.split(':')[4];

function actionBranch(action: PlannedAction, account: string | undefined): Branch {
  const artifacts = [
    ...(action.inputs.length > 0 ? [`in ${action.inputs.join(' + ')}`] : []),
    ...(action.outputs.length > 0 ? [`out ${action.outputs.join(' + ')}`] : []),
  ];
  const details = [
    ...(artifacts.length > 0 ? [artifacts.join(' → ')] : []),
    ...workOf(action),
    ...(action.namespace === undefined ? [] : [`gives variables #{${action.namespace}.…}`]),
    ...(action.roleArn === undefined ? [] : [`role ${roleName(action.roleArn)}${elsewhere(action.roleArn, account)}`]),
  ];
  return { part: 'action', title: action.name, summary: summaryOf(action), details, branches: [] };
}

function write(lines: string[], branch: Branch, prefix: string, below: string, paint: Paint): void {
  const summary = branch.summary === undefined ? '' : `  ${branch.summary}`;
  lines.push(`${paint('line', prefix)}${paint(branch.part, branch.title)}${summary}`);
  const trunk = `${below}${branch.branches.length > 0 ? '│' : ' '}  `;
  for (const detail of branch.details) {
    const wrapped = wrap(detail, trunk, `${trunk}  `);
    for (const line of wrapped) lines.push(paint('line', trunk) + paint('detail', line.slice(trunk.length)));
  }
  for (const [index, child] of branch.branches.entries()) {
    const last = index === branch.branches.length - 1;
    write(lines, child, `${below}${last ? '└─ ' : '├─ '}`, `${below}${last ? '   ' : '│  '}`, paint);
  }
}

/** One line a property, however many resources have it. */
function ignoredLines(plan: Plan): string[] {
  const reasons = new Map((plan.ignored ?? []).map(({ property, reason }) => [property, reason]));
  if (reasons.size === 0) return [];
  const lines = [...reasons].map(([property, reason]) => `  ${property}: ${reason}`);
  return ['', 'Without effect in a run on this machine:', ...lines.sort()];
}

/** Breaks a text at spaces into lines of at most WIDTH columns, the first after `first`, the others after `next`. */
function wrap(text: string, first: string, next: string): string[] {
  const lines: string[] = [];
  let line = first + text;
  while (line.length > WIDTH) {
    const start = (lines.length === 0 ? first : next).length;
    const before = line.lastIndexOf(' ', WIDTH);
    const cut = before > start ? before : line.indexOf(' ', WIDTH);
    if (cut < 0) break;
    lines.push(line.slice(0, cut));
    line = next + line.slice(cut + 1);
  }
  return [...lines, line];
}
