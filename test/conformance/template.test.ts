import { describe, expect, test } from '@jest/globals';
import { pipelineOf, planOf } from '../local/plan/delivery-assembly';
import { testMutants } from '../local/plan/mutants';

describe('a pipeline', () => {
  test('has the mode SUPERSEDED if nothing is said', () => {
    const plan = planOf((templates) => delete pipelineOf(templates).ExecutionMode);
    expect(plan.executionMode).toBe('SUPERSEDED');
  });
});

testMutants([
  [
    'a variable name of 129 characters',
    (t) => (pipelineOf(t).Variables[0].Name = 'x'.repeat(129)),
    'Variables[0].Name',
    /1–128 letters, digits and @ - _/,
  ],
]);
