import type { Stack } from '../assembly';
import { isObject } from './json';
import { type Findings, Node } from './node';

/** A resource of the assembly. */
export interface Resource {
  readonly stack: Stack;
  readonly logicalId: string;
  readonly type: string;
  /** `Resources.<logicalId>`. */
  readonly node: Node;
  readonly properties: Node;
  /** Physical id and ARN. */
  readonly ref: string;
  readonly arn: string;
}

/** What was listed before, as a pipeline looks for a project in every action. */
const LISTED = new WeakMap<Findings, Map<string, readonly Resource[]>>();

/** Every resource of `type` that exists, in any stack. One whose name cannot be evaluated has '' for it. */
export function resourcesOf(type: string, findings: Findings): readonly Resource[] {
  const listed = LISTED.get(findings) ?? new Map<string, readonly Resource[]>();
  LISTED.set(findings, listed);
  const resources = listed.get(type) ?? list(type, findings);
  listed.set(type, resources);
  return resources;
}

function list(type: string, findings: Findings): Resource[] {
  const { evaluator } = findings;
  const resources: Resource[] = [];
  for (const stack of evaluator.assembly.stacks) {
    for (const [logicalId, raw] of Object.entries(stack.template.Resources)) {
      if (!isObject(raw) || raw['Type'] !== type) continue;
      const place = { stack, path: `Resources.${logicalId}` };
      const exists = evaluator.exists(raw, place);
      if (exists.ok && !exists.value) continue;
      const ref = evaluator.ref(logicalId, place);
      const arn = evaluator.attribute(logicalId, 'Arn', place);
      const node = new Node(findings, place, raw);
      resources.push({
        stack,
        logicalId,
        type,
        node,
        properties: node.member('Properties'),
        ref: ref.ok ? String(ref.value) : '',
        arn: arn.ok ? String(arn.value) : '',
      });
    }
  }
  return resources;
}

/**
 * The resource of `type` whose physical id or ARN stands at `name`; undefined where there is none, or two: reported. `roleArn`: of
 * the role that looks for it, in its own account; absent: that of the account of `name`.
 */
export function findResource(name: Node, type: string, roleArn?: string): Resource | undefined {
  const wanted = name.requiredText();
  if (wanted === '') return undefined;
  const { evaluator } = name.findings;
  const own = evaluator.environment(name.stack).account;
  const account = roleArn === undefined ? own : (roleArn.split(':')[4] ?? own);
  const named = resourcesOf(type, name.findings).filter(({ ref, arn }) => ref === wanted || arn === wanted);
  const found = named.filter(({ stack }) => evaluator.environment(stack).account === account);
  const [resource, second] = found;
  if (resource !== undefined && second === undefined) return resource;
  if (second === undefined) {
    const [elsewhere] = named;
    name.fail(
      elsewhere === undefined
        ? `No stack of this assembly holds an ${type} named "${wanted}"; add it, or correct the name.`
        : `The ${type} "${wanted}" is in account ${evaluator.environment(elsewhere.stack).account}, and the action works in ${account}; give it a RoleArn of the account where it is.`,
    );
  } else {
    const where = found.map(({ stack, logicalId }) => `${stack.name}/${logicalId}`).join(' and ');
    name.fail(`"${wanted}" is the name of more than one ${type}: ${where}; give each a name of its own.`);
  }
  return undefined;
}
