import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { err, ok, type Result } from '../../result';
import { checkSecretReference, parseSecretReference } from './secret-reference';

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
 *       visits/database@AWSPREVIOUS: {user: visits, password: earlier}   # a version by its stage or id
 *
 * Values are texts as they are written (`007` stays `007`).
 */
export function secretsFile(file: string): SecretSource {
  let content: Record<string, unknown> | undefined;
  const section = (name: string): Result<Record<string, unknown>, string> => {
    try {
      content ??= (parse(readFileSync(file, 'utf8'), { schema: 'failsafe' }) || {}) as Record<string, unknown>;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        return err(`cannot read ${file}: ${(error as Error).message}`);
      content = {};
    }
    const value = isMapping(content) ? content[name] || {} : undefined;
    return isMapping(value) ? ok(value) : err(`${file}: expected ${name} to be a mapping`);
  };
  const missing = (kind: string, name: string, example: string): Result<never, string> =>
    err(`${kind} ${name} is not known on this machine; add it to ${file}:\n${example}`);

  return {
    parameter(name) {
      const found = section('parameter-store');
      if (!found.ok) return found;
      const value = Object.hasOwn(found.value, name) ? found.value[name] : '';
      if (value === '') return missing('parameter', name, `parameter-store:\n  ${name}: VALUE`);
      return typeof value === 'string' ? ok(value) : err(`${file}: expected a text for parameter ${name}`);
    },
    secret(reference) {
      const problem = checkSecretReference(reference);
      if (problem !== undefined) return err(problem);
      const { id, jsonKey, versionStage, versionId } = parseSecretReference(reference);
      const found = section('secrets-manager');
      if (!found.ok) return found;
      const version = versionId ?? (versionStage === 'AWSCURRENT' ? undefined : versionStage);
      const suffix = version === undefined ? '' : `@${version}`;
      const names = namesOf(id).map((name) => name + suffix);
      const name = names.find((candidate) => Object.hasOwn(found.value, candidate));
      const value = name === undefined ? '' : found.value[name];
      const example = `secrets-manager:\n  ${id}${suffix}: ${jsonKey ? `{${jsonKey}: VALUE}` : 'VALUE'}`;
      if (value === '') return missing('secret', `${id}${suffix}`, example);
      if (!jsonKey) return ok(asText(value));
      const fields = isMapping(value) ? value : asJson(String(value));
      if (!fields || !Object.hasOwn(fields, jsonKey)) return missing(`key ${jsonKey} of secret`, id, example);
      return ok(asText(fields[jsonKey]));
    },
    values() {
      const [parameters, secrets] = [section('parameter-store'), section('secrets-manager')];
      if (!parameters.ok) return parameters;
      if (!secrets.ok) return secrets;
      return ok({ parameters: asTexts(parameters.value), secrets: asTexts(secrets.value) });
    },
  };
}

/** An ARN ends with six characters that Secrets Manager adds to the name; the file may have either. */
function namesOf(id: string): string[] {
  const name = /:secret:(.+)$/s.exec(id)?.[1];
  return name === undefined ? [id] : [id, name, name.replace(/-[A-Za-z0-9]{6}$/, '')];
}

const asTexts = (values: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, asText(value)]));

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

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
