import { z } from 'zod';
import { err, ok, type Result } from '../../result';
import type { EnvironmentRecord, Release } from '../release';

/** Raised when a reader of the old form could misread the new one. */
const FORMAT = 1;

const reference = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
});

const kubeObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

const release = z.object({
  format: z.literal(FORMAT),
  id: z.string(),
  service: z.string(),
  environment: z.string(),
  namespace: z.string(),
  version: z.string(),
  digest: z.string(),
  requestedAt: z.iso.datetime(),
  provenance: z.object({ key: z.string(), builder: z.string(), source: z.string(), commit: z.string() }).optional(),
  objects: z.array(kubeObject).min(1),
});

const record = z.object({
  format: z.literal(FORMAT),
  attempted: z.object({ release: z.string(), requestedAt: z.iso.datetime(), inventory: z.array(reference) }).optional(),
  verified: z.string().optional(),
  good: z.string().optional(),
  previous: z.string().optional(),
  /** Release -> SHA-256 of its stored bytes, in hexadecimal. */
  sha256: z.record(z.string(), z.string()),
});

/** A record as it is stored. */
export interface StoredRecord {
  readonly record: EnvironmentRecord;
  readonly sha256: Readonly<Record<string, string>>;
}

export const writeRelease = (value: Release): Buffer => toBytes({ format: FORMAT, ...value });

export const readRelease = (bytes: Buffer): Result<Release, string> => {
  const parsed = fromBytes(bytes, release);
  if (!parsed.ok) return parsed;
  const { format: _, ...value } = parsed.value;
  return ok(value as Release);
};

export const writeStoredRecord = ({ record: value, sha256 }: StoredRecord): Buffer =>
  toBytes({ format: FORMAT, ...value, sha256 });

export const readStoredRecord = (bytes: Buffer): Result<StoredRecord, string> => {
  const parsed = fromBytes(bytes, record);
  if (!parsed.ok) return parsed;
  const { format: _, sha256, ...value } = parsed.value;
  return ok({ record: value as EnvironmentRecord, sha256 });
};

const toBytes = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, undefined, 1)}\n`);

function fromBytes<T>(bytes: Buffer, schema: z.ZodType<T>): Result<T, string> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    return err(`is no JSON (${(error as Error).message})`);
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > FORMAT)
    return err(`was written by a newer deployer (format ${format}, this one knows ${FORMAT})`);
  const checked = schema.safeParse(value);
  if (checked.success) return ok(checked.data);
  return err(checked.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; '));
}
