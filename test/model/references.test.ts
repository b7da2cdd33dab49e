import { violations } from '../../lib/model/violations';
import { approval, build, type Draft, mutant, pipelineVariable, rule, source, stage } from './draft';

/** Name of the mutant, what it does to the production pipeline, what is said of it (each is part of one line, in order). */
const mutants: [string, (draft: Draft) => void, string[]][] = [
  [
    'six output artifacts',
    (draft) => {
      build(draft, 'Build', 'Build').outputs = ['A', 'B', 'C', 'D', 'E', 'F'];
    },
    ['Build/Build: 6 output artifacts; 5 are allowed'],
  ],
  [
    'exports without a namespace',
    (draft) => {
      build(draft, 'Test', 'Unit').exports = ['X'];
    },
    ['Test/Unit: exports variables into no namespace'],
  ],
  [
    'a variable set twice',
    (draft) => {
      build(draft, 'Staging', 'Deploy').environment['VERSION'] = '1';
    },
    [
      'Staging: RestoreLastGood: VERSION is set by the project and by the pipeline',
      'Staging/Deploy: VERSION is set by the project and by the pipeline',
      'Staging/Accept: VERSION is set by the project and by the pipeline',
    ],
  ],
  [
    'variables over 1000 characters',
    (draft) => {
      build(draft, 'Staging', 'Deploy').variables['MORE'] = 'x'.repeat(950);
    },
    ['Staging/Deploy: its variables take'],
  ],
  [
    'an artifact twice',
    (draft) => {
      build(draft, 'Test', 'Unit').outputs = ['Package'];
    },
    ['two actions make the artifact Package'],
  ],
  [
    'an artifact name with a dot',
    (draft) => {
      build(draft, 'Build', 'Build').outputs = ['a.b'];
    },
    ["the artifact's name a.b is not allowed"],
  ],
  [
    'an input of nobody',
    (draft) => {
      build(draft, 'Build', 'Build').input = 'Gone';
    },
    ['Build/Build: nobody makes its input Gone'],
  ],
  [
    'an input of the same runOrder',
    (draft) => {
      build(draft, 'Test', 'Image').outputs = ['Sbom', 'Layers'];
      build(draft, 'Test', 'Unit').input = 'Layers';
    },
    ['Test/Unit: its input Layers is made by Test/Image, which does not come before'],
  ],
  [
    'an input of a later stage',
    (draft) => {
      build(draft, 'Staging', 'Deploy').outputs = ['Late'];
      build(draft, 'Test', 'Unit').input = 'Late';
    },
    ['Test/Unit: its input Late is made by Staging/Deploy, which does not come before'],
  ],
  [
    'an input of a stage that may be skipped',
    (draft) => {
      build(draft, 'Test', 'Image').outputs = ['Sbom', 'Layers'];
      build(draft, 'Staging', 'Deploy').input = 'Layers';
    },
    ['Staging/Deploy: its input Layers is made by Test/Image, which may be skipped'],
  ],
  [
    'its own output as input',
    (draft) => {
      build(draft, 'Build', 'Build').input = 'Package';
    },
    ['Build/Build: its input Package is made by Build/Build, which does not come before'],
  ],
  [
    'a namespace twice',
    (draft) => {
      build(draft, 'Test', 'Image').namespace = 'Build';
      build(draft, 'Test', 'Attest').variables = {};
      build(draft, 'Test', 'Release').variables = {};
      build(draft, 'Test', 'Image').exports = [];
    },
    ['two actions have the namespace Build'],
  ],
  [
    'a namespace with a dot',
    (draft) => {
      build(draft, 'Test', 'Quality').namespace = 'a.b';
    },
    ['the namespace a.b is not allowed'],
  ],
  [
    'a reserved namespace',
    (draft) => {
      build(draft, 'Test', 'Quality').namespace = 'codepipeline';
    },
    ['the namespace codepipeline is reserved'],
  ],
  [
    'a namespace like an artifact',
    (draft) => {
      build(draft, 'Test', 'Quality').namespace = 'Package';
    },
    ['Package is a namespace and an artifact'],
  ],
  [
    'a reference to no namespace',
    (draft) => {
      build(draft, 'Staging', 'Deploy').variables['X'] = '#{Gone.VERSION}';
    },
    ["Staging/Deploy: #{Gone.VERSION} is of no action's namespace"],
  ],
  [
    'a reference to a variable of the pipeline',
    (draft) => {
      build(draft, 'Staging', 'Deploy').variables['X'] = '#{variables.X}';
    },
    ['the pipeline has no #{variables.X}'],
  ],
  [
    'a reference to no variable',
    (draft) => {
      build(draft, 'Staging', 'Deploy').variables['X'] = '#{Build.Version}';
    },
    ['Staging/Deploy: Build/Build does not export #{Build.Version}'],
  ],
  [
    'a reference without a variable',
    (draft) => {
      approval(draft).message = 'Deploy #{Build}?';
    },
    ['SignOff/ClientSignOff: Build/Build does not export #{Build.}'],
  ],
  [
    "a reference to another provider's variable",
    (draft) => {
      approval(draft).message = '#{Source.FullRepositoryName}';
    },
    ['Source/Source does not export #{Source.FullRepositoryName}'],
  ],
  [
    'a reference to the same runOrder',
    (draft) => {
      build(draft, 'Test', 'Release').runOrder = 1;
    },
    ['Test/Release: #{Image.IMAGE_DIGEST} may not be there yet: Test/Image does not always end before'],
  ],
  [
    'a reference to a stage that may be skipped',
    (draft) => {
      build(draft, 'Staging', 'Deploy').variables['D'] = '#{Image.IMAGE_DIGEST}';
    },
    ['Staging/Deploy: #{Image.IMAGE_DIGEST} may not be there yet'],
  ],
  [
    'a reference to a later stage in a link',
    (draft) => {
      build(draft, 'Production', 'Deploy').namespace = 'Live';
      build(draft, 'Production', 'Deploy').exports = ['URL'];
      approval(draft).link = '#{Live.URL}';
    },
    ['SignOff/ClientSignOff: #{Live.URL} may not be there yet'],
  ],
  [
    'a condition on its own stage',
    (draft) => {
      rule(draft).variable = '#{Image.IMAGE_DIGEST}';
    },
    ['Test: #{Image.IMAGE_DIGEST} may not be there yet'],
  ],
  [
    'a condition on a stage that may be skipped',
    (draft) => {
      stage(draft, 'Staging').beforeEntry = {
        result: 'FAIL',
        rules: [
          { name: 'R', provider: 'VariableCheck', variable: '#{Image.IMAGE_DIGEST}', operator: 'NE', value: 'x' },
        ],
      };
    },
    ['Staging: #{Image.IMAGE_DIGEST} may not be there yet'],
  ],
  [
    'a namespace of the source like an artifact',
    (draft) => {
      source(draft).namespace = 'Package';
    },
    [
      'Package is a namespace and an artifact',
      ...['Test/Image', 'Staging/Deploy', 'Production/Deploy'].map(
        (id) => `${id}: #{Source.CommitId} is of no action's namespace`,
      ),
    ],
  ],
  [
    'a reference to what every pipeline has not',
    (draft) => {
      build(draft, 'Staging', 'Deploy').variables['X'] = '#{codepipeline.Version}';
    },
    ["#{codepipeline.Version} is of no action's namespace"],
  ],
  [
    'a variable that the pipeline has not',
    (draft) => {
      pipelineVariable(draft).name = 'IgnoreNothing';
    },
    [
      'Staging/Deploy: the pipeline has no #{variables.IgnoreAlarms}',
      'Production/Deploy: the pipeline has no',
      'Production/Bake: the pipeline has no',
    ],
  ],
  [
    'a condition on its own stage, which is never skipped',
    (draft) => {
      const deploy = build(draft, 'Staging', 'Deploy');
      deploy.namespace = 'Live';
      deploy.exports = ['URL'];
      stage(draft, 'Staging').beforeEntry = {
        result: 'FAIL',
        rules: [{ name: 'R', provider: 'VariableCheck', variable: '#{Live.URL}', operator: 'NE', value: 'x' }],
      };
    },
    ['Staging: #{Live.URL} may not be there yet'],
  ],
];

describe('artifacts and variables that would not be there', () => {
  it.each(mutants)('%s', (_, change, expected) => {
    expect(violations(mutant(change))).toEqual(expected.map((text) => expect.stringContaining(text)));
  });

  it('does not include its own variable', () => {
    expect(
      violations(
        mutant((draft) => {
          build(draft, 'Staging', 'Deploy').variables['RUN'] = '#{codepipeline.PipelineExecutionId}';
        }),
      ),
    ).toEqual([]);
  });
});
