import { err, ok, type Result } from '../result';
import { type Complaint, complaints } from './complaints';
import { parseYaml, type YamlDocument } from './document';
import { type ConfigError, formatPath } from './error';
import { resolve } from './resolve';
import { brokenRules } from './rules';
import { type Config, fileSchema } from './schema';

/** The configuration in `source`, which stands in `file`. `isFolder` answers for paths relative to the file. */
export const parseConfig = (
  file: string,
  source: string,
  environment: NodeJS.ProcessEnv,
  isFolder: (path: string) => boolean,
): Result<Config, ConfigError> => {
  const document = parseYaml(source);
  const syntax = document.problems.map(
    ({ line, column, message }): ConfigError => ({ file, line, column, path: '', message }),
  );
  if (document.problems.some(({ fatal }) => fatal)) return { ok: false, errors: syntax };
  if (document.value === null || document.value === undefined) {
    return err({
      file,
      line: 1,
      column: 1,
      path: '',
      message: 'the file is empty; it needs at least service.name',
    });
  }
  const { value, origin } = override(document.value, environment);
  const found = [...complaints(fileSchema, value), ...brokenRules(value, isFolder)];
  const errors = [...syntax, ...found.map((complaint) => placed(file, document, origin, complaint))];
  if (errors.length > 0) return { ok: false, errors: sorted(errors) };
  return ok(resolve(fileSchema.parse(value)));
};

const placed = (
  file: string,
  document: YamlDocument,
  origin: ReadonlyMap<string, string>,
  { path, about, message }: Complaint,
): ConfigError => {
  const dotted = formatPath(path);
  const variable = origin.get(dotted);
  if (variable !== undefined) return { file: variable, line: 0, column: 0, path: '', message };
  const position = about === 'key' ? document.locateKey(path) : document.locate(path);
  return { file, ...position, path: dotted, message };
};

const sorted = (errors: ConfigError[]): ConfigError[] =>
  errors.sort((a, b) => a.line - b.line || a.column - b.column || a.path.localeCompare(b.path));

const OVERRIDES = { SLIPWAY_ACCOUNT: 'account', SLIPWAY_REGION: 'region' } as const;

/** The file's value with `aws.account` and `aws.region` from the environment, and which of them came from where. */
const override = (value: unknown, environment: NodeJS.ProcessEnv) => {
  const origin = new Map<string, string>();
  const set: Record<string, string> = {};
  for (const [variable, key] of Object.entries(OVERRIDES)) {
    const given = environment[variable];
    if (given === undefined || given === '') continue;
    set[key] = given;
    origin.set(`aws.${key}`, variable);
  }
  if (origin.size === 0 || !isMapping(value)) return { value, origin };
  const aws = value['aws'] ?? {};
  return { value: isMapping(aws) ? { ...value, aws: { ...aws, ...set } } : value, origin };
};

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
