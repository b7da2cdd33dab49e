import { renderPlanTree } from '../../../lib/local/plan-tree';
import { readPlan } from '../../../lib/local/read-plan';
import { BINDINGS, deliveryAssembly, type Loose, pipelineOf } from './delivery-assembly';

const OTHER = '222222222222';
const ROLE = `arn:aws:iam::${OTHER}:role/visits-dev-action`;

/** The delivery, of which one project is in a stack of another account; the action that builds comes with `roleArn`. */
const plansWith = (roleArn: string | undefined) => {
  const assembly = deliveryAssembly((templates) => {
    const { Resources }: Loose = templates['VisitsDelivery'];
    const action: Loose = pipelineOf(templates).Stages[1].Actions[0];
    const id = action.Configuration.ProjectName.Ref;
    const project = structuredClone(Resources[id]);
    delete Resources[id];
    project.Properties.ServiceRole = `arn:aws:iam::${OTHER}:role/visits-build`;
    project.Properties.Name = 'visits-build';
    delete project.Properties.EncryptionKey;
    delete project.Properties.Environment.EnvironmentVariables;
    action.Configuration.ProjectName = 'visits-build';
    if (roleArn === undefined) delete action.RoleArn;
    else action.RoleArn = roleArn;
    templates['VisitsSource'].Resources.Project = project;
  });
  const stacks = assembly.stacks.map((stack) =>
    stack.name === 'VisitsSource' ? { ...stack, account: OTHER, region: BINDINGS.region } : stack,
  );
  return readPlan({ ...assembly, stacks }, BINDINGS);
};

describe('an action that comes with a role of another account', () => {
  test('runs the project of that account', () => {
    const plans = plansWith(ROLE);
    if (!plans.ok) throw new Error(JSON.stringify(plans.errors));
    const [build] = plans.value[0]?.stages[1]?.actions ?? [];
    expect(build).toMatchObject({
      roleArn: ROLE,
      project: { arn: `arn:aws:codebuild:eu-west-1:${OTHER}:project/visits-build` },
    });
  });

  test('is shown with it', () => {
    const plans = plansWith(ROLE);
    if (!plans.ok || !plans.value[0]) throw new Error('no plan');
    expect(renderPlanTree(plans.value[0])).toContain(`role visits-dev-action of account ${OTHER}`);
  });

  test('without it finds no project, and is told why', () => {
    const plans = plansWith(undefined);
    expect(plans.ok ? [] : plans.errors.map(({ message }) => message)).toContain(
      `The AWS::CodeBuild::Project "visits-build" is in account ${OTHER}, and the action works in 111122223333; give it a RoleArn of the account where it is.`,
    );
  });
});
