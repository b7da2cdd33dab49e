import { err, ok, type Result } from '../../result';
import { type Evaluated, type Evaluator, fault, type Place } from '../intrinsics';
import type { Diagnostic } from '../plan';
import { isObject, type JsonObject, own, shown } from './json';
import { type Identity, madeIdentifier, madeName, RESOURCE_TYPES } from './resource-types';

/** What `Ref` gives for a resource. */
export function resourceRef(evaluator: Evaluator, name: string, place: Place): Evaluated {
  const resource = existing(evaluator, name, place);
  if (!resource.ok) return resource;
  const { type } = resource.value;
  const known = own(RESOURCE_TYPES, type);
  if (known === undefined) {
    const message = `The local runner does not know what Ref gives for a resource of type ${type}; use a literal value here, or keep the pipeline independent of it.`;
    return fault(place, message);
  }
  const identity = identityOf(evaluator, name, place);
  return identity.ok ? guarded(identity.value, known.ref) : identity;
}

/** The value of `Fn::GetAtt`. */
export function resourceAttribute(evaluator: Evaluator, logicalId: string, attribute: string, place: Place): Evaluated {
  const resource = existing(evaluator, logicalId, place);
  if (!resource.ok) return resource;
  const { type } = resource.value;
  if (type === 'AWS::CloudFormation::Stack' && attribute.startsWith('Outputs.')) {
    return nestedOutput(evaluator, logicalId, attribute.slice('Outputs.'.length), place);
  }
  const make = own(own(RESOURCE_TYPES, type)?.attributes ?? {}, attribute);
  if (make === undefined) {
    const message = `The local runner has no value for attribute ${attribute} of a resource of type ${type}; use a literal value here, or keep the pipeline independent of it.`;
    return fault(place, message);
  }
  const identity = identityOf(evaluator, logicalId, place);
  return identity.ok ? guarded(identity.value, make) : identity;
}

function nestedOutput(evaluator: Evaluator, logicalId: string, output: string, place: Place): Evaluated {
  const nested = evaluator.assembly.stacks.find(
    (stack) => stack.parent?.stack === place.stack && stack.parent.logicalId === logicalId,
  );
  const declared = nested === undefined ? undefined : own(nested.template.Outputs, output);
  if (nested === undefined || !isObject(declared)) {
    return fault(place, `The nested stack ${logicalId} has no output "${output}".`);
  }
  return evaluator.once(`${nested.file}#${nested.name} output ${output}`, `output "${output}"`, place, () =>
    evaluator.evaluate(declared['Value'], { stack: nested, path: `Outputs.${output}.Value` }),
  );
}

/** The resource `logicalId` as it is written, if it exists. */
function existing(
  evaluator: Evaluator,
  logicalId: string,
  place: Place,
): Result<{ type: string; raw: JsonObject }, Diagnostic> {
  const { stack } = place;
  const raw = own(stack.template.Resources, logicalId);
  if (!isObject(raw)) {
    const message = `There is no resource or parameter "${logicalId}" in this template; correct the name.`;
    return fault(place, message);
  }
  const at = { stack, path: `Resources.${logicalId}` };
  const type = raw['Type'];
  if (typeof type !== 'string') return fault({ stack, path: `${at.path}.Type` }, 'Expected a resource type.');
  const exists = evaluator.exists(raw, at);
  if (!exists.ok) return exists;
  if (exists.value) return ok({ type, raw });
  return fault(place, `Resource "${logicalId}" is not created, because its condition does not hold.`);
}

/** The resource's physical name, given or made, and what its values are made of. */
function identityOf(evaluator: Evaluator, logicalId: string, place: Place): Result<Identity, Diagnostic> {
  const { stack } = place;
  const resource = existing(evaluator, logicalId, place);
  if (!resource.ok) return resource;
  const { type, raw } = resource.value;
  const known = own(RESOURCE_TYPES, type);
  const properties = isObject(raw['Properties']) ? raw['Properties'] : {};
  const path = `Resources.${logicalId}.Properties`;
  const text = (key: string): Evaluated =>
    evaluator.once(`${stack.file}#${stack.name} resource ${logicalId}.${key}`, `"${logicalId}"`, place, () =>
      evaluator.evaluate(own(properties, key), { stack, path: `${path}.${key}` }),
    );
  const key = known?.name;
  const given = key === undefined ? ok(undefined) : text(key);
  if (!given.ok) return given;
  let name: string;
  if (given.value === undefined) {
    name =
      known?.identifier === undefined
        ? madeName(known ?? { ref: () => '', attributes: {} }, stack.name, logicalId)
        : madeIdentifier(known.identifier, `${stack.name}/${logicalId}`);
  } else if (typeof given.value === 'string') {
    name = given.value;
  } else {
    return fault({ stack, path: `${path}.${key}` }, `Expected a name, found ${shown(given.value)}.`);
  }
  const property = (wanted: string): string => {
    const result = text(wanted);
    if (!result.ok) throw new Unknown(result.errors);
    return typeof result.value === 'string' ? result.value : '';
  };
  return ok({ ...evaluator.environment(stack), name, property });
}

/** Runs a rule of the table; what a property of the resource lacks comes back as diagnostics. */
function guarded(identity: Identity, make: (resource: Identity) => string): Evaluated {
  try {
    return ok(make(identity));
  } catch (error) {
    if (error instanceof Unknown) return err(...error.errors);
    throw error;
  }
}

/** Leaves a table rule whose property has no value; caught in `guarded`. */
class Unknown extends Error {
  constructor(readonly errors: readonly Diagnostic[]) {
    super('unknown property');
  }
}
