import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Assembly } from './local/assembly';
import { Evaluator } from './local/intrinsics';
import type { Bindings } from './local/plan';
import { deployedResources } from './local/template/deployed';

/** Everything that the templates of an assembly create, evaluated as far as its values are known before a deploy. */
export interface Inventory {
  readonly stacks: readonly InventoryStack[];
  readonly resources: readonly DeployedResource[];
}

export interface InventoryStack {
  readonly name: string;
  /** Where it is bound to; absent: wherever it is deployed. */
  readonly account?: string;
  /** Of the template file as it is uploaded. */
  readonly templateBytes: number;
  readonly resources: number;
  readonly parameters: number;
  readonly mappings: number;
  readonly outputs: number;
}

export interface DeployedResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** What `Ref` gives; the logical id where that is not known before a deploy. */
  readonly id: string;
  readonly properties: Properties;
}

// biome-ignore lint/suspicious/noExplicitAny: a template's properties are whatever JSON they are
export type Properties = any;

/**
 * Reads every resource that exists under the bindings. Never fails: a value that cannot be known before a deploy reads
 * `(known after deploy)`.
 */
export function readInventory(assembly: Assembly, bindings: Bindings): Inventory {
  const resources = deployedResources(new Evaluator(assembly, bindings)).map(({ stack, ...resource }) => ({
    ...resource,
    stack: stack.name,
  }));
  const stacks = assembly.stacks.map((stack) => ({
    name: stack.name,
    ...(stack.account !== undefined && { account: stack.account }),
    templateBytes: statSync(join(assembly.directory, stack.file)).size,
    resources: Object.keys(stack.template.Resources).length,
    parameters: Object.keys(stack.template.Parameters).length,
    mappings: Object.keys(stack.template.Mappings).length,
    outputs: Object.keys(stack.template.Outputs).length,
  }));
  return { stacks, resources };
}

export const ofType = (resources: readonly DeployedResource[], type: string): readonly DeployedResource[] =>
  resources.filter((resource) => resource.type === type);

/** A list that CloudFormation lets one write as a single value, or leave out. */
export const listOf = (value: Properties): Properties[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** The same, of which each member is an object. */
export const objectsOf = (value: Properties): Properties[] =>
  listOf(value).map((item) => (typeof item === 'object' && item !== null ? item : {}));

/** What a table has under a key that a template gave. */
export const lookUp = <T>(table: Readonly<Record<string, T>>, key: Properties): T | undefined =>
  typeof key === 'string' && Object.hasOwn(table, key) ? table[key] : undefined;

/** A value as text, whatever it is. */
export const textOf = (value: Properties): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : `${value}`;

/** A number above 0, also one that is written as text; else `fallback`. */
export function numberOf(value: Properties, fallback: number): number {
  const number = /^(number|string)$/.test(typeof value) ? Number(value) : 0;
  return number > 0 && number < Infinity ? number : fallback;
}

/** An environment of the configuration, and the Kubernetes namespace that is its own. */
export interface InventoryEnvironment {
  readonly name: string;
  readonly namespace: string;
}

/** The name of the environment that a resource is there for; undefined: shared. */
export type OwnerOf = (resource: DeployedResource) => string | undefined;

/**
 * A resource belongs to the environment whose namespace, and no other's, it names; a composite alarm to that of
 * its alarms; a project's role and log group to that of the project. All else is shared.
 */
export function ownersIn(
  resources: readonly DeployedResource[],
  environments: readonly InventoryEnvironment[],
): OwnerOf {
  const direct = new Map<DeployedResource, string>();
  for (const resource of resources) {
    const values = namespacesIn(resource.properties);
    const found = environments.filter(({ namespace }) => values.has(namespace));
    if (found.length === 1 && found[0] !== undefined) direct.set(resource, found[0].name);
  }
  const projects = ofType(resources, 'AWS::CodeBuild::Project');
  const inherited = (resource: DeployedResource): string | undefined => {
    if (resource.type === 'AWS::CloudWatch::CompositeAlarm') {
      // ALARM(name), ALARM("name") or ALARM("arn:…:alarm:name").
      const names = textOf(resource.properties.AlarmRule).split(/[()":]/);
      return only(
        ofType(resources, 'AWS::CloudWatch::Alarm').filter(({ id }) => names.includes(id)),
        direct,
      );
    }
    const texts = [resource.id, `:role/${resource.id}`];
    const users = projects.filter(({ properties: { ServiceRole: role, LogsConfig: logs } }) =>
      resource.type === 'AWS::IAM::Role'
        ? texts.some((text) => textOf(role).endsWith(text))
        : resource.type === 'AWS::Logs::LogGroup' && logs?.CloudWatchLogs?.GroupName === resource.id,
    );
    return only(users, direct);
  };
  return (resource) => direct.get(resource) ?? inherited(resource);
}

/** The one owner that all of them have. */
function only(
  resources: readonly DeployedResource[],
  owners: ReadonlyMap<DeployedResource, string>,
): string | undefined {
  const [first, ...others] = new Set(resources.map((resource) => owners.get(resource)));
  return others.length === 0 ? first : undefined;
}

/** Kubernetes namespaces: of an access entry, of an alarm's dimension, of a build's variable NAMESPACE. */
function namespacesIn(value: Properties, found = new Set<unknown>()): ReadonlySet<unknown> {
  if (typeof value !== 'object' || value === null) return found;
  if (/^namespace$/i.test(textOf(value.Name))) found.add(value.Value);
  for (const namespace of listOf(value.Namespaces)) found.add(namespace);
  for (const item of Object.values(value)) namespacesIn(item, found);
  return found;
}
