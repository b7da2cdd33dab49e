import { deliveryPipelines } from '../../lib/model/delivery-pipelines';
import { gateViolations } from '../../lib/model/gates';
import {
  approval,
  bake,
  build,
  condition,
  type Draft,
  move,
  mutant,
  pipelineVariable,
  restore,
  rule,
  stage,
  without,
} from './draft';
import { environment, input } from './input';

const skip = (draft: Draft) => structuredClone(condition(draft));

const mutants: [string, (draft: Draft) => void, string[]][] = [
  [
    'no image',
    (draft) => {
      without(draft, 'Test', 'Image');
    },
    ['there is no image'],
  ],
  [
    'no unit tests',
    (draft) => {
      without(draft, 'Test', 'Unit');
    },
    ['there is no unit'],
  ],
  [
    'no integration tests',
    (draft) => {
      without(draft, 'Test', 'Integration');
    },
    ['there is no integration'],
  ],
  [
    'no quality checks',
    (draft) => {
      without(draft, 'Test', 'Quality');
    },
    ['there is no quality'],
  ],
  [
    'no security checks',
    (draft) => {
      without(draft, 'Test', 'Security');
    },
    ['there is no security'],
  ],
  [
    'no release',
    (draft) => {
      without(draft, 'Test', 'Release');
    },
    ['nothing releases the image'],
  ],
  [
    'no test stage',
    (draft) => {
      without(draft, 'Test');
    },
    ['nothing releases the image'],
  ],
  [
    'a release beside the checks',
    (draft) => {
      build(draft, 'Test', 'Release').runOrder = 1;
    },
    [
      'Test/Image does not always end before Test/Release',
      'Test/Unit does not always end before Test/Release',
      'Test/Integration does not always end before Test/Release',
      'Test/Quality does not always end before Test/Release',
      'Test/Security does not always end before Test/Release',
      'Test/Attest does not always end before Test/Release',
    ],
  ],
  [
    'nothing that attests',
    (draft) => {
      without(draft, 'Test', 'Attest');
    },
    ['there is no attest'],
  ],
  [
    'an attestation beside the checks',
    (draft) => {
      build(draft, 'Test', 'Attest').runOrder = 1;
    },
    [
      'Test/Image does not always end before Test/Attest',
      'Test/Unit does not always end before Test/Attest',
      'Test/Integration does not always end before Test/Attest',
      'Test/Quality does not always end before Test/Attest',
      'Test/Security does not always end before Test/Attest',
    ],
  ],
  [
    'an attestation that does not ask about a check',
    (draft) => {
      build(draft, 'Test', 'Attest').environment['PASSED'] = 'Test/Unit Test/Integration Test/Quality';
    },
    ['Test/Attest: does not ask whether Test/Security passed'],
  ],
  [
    'an attestation of something else',
    (draft) => {
      const { variables, environment } = build(draft, 'Test', 'Attest');
      variables['IMAGE_DIGEST'] = 'sha256:0';
      variables['VERSION'] = '1';
      variables['EXECUTION'] = 'e';
      environment['PIPELINE'] = 'other';
    },
    ['image', 'version', 'execution', 'pipeline'].map((what) => `Test/Attest: is about another ${what}`),
  ],
  [
    'an attestation by what the commit holds',
    (draft) => {
      build(draft, 'Test', 'Attest').input = 'SourceArtifact';
    },
    ['Test/Attest: gets the source'],
  ],
  [
    'a check after the release',
    (draft) => {
      build(draft, 'Test', 'Security').runOrder = 4;
    },
    ['Test/Security does not always end before Test/Release', 'Test/Security does not always end before Test/Attest'],
  ],
  [
    'a release of something else',
    (draft) => {
      build(draft, 'Test', 'Release').variables['IMAGE_DIGEST'] = 'sha256:0';
    },
    ['Test/Release: does not release the image that was built'],
  ],
  [
    'an image built again',
    (draft) => {
      stage(draft, 'Production').actions.push({ ...structuredClone(build(draft, 'Test', 'Image')), name: 'Again' });
    },
    ['2 image builds; what passed is not what is deployed'],
  ],
  [
    'tests that anything may skip',
    (draft) => {
      rule(draft).variable = '#{Source.BranchName}';
    },
    ['Test: may be skipped for another reason than #{Build.TESTED}'],
  ],
  [
    'tests that are skipped when they are due',
    (draft) => {
      rule(draft).value = 'yes';
    },
    ['Test: may be skipped for another reason than #{Build.TESTED}'],
  ],
  [
    'tests with a second reason to be skipped',
    (draft) => {
      const { rules } = condition(draft);
      rules.push({ ...rule(draft), name: 'Other', value: 'x' });
    },
    ['Test: may be skipped for another reason than #{Build.TESTED}'],
  ],
  [
    'no staging',
    (draft) => {
      without(draft, 'Staging');
    },
    ['environment staging: 0 deploys', 'environment production: is deployed before staging is verified'],
  ],
  [
    'staging after production',
    (draft) => {
      move(draft, 'Staging', 5);
    },
    [
      'environment production: is deployed before staging is verified',
      'environment production: is deployed without the approval ClientSignOff',
    ],
  ],
  [
    'staging without verification',
    (draft) => {
      without(draft, 'Staging', 'Verify');
    },
    [
      'environment staging: is not verified after the deploy',
      'environment production: is deployed before staging is verified',
    ],
  ],
  [
    'verification beside the deploy',
    (draft) => {
      build(draft, 'Production', 'Verify').runOrder = 1;
    },
    ['environment production: is not verified after the deploy'],
  ],
  [
    'verification of another environment',
    (draft) => {
      build(draft, 'Production', 'Verify').target = { environment: 'staging', namespace: 'shop-staging' };
    },
    ['environment production: is not verified after the deploy'],
  ],
  [
    'staging that may be skipped',
    (draft) => {
      stage(draft, 'Staging').beforeEntry = skip(draft);
    },
    ['environment staging: its stage may be skipped', 'environment production: is deployed before staging is verified'],
  ],
  [
    'production that may be skipped',
    (draft) => {
      stage(draft, 'Production').beforeEntry = skip(draft);
    },
    ['environment production: its stage may be skipped'],
  ],
  [
    'no sign-off',
    (draft) => {
      without(draft, 'SignOff');
    },
    ['environment production: is deployed without the approval ClientSignOff'],
  ],
  [
    'a sign-off that may be skipped',
    (draft) => {
      stage(draft, 'SignOff').beforeEntry = skip(draft);
    },
    ['environment production: the approval ClientSignOff may be skipped'],
  ],
  [
    'a sign-off of another name',
    (draft) => {
      approval(draft).name = 'Anybody';
    },
    ['environment production: is deployed without the approval ClientSignOff'],
  ],
  [
    'a sign-off beside the deploy',
    (draft) => {
      stage(draft, 'Production').actions.unshift(...without(draft, 'SignOff'));
    },
    ['environment production: is deployed without the approval ClientSignOff'],
  ],
  [
    'a sign-off before staging is seen',
    (draft) => {
      move(draft, 'SignOff', 3);
    },
    ['environment production: is deployed without the approval ClientSignOff'],
  ],
  [
    'a deploy in the stage of the release',
    (draft) => {
      const test = stage(draft, 'Test');
      delete test.beforeEntry;
      const { onFailure } = stage(draft, 'Staging');
      if (onFailure) test.onFailure = onFailure;
      for (const action of without(draft, 'Staging')) test.actions.push({ ...action, runOrder: action.runOrder + 2 });
    },
    ['environment staging: is deployed before the release'],
  ],
  [
    'production in the stage of staging',
    (draft) => {
      for (const action of without(draft, 'Production')) {
        stage(draft, 'Staging').actions.push({ ...action, runOrder: action.runOrder + 2 });
      }
    },
    [
      'environment production: is deployed before staging is verified',
      'environment production: is deployed without the approval ClientSignOff',
    ],
  ],
  [
    'a sign-off in the stage of staging',
    (draft) => {
      stage(draft, 'Staging').actions.push(...without(draft, 'SignOff'));
    },
    ['environment production: is deployed without the approval ClientSignOff'],
  ],
  [
    'no way back',
    (draft) => {
      delete stage(draft, 'Production').onFailure;
    },
    [
      'environment production: its stage does not roll back',
      'environment production: its stage does not restore the last good release',
    ],
  ],
  [
    'a way back by the pipeline alone',
    (draft) => {
      stage(draft, 'Production').onFailure = { result: 'ROLLBACK', rules: [] };
    },
    ['environment production: its stage does not restore the last good release'],
  ],
  [
    'a way back that deploys',
    (draft) => {
      restore(draft).variables['MODE'] = 'deploy';
    },
    ['environment production: its stage does not restore the last good release'],
  ],
  [
    'a way back from another version',
    (draft) => {
      restore(draft).variables['VERSION'] = '1.0';
    },
    ['environment production: its stage does not restore the last good release'],
  ],
  [
    'a deploy that accepts at once',
    (draft) => {
      build(draft, 'Production', 'Deploy').variables['MODE'] = 'accept';
    },
    ['environment production: its deploy does not deploy'],
  ],
  [
    'a deploy that never heeds alarms',
    (draft) => {
      build(draft, 'Production', 'Deploy').variables['IGNORE_ALARMS'] = 'yes';
    },
    ['environment production: whether its deploy heeds alarms is not for the execution to say'],
  ],
  [
    'a bake that never heeds alarms',
    (draft) => {
      bake(draft).ignoreAlarms = 'yes';
    },
    ['environment production: whether its bake heeds alarms is not for the execution to say'],
  ],
  [
    'alarms that stop nothing by default',
    (draft) => {
      pipelineVariable(draft).default = 'yes';
    },
    ['IgnoreAlarms is not no by default: alarms stop nothing'],
  ],
  [
    'no accept',
    (draft) => {
      without(draft, 'Production', 'Accept');
    },
    ['environment production: 0 times accepted; it must be once'],
  ],
  [
    'an accept before the bake has ended',
    (draft) => {
      build(draft, 'Production', 'Accept').runOrder = 3;
    },
    ['environment production: its release is accepted before all have judged it'],
  ],
  [
    'an accept that deploys again',
    (draft) => {
      build(draft, 'Production', 'Accept').variables['MODE'] = 'deploy';
    },
    ['environment production: its release is not accepted'],
  ],
  [
    'an accept of another version',
    (draft) => {
      build(draft, 'Production', 'Accept').variables['VERSION'] = '1.0';
    },
    ['environment production: its release is not accepted'],
  ],
  [
    'no bake',
    (draft) => {
      without(draft, 'Production', 'Bake');
    },
    ['environment production: is not watched after the verification'],
  ],
  [
    'a bake before the verification',
    (draft) => {
      bake(draft).runOrder = 1;
    },
    ['environment production: is not watched after the verification'],
  ],
  [
    'a version that was not built',
    (draft) => {
      build(draft, 'Production', 'Deploy').variables['VERSION'] = '1.0';
    },
    [
      'environment production: does not deploy the version that was built',
      'environment production: its release is not accepted',
      'environment production: its stage does not restore the last good release',
    ],
  ],
  [
    'a deploy before the release',
    (draft) => {
      move(draft, 'Test', 3);
    },
    ['environment staging: is deployed before the release'],
  ],
  [
    'two deploys',
    (draft) => {
      stage(draft, 'SignOff').actions.push({ ...structuredClone(build(draft, 'Production', 'Deploy')), name: 'Early' });
    },
    ['environment production: 2 deploys; there must be one'],
  ],
  [
    'a deploy elsewhere',
    (draft) => {
      stage(draft, 'Staging').actions.push({
        ...structuredClone(build(draft, 'Staging', 'Deploy')),
        name: 'Dev',
        target: { environment: 'dev', namespace: 'shop-dev' },
      });
    },
    ["Staging/Dev: environment dev is not one of this pipeline's"],
  ],
];

describe('every way to an environment', () => {
  it.each([
    ['with every default', input()],
    ['without approvals', input({ environments: [environment('staging'), environment('production')] })],
    [
      'with approvals everywhere',
      input({
        environments: ['a', 'b', 'c'].map((name) =>
          environment(name, { approvals: [{ name: 'QA', timeoutMinutes: 5 }], bakeMinutes: 1 }),
        ),
      }),
    ],
    ['without integration tests', input({ checks: { ...input().checks, integration: false } })],
  ])('passes its gates %s', (_, one) => {
    const pipelines = deliveryPipelines(one);
    expect(pipelines.length).toBeGreaterThan(0);
    expect(pipelines.flatMap((pipeline) => gateViolations(pipeline, one))).toEqual([]);
  });

  it.each(mutants)('is found open: %s', (_, change, expected) => {
    expect(gateViolations(mutant(change), input())).toEqual(expected.map((text) => expect.stringContaining(text)));
  });
});
