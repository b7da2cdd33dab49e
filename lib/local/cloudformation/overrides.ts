import { err, ok, type Result } from '../../result';
import { isObject, shown } from '../template/json';
import { textOf } from './text';

/** Where the functions of ParameterOverrides look. Errors are values. */
export interface ArtifactSource {
  /** Text of a file of an input artifact. */
  file(artifact: string, path: string): Promise<Result<string, string>>;
  /** Where the artifact's zip can be read as an object of S3. */
  location(artifact: string): Promise<Result<{ readonly bucket: string; readonly key: string }, string>>;
}

/**
 * Values of ParameterOverrides: texts, `{"Fn::GetParam": [artifact, JSON file, key]}` and `{"Fn::GetArtifactAtt": [artifact,
 * attribute]}` (CloudFormation user guide, continuous-delivery-codepipeline-parameter-override-functions). Every error at once.
 */
export async function parameterOverrides(
  text: string,
  region: string,
  source: ArtifactSource,
): Promise<Result<Record<string, string>, string>> {
  const parsed = parseOverrides(text);
  if (!parsed.ok) return parsed;
  const errors: string[] = [];
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(parsed.value)) {
    const found = await overrideOf(value, region, source);
    if (found.ok) values[name] = found.value;
    else errors.push(...found.errors.map((error) => `ParameterOverrides.${name}: ${error}`));
  }
  return errors.length > 0 ? err(...errors) : ok(values);
}

type Override = string | { readonly function: 'Fn::GetParam' | 'Fn::GetArtifactAtt'; readonly argument: string[] };

const ARGUMENTS = { 'Fn::GetParam': 3, 'Fn::GetArtifactAtt': 2 } as const;

/** The object as written, checked; artifacts that it names are not looked up. */
export function parseOverrides(text: string): Result<Record<string, Override>, string> {
  let object: unknown;
  try {
    object = JSON.parse(text);
  } catch (error) {
    return err(`ParameterOverrides is no JSON: ${(error as Error).message}`);
  }
  if (!isObject(object)) return err(`ParameterOverrides: expected a JSON object, found ${shown(object)}`);
  const errors: string[] = [];
  const values = Object.entries(object).map(([name, value]): [string, Override] => {
    if (typeof value === 'string') return [name, value];
    const [key, argument] = isObject(value) && Object.keys(value).length === 1 ? (Object.entries(value)[0] ?? []) : [];
    const isFunction = key === 'Fn::GetParam' || key === 'Fn::GetArtifactAtt';
    if (isFunction && Array.isArray(argument) && argument.length === ARGUMENTS[key])
      return [name, { function: key, argument: argument.map(textOf) }];
    errors.push(
      `ParameterOverrides.${name}: expected a string, {"Fn::GetParam": [artifact, file, key]} or {"Fn::GetArtifactAtt": [artifact, attribute]}, found ${shown(value)}`,
    );
    return [name, ''];
  });
  return errors.length > 0 ? err(...errors) : ok(Object.fromEntries(values));
}

async function overrideOf(value: Override, region: string, source: ArtifactSource): Promise<Result<string, string>> {
  if (typeof value === 'string') return ok(value);
  const [artifact = '', second = '', key = ''] = value.argument;
  if (value.function === 'Fn::GetArtifactAtt') {
    const found = await source.location(artifact);
    if (!found.ok) return found;
    const { bucket, key: object } = found.value;
    const attributes: Record<string, string> = {
      BucketName: bucket,
      ObjectKey: object,
      URL: `https://s3.${region}.amazonaws.com/${bucket}/${object}`,
    };
    return Object.hasOwn(attributes, second)
      ? ok(attributes[second] as string)
      : err(`an artifact has the attributes ${Object.keys(attributes).join(', ')}, not "${second}"`);
  }
  const text = await source.file(artifact, second);
  if (!text.ok) return text;
  let content: unknown;
  try {
    content = JSON.parse(text.value);
  } catch {
    return err(`${artifact}::${second} is no JSON`);
  }
  const found = isObject(content) && Object.hasOwn(content, key) ? content[key] : undefined;
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
    ? ok(textOf(found))
    : err(`${artifact}::${second} has no text "${key}"`);
}
