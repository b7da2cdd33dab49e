import { enforced, holds, type Row, section } from '../row';

const STARTS = 'conformance/starts.test.ts';
const VARIABLES = 'local/plan/variable-rules.test.ts';
const PIPELINE = 'local/plan/pipeline-rules.test.ts';

export const VARIABLE_ROWS: readonly Row[] = section('1.6', [
  [
    '#{namespace.key} is resolved right before the action that uses it.',
    'CP:reference-variables',
    holds(STARTS, 'of an action is resolved right before the action that uses it, in its stage or in a later one'),
  ],
  [
    'Names count with their case.',
    'CP:reference-variables',
    holds(STARTS, 'is looked up in the case in which it is written'),
  ],
  [
    'codepipeline is reserved, and holds only PipelineExecutionId.',
    'CP:reference-variables',
    enforced(VARIABLES, 'another member of codepipeline'),
  ],
  [
    'A namespace of an action is no reserved one.',
    'CP:reference-variables',
    enforced(VARIABLES, 'a reserved namespace'),
  ],
  ['A namespace is unique in the pipeline.', 'CP:reference-variables', enforced(VARIABLES, 'a namespace twice')],
  [
    'A namespace is not the name of an artifact.',
    'CP:reference-variables',
    enforced(VARIABLES, 'a namespace named as an artifact'),
  ],
  ['A pipeline has at most 50 variables.', 'CP:limits', enforced(PIPELINE, '51 variables')],
  ['Their names are unique.', 'CP:reference-variables', enforced(PIPELINE, 'two variables of one name')],
  ['A variable has a name.', 'API:PipelineVariableName', enforced(PIPELINE, 'a variable without a name')],
  [
    'Its name has at most 128 letters, digits and @ - _.',
    'API:PipelineVariableName',
    enforced('conformance/template.test.ts', 'a variable name of 129 characters'),
  ],
  ['A default has 1 to 1,000 characters.', 'API:PipelineVariableValue', enforced(PIPELINE, 'an empty default')],
  [
    'A value at the start has 1 to 1,000 characters, and is given where there is no default.',
    'CP:reference-variables',
    holds(STARTS, '%s is refused'),
  ],
  [
    'What is given counts, else the default.',
    'CP:reference-variables',
    holds(STARTS, 'of the pipeline has what was given at the start, else its default'),
  ],
  [
    'Variables of the pipeline are not usable in source actions.',
    'CP:reference-variables',
    enforced(VARIABLES, 'a pipeline variable in a source'),
  ],
  [
    'A reference names a variable that the pipeline has.',
    'CP:reference-variables',
    enforced(VARIABLES, 'a pipeline variable nobody declared'),
  ],
  ['Variables of an action need a namespace.', 'CP:reference-variables', enforced(VARIABLES, 'a variable of nobody')],
  [
    'They are for later stages and higher run orders.',
    'CP:reference-variables',
    enforced(VARIABLES, 'a variable from a parallel action'),
  ],
  [
    'A condition before entry reads what ran before its stage.',
    'CP:reference-variables',
    enforced(VARIABLES, 'a condition on what its own stage makes'),
  ],
  [
    'A reference that has no value at run time: AWS does not say what follows; the action fails.',
    'CP:reference-variables',
    holds(STARTS, 'that is not there when it is read fails the action'),
    'uncertain',
  ],
  [
    'Variables need a pipeline of type V2.',
    'CP:reference-variables',
    enforced(PIPELINE, 'a pipeline of type V1 with %s is an error'),
  ],
]);
