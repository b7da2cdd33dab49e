import { ok } from '../../result';
import type { Stack } from '../assembly';
import { type Evaluated, type Evaluator, fault, type Place } from '../intrinsics';
import { isObject, own } from './json';
import { madeIdentifier } from './resource-types';

/** The value of a pseudo parameter: `AWS::Region` and the like. */
export function pseudoParameter(evaluator: Evaluator, name: string, place: Place): Evaluated {
  const { stack } = place;
  const { account, region, partition, urlSuffix } = evaluator.environment(stack);
  switch (name) {
    case 'AWS::AccountId':
      return ok(account);
    case 'AWS::Region':
      return ok(region);
    case 'AWS::Partition':
      return ok(partition);
    case 'AWS::URLSuffix':
      return ok(urlSuffix);
    case 'AWS::StackName':
      return ok(stack.name);
    case 'AWS::StackId': {
      const id = madeIdentifier('', `${account}/${region}/${stack.name}`);
      return ok(`arn:${partition}:cloudformation:${region}:${account}:stack/${stack.name}/${id}`);
    }
    case 'AWS::NotificationARNs':
      return ok([]);
    case 'AWS::NoValue':
      return ok(undefined);
    default:
      return fault(place, `There is no pseudo parameter ${name}.`);
  }
}

/** The value of one of the template's parameters: what the parent of a nested stack gives, else the default. */
export function parameter(evaluator: Evaluator, name: string, place: Place): Evaluated {
  const { stack } = place;
  const path = `Parameters.${name}`;
  const declaration = own(stack.template.Parameters, name);
  return evaluator.once(`${stack.file}#${stack.name} parameter ${name}`, `parameter "${name}"`, place, () => {
    if (!isObject(declaration)) return fault({ stack, path }, 'Expected an object with a Type.');
    const given = fromParent(evaluator, stack, name);
    if (given !== undefined) return given;
    const type = String(declaration['Type']);
    if (type.startsWith('AWS::SSM::Parameter')) {
      const message = `Parameter "${name}" is read from Systems Manager when the stack is deployed (${type}), so it has no value here; use a literal value.`;
      return fault(place, message);
    }
    const value = declaration['Default'];
    if (value === undefined) {
      return fault(place, `Parameter "${name}" has no default, so it has no value here; give it one.`);
    }
    if (/^(CommaDelimitedList|List<)/.test(type)) return ok(String(value).split(',').map(trimmed));
    return ok(typeof value === 'object' ? null : String(value));
  });
}

/** Undefined where the stack has no parent, or the parent gives nothing. */
function fromParent(evaluator: Evaluator, stack: Stack, name: string): Evaluated | undefined {
  if (stack.parent === undefined) return undefined;
  const { stack: parent, logicalId } = stack.parent;
  const declaration = own(parent.template.Resources, logicalId);
  const properties = isObject(declaration) ? declaration['Properties'] : undefined;
  const given = isObject(properties) && isObject(properties['Parameters']) ? properties['Parameters'] : {};
  const raw = own(given, name);
  if (raw === undefined) return undefined;
  return evaluator.evaluate(raw, { stack: parent, path: `Resources.${logicalId}.Properties.Parameters.${name}` });
}

const trimmed = (text: string): string => text.trim();
