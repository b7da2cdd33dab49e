import type { FieldError } from '../status';

/** A DNS label (RFC 1123). */
export const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

export const bad = (field: string, value: unknown, why: string): FieldError => ({
  field,
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
});

export const unsupported = (field: string, value: unknown, why: string): FieldError => ({
  field,
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${JSON.stringify(value)}: ${why}`,
});

export const duplicate = (field: string, value: string): FieldError => ({
  field,
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${JSON.stringify(value)}`,
});

export const portNumber = (field: string, port: number): FieldError[] =>
  port >= 1 && port <= 65_535 ? [] : [bad(field, port, 'must be between 1 and 65535, inclusive')];
