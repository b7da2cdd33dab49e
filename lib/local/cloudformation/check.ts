import { isObject, type JsonObject } from '../template/json';
import { textOf } from './text';

const SECTIONS = [
  'AWSTemplateFormatVersion', 'Description', 'Metadata', 'Parameters', 'Rules', 'Mappings', 'Conditions', 'Transform',
  'Resources', 'Outputs', 'Hooks',
]; // biome-ignore format: one line reads better

/** CloudFormation user guide, cloudformation-limits. */
const MOST = { Resources: 500, Parameters: 200, Outputs: 200, Mappings: 200 };

/** CloudFormation user guide, resource types that need an acknowledgement, with the property that names one. */
const IAM: Readonly<Record<string, string | undefined>> = {
  'AWS::IAM::AccessKey': undefined,
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Policy': undefined,
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
  'AWS::IAM::UserToGroupAddition': undefined,
};

/** What CloudFormation would refuse before it makes anything (ValidateTemplate, CreateStack). */
export function checkTemplate(template: JsonObject): string[] {
  const problems: string[] = [];
  // What a macro takes and makes is its own affair: Globals of AWS::Serverless, Fn::ForEach of AWS::LanguageExtensions.
  const hasMacro = template['Transform'] !== undefined;
  const isMade = (id: string): boolean => hasMacro && id.startsWith('Fn::');
  for (const key of Object.keys(template))
    if (!SECTIONS.includes(key) && !(hasMacro && key === 'Globals'))
      problems.push(`${key}: no section of a template; expected ${SECTIONS.join(', ')}`);
  for (const [section, most] of Object.entries(MOST)) {
    const value = template[section];
    if (value !== undefined && !isObject(value)) problems.push(`${section}: expected an object`);
    else if (Object.keys(value ?? {}).length > most) problems.push(`${section}: more than ${most}`);
  }
  const resources = membersOf(template, 'Resources');
  if (Object.keys(resources).length === 0) problems.push('Resources: expected at least one resource');
  for (const [id, resource] of Object.entries(resources).filter(([id]) => !isMade(id))) {
    const path = `Resources.${id}`;
    if (!/^[A-Za-z0-9]+$/.test(id)) problems.push(`${path}: a logical id has letters and digits only`);
    if (!isObject(resource)) problems.push(`${path}: expected an object`);
    else if (typeof resource['Type'] !== 'string' || !/^([\w]+::){1,3}[\w-]+/.test(resource['Type']))
      problems.push(`${path}.Type: expected a resource type such as AWS::S3::Bucket`);
  }
  for (const [id, output] of Object.entries(membersOf(template, 'Outputs')))
    if (!isMade(id) && (!isObject(output) || output['Value'] === undefined))
      problems.push(`Outputs.${id}.Value: is missing`);
  return [...problems, ...checkReferences(template)];
}

export function membersOf(template: JsonObject, section: string): JsonObject {
  const value = template[section];
  return isObject(value) ? value : {};
}

/** Every Ref, Fn::GetAtt, Fn::Sub, DependsOn and condition names something that is there. */
function checkReferences(template: JsonObject): string[] {
  const problems: string[] = [];
  const resources = Object.keys(membersOf(template, 'Resources'));
  const parameters = Object.keys(membersOf(template, 'Parameters'));
  const conditions = Object.keys(membersOf(template, 'Conditions'));
  // What a macro makes is not there yet.
  if (template['Transform'] !== undefined) return [];
  const missing = (path: string, name: string): void => {
    problems.push(`${path}: "${name}" is no resource or parameter of this template`);
  };
  const isKnown = (name: string): boolean =>
    name.startsWith('AWS::') || parameters.includes(name) || resources.includes(name);
  const look = (value: unknown, path: string): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) look(item, `${path}[${index}]`);
    if (!isObject(value)) return;
    for (const [key, member] of Object.entries(value)) {
      const at = `${path}.${key}`;
      if (key === 'Ref' && typeof member === 'string' && !isKnown(member)) missing(at, member);
      if (key === 'Fn::GetAtt') {
        const id = Array.isArray(member) ? member[0] : textOf(member).split('.')[0];
        if (typeof id === 'string' && !resources.includes(id)) missing(at, id);
      }
      if (key === 'Fn::Sub') for (const name of substituted(member)) if (!isKnown(name)) missing(at, name);
      if (key === 'Fn::If' && Array.isArray(member) && !conditions.includes(textOf(member[0])))
        problems.push(`${at}: there is no condition "${textOf(member[0])}"`);
      look(member, at);
    }
  };
  for (const section of ['Conditions', 'Resources', 'Outputs']) look(template[section], section);
  for (const section of ['Resources', 'Outputs']) {
    for (const [id, item] of Object.entries(membersOf(template, section))) {
      if (!isObject(item)) continue;
      const { Condition: condition, DependsOn: before } = item as { Condition?: unknown; DependsOn?: unknown };
      if (typeof condition === 'string' && !conditions.includes(condition))
        problems.push(`${section}.${id}.Condition: there is no condition "${condition}"`);
      for (const name of before === undefined ? [] : [before].flat())
        if (!resources.includes(textOf(name)))
          problems.push(`${section}.${id}.DependsOn: there is no resource "${textOf(name)}"`);
    }
  }
  return problems;
}

/** Names that a Fn::Sub takes from the template. */
function substituted(argument: unknown): string[] {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof text !== 'string') return [];
  const own = isObject(variables) ? Object.keys(variables) : [];
  return [...text.matchAll(/\$\{([^!}][^}]*)\}/g)]
    .map((match) => (match[1] ?? '').trim())
    .filter((name) => !own.includes(name))
    .map((name) => (name.startsWith('AWS::') ? name : (name.split('.')[0] ?? '')));
}

/**
 * Capabilities that the template needs and are not given (CloudFormation API, CreateStack, Capabilities). A change set expands
 * macros for review, so it needs no CAPABILITY_AUTO_EXPAND.
 */
export function missingCapabilities(template: JsonObject, given: readonly string[], isChangeSet: boolean): string[] {
  const missing: string[] = [];
  const iam = Object.values(membersOf(template, 'Resources')).filter(
    (resource) => isObject(resource) && Object.hasOwn(IAM, textOf(resource['Type'])),
  );
  const named = iam.filter((resource) => {
    const property = IAM[textOf((resource as JsonObject)['Type'])];
    return property !== undefined && membersOf(resource as JsonObject, 'Properties')[property] !== undefined;
  });
  if (named.length > 0 && !given.includes('CAPABILITY_NAMED_IAM')) missing.push('CAPABILITY_NAMED_IAM');
  else if (iam.length > 0 && !given.some((capability) => /^CAPABILITY_(NAMED_)?IAM$/.test(capability)))
    missing.push('CAPABILITY_IAM');
  if (template['Transform'] !== undefined && !isChangeSet && !given.includes('CAPABILITY_AUTO_EXPAND'))
    missing.push('CAPABILITY_AUTO_EXPAND');
  return missing;
}
