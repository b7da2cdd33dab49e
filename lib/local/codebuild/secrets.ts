import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { err, ok, type Result } from '../../result';

/** Where values of Parameter Store and Secrets Manager come from. */
export interface SecretSource {
  parameter(name: string): Result<string, string>;
  /** `secret-id:json-key:version-stage:version-id`; without a JSON key the whole secret. */
  secret(reference: string): Result<string, string>;
  /** All of them, for who answers in the services' place. */
  values?(): Result<StoredValues, string>;
}

/** Name -> value; a secret that is a mapping as its JSON. */
export interface StoredValues {
  readonly parameters: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/**
 * A YAML file of the user's that stands for both services on this machine; keep it out of git. It is read when the first
 * value is wanted:
 *
 *     parameter-store:
 *       /visits/flag: value
 *     secrets-manager:
 *       visits/database: {user: visits, password: value}   # or one text
 */
export function secretsFile(file: string): SecretSource {
  let content: Record<string, unknown> | undefined;
  const section = (name: string): Result<Record<string, unknown>, string> => {
    try {
      content ??= (parse(readFileSync(file, 'utf8')) ?? {}) as Record<string, unknown>;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        return err(`cannot read ${file}: ${(error as Error).message}`);
      content = {};
    }
    const value = isMapping(content) ? (content[name] ?? {}) : undefined;
    return isMapping(value) ? ok(value) : err(`${file}: expected ${name} to be a mapping`);
  };
  const missing = (kind: string, name: string, example: string): Result<never, string> =>
    err(`${kind} ${name} is not known on this machine; add it to ${file}:\n${example}`);

  return {
    parameter(name) {
      const found = section('parameter-store');
      if (!found.ok) return found;
      const value = found.value[name];
      if (value === undefined) return missing('parameter', name, `parameter-store:\n  ${name}: VALUE`);
      return isMapping(value) ? err(`${file}: expected a text for parameter ${name}`) : ok(String(value));
    },
    secret(reference) {
      const { id, jsonKey } = parseSecretReference(reference);
      const found = section('secrets-manager');
      if (!found.ok) return found;
      const value = found.value[id];
      const example = `secrets-manager:\n  ${id}: ${jsonKey ? `{${jsonKey}: VALUE}` : 'VALUE'}`;
      if (value === undefined) return missing('secret', id, example);
      if (!jsonKey) return ok(isMapping(value) ? JSON.stringify(value) : String(value));
      const fields = isMapping(value) ? value : asJson(String(value));
      const field = fields?.[jsonKey];
      return field === undefined ? missing(`key ${jsonKey} of secret`, id, example) : ok(String(field));
    },
    values() {
      const [parameters, secrets] = [section('parameter-store'), section('secrets-manager')];
      if (!parameters.ok) return parameters;
      if (!secrets.ok) return secrets;
      return ok({ parameters: asTexts(parameters.value), secrets: asTexts(secrets.value) });
    },
  };
}

/** The id may be an ARN, which holds colons itself. */
function parseSecretReference(reference: string): { id: string; jsonKey?: string } {
  const arn = /^(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]+)(?::(.*))?$/.exec(reference);
  const [id, rest] = arn ? [arn[1], arn[2] ?? ''] : [reference.split(':')[0], reference.split(':').slice(1).join(':')];
  const jsonKey = rest.split(':')[0];
  return { id: id ?? reference, ...(jsonKey ? { jsonKey } : {}) };
}

const asTexts = (values: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, isMapping(value) ? JSON.stringify(value) : String(value)]),
  );

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asJson = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isMapping(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
