import { expect, test } from '@jest/globals';
import { diagnosticsOf, type Loose, pipelineOf } from './delivery-assembly';

export type Templates = Record<string, Loose>;

/** A template that breaks one rule: where the diagnostic stands (`<logical id>/<property>`, else of the pipeline), and what it says. */
export type Mutant = readonly [what: string, change: (templates: Templates) => void, path: string, message: RegExp];

export const stage = (templates: Templates, index: number): Loose => pipelineOf(templates).Stages[index];
export const action = (templates: Templates, at: number, index = 0): Loose => stage(templates, at).Actions[index];
export const resource = (templates: Templates, logicalId: string): Loose =>
  templates['VisitsDelivery'].Resources[logicalId];
export const project = (templates: Templates): Loose => resource(templates, 'BuildProject').Properties;
export const condition = (templates: Templates): Loose => stage(templates, 2).BeforeEntry.Conditions[0];
export const rule = (templates: Templates): Loose => condition(templates).Rules[0];
export const variables = (list: unknown): string => JSON.stringify(list);

/** Conditions on failure of stage 4 with a rule that builds what its first action builds. */
export const onFailure = (templates: Templates, more: object = {}): Loose => {
  const { Configuration, InputArtifacts } = action(templates, 4);
  const RuleTypeId = { Category: 'Rule', Owner: 'AWS', Provider: 'CodeBuild', Version: '1' };
  const restore = { Name: 'Restore', RuleTypeId, Configuration, InputArtifacts, ...more };
  return { Conditions: [{ Result: 'ROLLBACK', Rules: [restore] }] };
};

/** A CodeBuild action that is right in any stage but the first. */
export const build = (name: string, more: object): Loose => ({
  ActionTypeId: { Category: 'Test', Owner: 'AWS', Provider: 'CodeBuild', Version: '1' },
  Configuration: { ProjectName: 'visits-unit' },
  InputArtifacts: [{ Name: 'SourceArtifact' }],
  Name: name,
  ...more,
});

/** Every one is an error that names the place, what was expected and what to do. */
export function testMutants(mutants: readonly Mutant[]): void {
  test.each(mutants)('%s is an error', (_, change, path, message) => {
    const errors = diagnosticsOf((templates) => {
      change(templates);
    });
    const [logicalId, property] = path.includes('/') ? path.split('/') : ['Development19B4', path];
    const expected = `Resources.${logicalId}.Properties${property ? `.${property}` : ''}`;
    expect(errors.map(({ file }) => file)).toEqual(errors.map(() => 'VisitsDelivery.template.json'));
    expect(errors.filter((error) => error.path === expected).map((error) => error.message)).toEqual([
      expect.stringMatching(message),
    ]);
  });
}
