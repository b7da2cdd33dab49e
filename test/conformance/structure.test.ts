import { pipelineOf } from '../local/plan/delivery-assembly';
import { action, build, type Mutant, rule, stage, testMutants } from '../local/plan/mutants';

/** A type of action that does not run here: refused by its provider's name. */
const refused = (title: string, category: string, provider: string): Mutant => [
  title,
  (t) => Object.assign(action(t, 3).ActionTypeId, { Category: category, Provider: provider }),
  'Stages[3].Actions[0].ActionTypeId',
  new RegExp(`The action type ${provider} \\(category ${category}.* does not run locally`),
];

testMutants([
  [
    'more than 1,000 actions',
    (t) => {
      const { Stages } = pipelineOf(t);
      for (let s = 0; s < 21; s += 1) {
        const Actions = Array.from({ length: 50 }, (_, n) => build(`A${n}`, {}));
        Stages.push({ Name: `More${s}`, Actions });
      }
    },
    'Stages',
    /at most 1000 actions in all, found 1058/,
  ],
  [
    'a rule name with a space',
    (t) => (rule(t).Name = 'Not tested'),
    'Stages[2].BeforeEntry.Conditions[0].Rules[0].Name',
    /1–100 letters, digits and \. @ - _/,
  ],
  [
    'a namespace with a dot',
    (t) => (action(t, 1).Namespace = 'a.b'),
    'Stages[1].Actions[0].Namespace',
    /1–100 letters, digits and @ - _/,
  ],
  refused('InspectorScan', 'Invoke', 'InspectorScan'),
  refused('Lambda deploy', 'Deploy', 'Lambda'),
  refused('CodeDeploy', 'Deploy', 'CodeDeploy'),
  refused('ECS', 'Deploy', 'ECS'),
  refused('EC2', 'Deploy', 'EC2'),
  refused('StepFunctions', 'Invoke', 'StepFunctions'),
  refused('AppConfig', 'Deploy', 'AppConfig'),
  refused('ServiceCatalog', 'Deploy', 'ServiceCatalog'),
  refused('CloudFormationStackSet', 'Deploy', 'CloudFormationStackSet'),
  refused('ECR source', 'Source', 'ECR'),
  refused('S3 source', 'Source', 'S3'),
  // A source stage takes no condition before entry, and nothing to go back to.
  [
    'a condition before the source stage',
    (t) => (stage(t, 0).BeforeEntry = structuredClone(stage(t, 2).BeforeEntry)),
    'Stages[0].BeforeEntry',
    /takes no condition before entry/,
  ],
]);
