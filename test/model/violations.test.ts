import { deliveryPipelines } from '../../lib/model/delivery-pipelines';
import type { Action } from '../../lib/model/pipeline';
import { violations } from '../../lib/model/violations';
import {
  approval,
  bake,
  build,
  condition,
  type Draft,
  type Mutable,
  mutant,
  pipelineVariable,
  restore,
  rule,
  source,
  stage,
} from './draft';
import { environment, input } from './input';

const copies = (count: number, one: Mutable<Action>): Mutable<Action>[] =>
  Array.from({ length: count }, (_, index) => ({ ...structuredClone(one), name: `Copy${index}` }));

describe('what the model makes', () => {
  it.each([
    ['with every default', input()],
    [
      'with many environments',
      input({
        environments: Array.from({ length: 20 }, (_, index) =>
          environment(`e${index}`, { approvals: [{ name: 'A', timeoutMinutes: 5 }], bakeMinutes: 720 }),
        ),
      }),
    ],
    [
      'with every check off',
      input({
        checks: {
          unit: { coverage: 0 },
          integration: false,
          quality: { flake8: false, pylint: false, mypy: false, black: false, isort: false },
          security: { bandit: false, 'pip-audit': false, secrets: false },
        },
      }),
    ],
    [
      'with a connection',
      input({
        source: {
          provider: 'connection',
          repository: 'a/b',
          connectionArn: 'arn:aws:codeconnections:eu-west-1:111122223333:connection/1',
        },
      }),
    ],
    [
      'with the longest names',
      input({
        service: { name: 'a'.repeat(32) },
        environments: [environment('b'.repeat(20), { rolloutTimeoutSeconds: 1800 })],
      }),
    ],
  ])('is accepted by CodePipeline %s', (_, one) => {
    expect(deliveryPipelines(one).flatMap(violations)).toEqual([]);
  });
});

/** Name of the mutant, what it does to the production pipeline, what is said of it (each is part of one line, in order). */
const mutants: [string, (draft: Draft) => void, string[]][] = [
  [
    'a name with a space',
    (draft) => {
      draft.name = 'a b';
    },
    ["the pipeline's name a b is not allowed"],
  ],
  [
    'two variables of one name',
    (draft) => {
      draft.variables.push({ ...pipelineVariable(draft) });
    },
    ['two variables are named IgnoreAlarms'],
  ],
  [
    'a variable whose default is none of its values',
    (draft) => {
      pipelineVariable(draft).default = 'maybe';
    },
    ['the variable IgnoreAlarms is maybe by default'],
  ],
  [
    'a variable that may be empty',
    (draft) => {
      pipelineVariable(draft).values.push('');
    },
    ['a value of the variable IgnoreAlarms has not 1 to 1000 characters'],
  ],
  [
    'a variable with a long description',
    (draft) => {
      pipelineVariable(draft).description = 'x'.repeat(201);
    },
    ['the description of the variable IgnoreAlarms has 201 characters; 200 are allowed'],
  ],
  [
    'a variable name with a dot',
    (draft) => {
      draft.variables.push({ ...pipelineVariable(draft), name: 'a.b' });
    },
    ["the variable's name a.b is not allowed"],
  ],
  [
    'a stage name with a slash',
    (draft) => {
      stage(draft, 'Staging').name = 'a/b';
    },
    ['a/b: the name is not allowed'],
  ],
  [
    'an action name of 101 letters',
    (draft) => {
      approval(draft).name = 'a'.repeat(101);
    },
    ['the name is not allowed'],
  ],
  [
    'a rule name with a space',
    (draft) => {
      rule(draft).name = 'a b';
    },
    ["Test: the rule's name a b is not allowed"],
  ],
  [
    'a rule with the name of an action',
    (draft) => {
      restore(draft).name = 'Verify';
    },
    ['Production: the rule Verify has the name of an action'],
  ],
  [
    'no rule on failure',
    (draft) => {
      const { onFailure } = stage(draft, 'Production');
      if (onFailure) onFailure.rules = [];
    },
    ['Production: 0 rules; 1 to 5 are allowed'],
  ],
  [
    'a rule with a project that is not there',
    (draft) => {
      restore(draft).project = 'Redeploy';
    },
    ['Production: RestoreLastGood: no action of the stage has the project Redeploy'],
  ],
  [
    'a rule that sets what its project sets',
    (draft) => {
      restore(draft).variables['CLUSTER'] = 'other';
    },
    ['Production: RestoreLastGood: CLUSTER is set by the project and by the pipeline'],
  ],
  [
    'a rule with an input that nobody makes',
    (draft) => {
      restore(draft).input = 'Nothing';
    },
    ['Production/RestoreLastGood: its input Nothing may not be there'],
  ],
  [
    'a rule with a variable of its own stage',
    (draft) => {
      restore(draft).variables['URL'] = '#{ProductionVerify.BASE_URL}';
    },
    [
      'Production: RestoreLastGood: URL is set by the project and by the pipeline',
      'Production: #{ProductionVerify.BASE_URL} may not be there yet',
    ],
  ],
  [
    'an action with a project that is not there',
    (draft) => {
      build(draft, 'Production', 'Accept').project = 'Redeploy';
    },
    ['Production: Accept: no action of the stage has the project Redeploy'],
  ],
  [
    'an action that changes the environment of the project it shares',
    (draft) => {
      build(draft, 'Production', 'Accept').environment = {};
    },
    ['Production: Accept: its environment is not that of Deploy, whose project it runs'],
  ],
  [
    'a rule on failure that works somewhere else than the action whose project it runs',
    (draft) => {
      delete restore(draft).target;
    },
    ['Production: RestoreLastGood: its target is not that of Deploy, whose project it runs'],
  ],
  [
    'an artifact of a build in another account',
    (draft) => {
      const verify = build(draft, 'Production', 'Verify');
      verify.outputs = ['Evidence'];
      if (verify.target) verify.target.elsewhere = { account: '222222222222', role: 'shop-production-action' };
    },
    ['Production/Verify: a build of another account hands no artifact to the pipeline'],
  ],
  [
    'a bake that asks an address which is not there yet',
    (draft) => {
      bake(draft).runOrder = 2;
    },
    ['Production/Bake: #{ProductionVerify.BASE_URL} may not be there yet'],
  ],
  [
    'one stage',
    (draft) => {
      draft.stages.splice(1);
    },
    ['1 stages; 2 to 50 are allowed'],
  ],
  [
    '51 stages',
    (draft) => {
      draft.stages.push(
        ...Array.from({ length: 45 }, (_, index) => ({
          name: `S${index}`,
          actions: [structuredClone(approval(draft))],
        })),
      );
    },
    ['51 stages; 2 to 50 are allowed'],
  ],
  [
    'a stage twice',
    (draft) => {
      stage(draft, 'SignOff').name = 'Staging';
    },
    ['two stages are named Staging'],
  ],
  [
    'an action twice in its stage',
    (draft) => {
      stage(draft, 'SignOff').actions.push(structuredClone(approval(draft)));
    },
    ['SignOff: two actions are named ClientSignOff'],
  ],
  [
    'an empty stage',
    (draft) => {
      stage(draft, 'SignOff').actions = [];
    },
    ['SignOff: 0 actions; 1 to 50 are allowed'],
  ],
  [
    '51 actions in a stage',
    (draft) => {
      stage(draft, 'SignOff').actions = copies(51, approval(draft));
    },
    ['SignOff: 51 actions; 1 to 50 are allowed'],
  ],
  [
    'a rule twice',
    (draft) => {
      const rules = condition(draft).rules;
      rules.push(structuredClone(rule(draft)));
    },
    ['Test: two rules are named NotYetTested'],
  ],
  [
    'no rule',
    (draft) => {
      condition(draft).rules = [];
    },
    ['Test: 0 rules; 1 to 5 are allowed'],
  ],
  [
    'six rules',
    (draft) => {
      const rules = condition(draft).rules;
      for (let index = 0; index < 5; index++) rules.push({ ...rule(draft), name: `R${index}` });
    },
    ['Test: 6 rules; 1 to 5 are allowed'],
  ],
  [
    'an action before the source',
    (draft) => {
      stage(draft, 'Source').actions.push({ ...structuredClone(approval(draft)), message: 'Go?' });
    },
    ['Source/ClientSignOff: the first stage may hold source actions only'],
  ],
  [
    'a source in a later stage',
    (draft) => {
      stage(draft, 'Build').actions.push({
        ...structuredClone(source(draft)),
        name: 'Late',
        output: 'LateArtifact',
        namespace: 'Late',
      });
    },
    ['Build/Late: a source action is allowed in the first stage only'],
  ],
  [
    'a source of another branch',
    (draft) => {
      source(draft).branch = 'develop';
    },
    ['Source/Source: takes branch develop, but main starts the pipeline'],
  ],
  [
    'a rollback of the source stage',
    (draft) => {
      stage(draft, 'Source').onFailure = { result: 'ROLLBACK', rules: [{ ...restore(draft), project: 'Source' }] };
    },
    [
      'Source: the source stage cannot be rolled back',
      'Source: RestoreLastGood: no action of the stage has the project Source',
      'Source/RestoreLastGood: its input SourceArtifact may not be there',
      'Source: #{Build.VERSION} may not be there yet',
    ],
  ],
  [
    'a condition on the source stage',
    (draft) => {
      stage(draft, 'Source').beforeEntry = { ...structuredClone(condition(draft)), result: 'FAIL' };
    },
    ['Source: the source stage cannot have an entry condition', 'Source: #{Build.TESTED} may not be there yet'],
  ],
  [
    'runOrder 0',
    (draft) => {
      approval(draft).runOrder = 0;
    },
    ['SignOff/ClientSignOff: runOrder is 0'],
  ],
  [
    'runOrder 1000',
    (draft) => {
      approval(draft).runOrder = 1000;
    },
    ['runOrder is 1000'],
  ],
  [
    'runOrder 1.5',
    (draft) => {
      approval(draft).runOrder = 1.5;
    },
    ['runOrder is 1.5'],
  ],
  [
    'an approval of 4 minutes',
    (draft) => {
      approval(draft).timeoutMinutes = 4;
    },
    ['timeoutMinutes is 4; a whole number from 5 to 86400'],
  ],
  [
    'an approval of 61 days',
    (draft) => {
      approval(draft).timeoutMinutes = 87_840;
    },
    ['timeoutMinutes is 87840'],
  ],
  [
    'a long message',
    (draft) => {
      approval(draft).message = 'x'.repeat(1001);
    },
    ['the message is longer than 1000 characters'],
  ],
  [
    'a long link',
    (draft) => {
      approval(draft).link = `https://${'x'.repeat(1000)}`;
    },
    ['the link is longer than 1000 characters'],
  ],
  [
    'a build of 4 minutes',
    (draft) => {
      build(draft, 'Build', 'Build').timeoutMinutes = 4;
    },
    ['Build/Build: timeoutMinutes is 4; a whole number from 5 to 2160'],
  ],
  [
    'a build of 37 hours',
    (draft) => {
      build(draft, 'Build', 'Build').timeoutMinutes = 2220;
    },
    ['timeoutMinutes is 2220'],
  ],
  [
    'a bake of nothing',
    (draft) => {
      bake(draft).minutes = 0;
    },
    ['Production/Bake: minutes is 0'],
  ],
  [
    'a bake of 25 hours',
    (draft) => {
      bake(draft).minutes = 1500;
    },
    ['minutes is 1500'],
  ],
];

describe('what CodePipeline would refuse', () => {
  it.each(mutants)('%s', (_, change, expected) => {
    const found = violations(mutant(change));
    expect(found).toEqual(expected.map((text) => expect.stringContaining(text)));
  });
});

describe('what CodePipeline just accepts', () => {
  it.each<[string, (draft: Draft) => void]>([
    [
      'two stages',
      (draft) => {
        draft.stages.splice(2);
      },
    ],
    [
      '50 stages',
      (draft) => {
        const more = 50 - draft.stages.length;
        const actions = [structuredClone(approval(draft))];
        for (let index = 0; index < more; index++) draft.stages.push({ name: `S${index}`, actions });
      },
    ],
    [
      '50 actions in a stage',
      (draft) => {
        stage(draft, 'SignOff').actions = copies(50, approval(draft));
      },
    ],
    [
      'five rules',
      (draft) => {
        for (let index = 0; index < 4; index++) condition(draft).rules.push({ ...rule(draft), name: `R${index}` });
      },
    ],
    [
      'the largest and longest of everything',
      (draft) => {
        Object.assign(approval(draft), { runOrder: 999, timeoutMinutes: 86_400 });
        Object.assign(approval(draft), { message: 'x'.repeat(1000), link: 'x'.repeat(1000) });
        build(draft, 'Build', 'Build').outputs = ['A', 'B', 'C', 'D', 'E'];
        const deploy = build(draft, 'Staging', 'Deploy');
        deploy.variables = {
          X: 'x'.repeat(1000 - JSON.stringify([{ name: 'X', value: '', type: 'PLAINTEXT' }]).length),
        };
      },
    ],
  ])('%s', (_, change) => {
    expect(violations(mutant(change))).toEqual([]);
  });
});
