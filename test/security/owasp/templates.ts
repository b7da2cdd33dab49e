import type { Json, Template, TemplateRule } from '../../../lib/cloud/rules/rule';
import { checkTemplate } from '../../../lib/cloud/rules/rule';
import { configOf, readable, slipwayApp } from '../../cloud/fixtures';
import type { Check } from './mutants';

/** Every template of a service, by the name of its stack. */
export type Templates = Record<string, { Resources: Record<string, { Type: string; Properties: Json }> }>;

const synthesized = new Map<string, Templates>();

/** The whole app of a service that has everything of its own. `yaml` goes on from the smallest slipway.yaml. Not to be changed. */
export function templates(yaml = ''): Templates {
  const known = synthesized.get(yaml);
  if (known) return known;
  const made = Object.fromEntries(
    slipwayApp(configOf(yaml))
      .app.synth()
      .stacks.map(({ stackName, template }) => [stackName, template as Templates[string]]),
  );
  synthesized.set(yaml, made);
  return made;
}

export interface Found {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly properties: Json;
}

/** Resources of one type, or of all. */
export const resources = (all: Templates, type?: string): Found[] =>
  Object.entries(all).flatMap(([stack, { Resources }]) =>
    Object.entries(Resources)
      .filter(([, resource]) => type === undefined || resource.Type === type)
      .map(([id, resource]) => ({ stack, id, type: resource.Type, properties: resource.Properties ?? {} })),
  );

/** The one resource of a type whose properties `is` holds of. */
export function only(all: Templates, type: string, is: (properties: Json) => boolean = () => true): Found {
  const found = resources(all, type).filter(({ properties }) => is(properties));
  if (found.length !== 1) throw new Error(`${found.length} resources of ${type}, expected one`);
  return found[0] as Found;
}

/** Adds a resource to the stack of another. */
export const add = (all: Templates, { stack }: Found, id: string, type: string, properties: Json): void => {
  (all[stack] as Templates[string]).Resources[id] = { Type: type, Properties: properties };
};

/** The project with this physical name. */
export const project = (all: Templates, name: string): Json =>
  only(all, 'AWS::CodeBuild::Project', ({ Name }) => Name === name).properties;

/** One of the rules that every synthesis runs, as a check of all templates. */
export const ruleCheck = (rule: TemplateRule): Check<Templates> => ({
  name: rule.id,
  holds: rule.holds,
  findings: (all) =>
    Object.entries(all).flatMap(([stack, template]) =>
      checkTemplate(template as Template, [rule]).map(({ logicalId, message }) => `${stack}.${logicalId}: ${message}`),
    ),
});

export { readable };
