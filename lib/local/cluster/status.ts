import { err, type Result } from '../../result';
import { type Kind, qualifiedKind, resourceName } from './kinds';

/** `kind: Status`, the API's one form of saying no. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Record<string, never>;
  readonly status: 'Failure' | 'Success';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly uid?: string;
    readonly causes?: readonly Cause[];
    readonly retryAfterSeconds?: number;
  };
  /** HTTP status. */
  readonly code: number;
}

export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

/** What an API operation gives: its value, or the one Status that refuses it. */
export type Answer<T> = Result<T, Status>;

export function failure(code: number, reason: string, message: string, details?: Status['details']): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details ? { details } : {}),
    code,
  };
}

export const refuse = (status: Status) => err(status);

const about = (kind: Kind, name: string) => ({ name, group: kind.group, kind: kind.plural });

export const notFound = (kind: Kind, name: string): Status =>
  failure(404, 'NotFound', `${resourceName(kind)} "${name}" not found`, about(kind, name));

export const alreadyExists = (kind: Kind, name: string): Status =>
  failure(409, 'AlreadyExists', `${resourceName(kind)} "${name}" already exists`, about(kind, name));

export const conflict = (kind: Kind, name: string, why: string): Status =>
  failure(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`,
    about(kind, name),
  );

export const forbidden = (kind: Kind, name: string, why: string): Status =>
  failure(403, 'Forbidden', `${resourceName(kind)} "${name}" is forbidden: ${why}`, about(kind, name));

export const badRequest = (message: string): Status => failure(400, 'BadRequest', message);

/** A value that breaks a rule. `field` is a path such as `spec.ports[0].port`. */
export interface FieldError {
  readonly field: string;
  readonly reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
    | 'FieldValueForbidden'
    | 'FieldValueNotFound';
  /** Without the field: `Required value`, `Invalid value: 3: must be …`. */
  readonly message: string;
}

export function invalid(kind: Kind, name: string, errors: readonly FieldError[]): Status {
  const all = errors.map((e) => `${e.field}: ${e.message}`);
  const text = all.length === 1 ? all[0] : `[${all.join(', ')}]`;
  return failure(422, 'Invalid', `${qualifiedKind(kind)} "${name}" is invalid: ${text}`, {
    name,
    group: kind.group,
    kind: kind.kind,
    causes: errors.map((e) => ({ reason: e.reason, message: e.message, field: e.field })),
  });
}
