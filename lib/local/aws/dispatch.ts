import { err, ok, type Result } from '../../result';
import { type Access, accessDenied, adviceOn, type Denial } from './access';
import type { CredentialIssuer } from './credentials';
import { operationOf } from './model/model';
import { MODELS } from './model/models';
import { readInput } from './model/read-input';
import { type AskedCall, type Need, type NeedPlace, needsOf, needsToHear } from './needs';
import type { Answer, AwsError, Operation, Principal, RawRequest, Route, Service } from './service';
import { type SignatureProblem, verifySignature } from './signature';
import {
  type CallContext,
  type Protocol,
  protocolOf,
  readCall,
  type WireResponse,
  writeError,
  writeOutput,
} from './wire';

/** A call as CloudTrail would tell it. */
export interface RecordedCall {
  /** ARN of the role whose session called. */
  readonly principal: string;
  readonly session: string;
  /** Prefix of the service's actions in IAM policies: `<service>:<operation>` is the action. */
  readonly service: string;
  readonly operation: string;
  /** ARN of what the call was about, where the operation has one. */
  readonly resource?: string;
  /** What the caller had to be allowed, where its input could be read. */
  readonly needs?: readonly Need[];
  /** Code of the error that answered it. */
  readonly error?: string;
}

export interface DispatchContext {
  /** By signing name. */
  readonly services: Readonly<Record<string, Service>>;
  readonly issuer: CredentialIssuer;
  readonly region: string;
  readonly place: NeedPlace;
  /** Absent: nobody is refused anything. */
  readonly access?: Access;
  readonly now: Date;
  readonly requestId: string;
}

/** Answers one request: checks who asks, finds the operation, checks its input and whether the caller may, runs it, records it. */
export async function dispatch(
  request: RawRequest,
  context: DispatchContext,
  record: (call: RecordedCall) => void,
): Promise<WireResponse> {
  const { services, issuer, region, now, requestId } = context;
  const signer = verifySignature(request, issuer, region, now);
  const signingName = signer.ok ? signer.value.service : signer.errors[0]?.service;
  const service = signingName === undefined ? undefined : services[signingName];
  const protocol = protocolOf(request, signingName);
  const call: CallContext = { protocol, operation: '', service, requestId, accept: request.headers['accept'] };
  if (!signer.ok) return writeError(refusal(signer.errors[0] as SignatureProblem, protocol), call);

  const { principal } = signer.value;
  let route: Route | undefined;
  try {
    route = readCall(request, protocol, service);
  } catch {
    return writeError({ code: 'SerializationException', message: 'The body of the request cannot be read.' }, call);
  }
  const model = MODELS[signingName ?? ''];
  const name =
    route?.operation || operationOf(model, request.method, request.path) || `${request.method} ${request.path}`;
  const found =
    service && route && Object.hasOwn(service.operations, route.operation)
      ? service.operations[route.operation]
      : undefined;
  const entry = {
    principal: principal.roleArn,
    session: principal.arn.split('/').at(-1) ?? '',
    service: service?.prefix ?? signingName ?? '',
    operation: name,
  };
  if (!service || !route || !found) {
    const error = unsupported(entry.service, name, protocol);
    record({ ...entry, error: error.code });
    return writeError(error, call);
  }
  const input = checkedInput(service, found, signingName as string, { ...route, operation: name }, protocol);
  if (!input.ok) {
    const refused = input.errors[0] as AwsError;
    record({ ...entry, error: refused.code });
    return writeError(refused, call);
  }
  const resource = found.resource?.(input.value as never);
  const asked: AskedCall = { service: entry.service, operation: name, input: input.value, resource };
  // What a caller names without an account is in its own.
  const place = { ...context.place, account: principal.account };
  const needs = [...needsOf(asked, place)];
  const refuse = (denial: Denial): AwsError => {
    issuer.find(principal.accessKeyId)?.onDenied?.(adviceOn(principal, denial));
    return accessDenied(entry.service, principal, denial, protocol);
  };
  const may = async (): Promise<Answer> => {
    const denial = context.access?.denied(principal, needs);
    if (denial) return err(refuse(denial));
    const answer = await run(found, input.value, principal);
    const hidden = answer.ok ? undefined : needsToHear(answer.errors[0]?.code ?? '', asked, place);
    if (!hidden) return answer;
    needs.push(hidden);
    const unheard = context.access?.denied(principal, [hidden]);
    return unheard ? err(refuse(unheard)) : answer;
  };
  const answer = await may();
  const error = answer.ok ? undefined : answer.errors[0];
  record({ ...entry, ...(resource !== undefined && { resource }), needs, ...(error && { error: error.code }) });
  if (answer.ok) return writeOutput(answer.value, { ...call, operation: name });
  return writeError(answer.errors[0] as AwsError, call);
}

/** The input as the operation takes it: read by the service's model, where there is one, then by the operation's own schema. */
function checkedInput(
  service: Service,
  found: Operation,
  signingName: string,
  { operation, input: raw }: Route,
  protocol: Protocol,
): Result<unknown, AwsError> {
  const code = service.invalidInput;
  const model = MODELS[signingName];
  let input: unknown = raw;
  if (model && Object.hasOwn(model.operations, operation)) {
    const encoding = protocol === 'query' || protocol === 'rest-json' ? 'text' : 'typed';
    const read = readInput(model, operation, raw, encoding, code);
    if (!read.ok) return read;
    input = read.value;
  }
  const refused = (...problems: string[]): Result<never, AwsError> =>
    err({ code, message: `${service.prefix}:${operation} at the local endpoint: ${problems.join('; ')}` });
  if (found.takes) {
    const others = Object.keys(input as object).filter((member) => !found.takes?.includes(member));
    if (others.length > 0) return refused(...others.map((member) => `${member} is not supported; leave it away`));
  }
  const parsed = found.input?.safeParse(input);
  if (!parsed || parsed.success) return ok(parsed ? parsed.data : input);
  return refused(...parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the request'}: ${issue.message}`));
}

async function run(found: Service['operations'][string], input: unknown, principal: Principal): Promise<Answer> {
  try {
    return await found.run(input as never, principal);
  } catch (error) {
    // The program broke; the caller hears it in its own protocol, and does not try again.
    return {
      ok: false,
      errors: [{ code: 'InternalFailure', message: `the local endpoint failed: ${(error as Error).stack}` }],
    };
  }
}

function unsupported(service: string, operation: string, protocol: Protocol): AwsError {
  const code =
    { query: 'InvalidAction', 'rest-xml': 'NotImplemented' }[protocol as string] ?? 'UnknownOperationException';
  return { code, message: `${service}:${operation} is not supported by the local endpoint` };
}

/** Each protocol's own words for a caller who is not who he says. */
function refusal({ kind, message }: SignatureProblem, protocol: Protocol): AwsError {
  const isXml = protocol === 'query' || protocol === 'rest-xml';
  const codes = {
    missing: isXml ? 'MissingAuthenticationToken' : 'MissingAuthenticationTokenException',
    'unknown-key': isXml ? 'InvalidClientTokenId' : 'UnrecognizedClientException',
    expired: isXml ? 'ExpiredToken' : 'ExpiredTokenException',
    mismatch: isXml ? 'SignatureDoesNotMatch' : 'InvalidSignatureException',
  };
  return { code: codes[kind], message, status: 403 };
}
