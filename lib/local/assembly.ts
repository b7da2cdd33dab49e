import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { err, ok, type Result } from '../result';
import type { Diagnostic } from './plan';
import { isObject, type JsonObject } from './template/json';

/** A cloud assembly (`cdk.out`), read from disk and not yet evaluated. */
export interface Assembly {
  /** Absolute path of the folder. */
  readonly directory: string;
  readonly stacks: readonly Stack[];
  /** What `cdk deploy` would upload to S3. */
  readonly assets: readonly FileAsset[];
}

/** One CloudFormation template of the assembly, with the stack that it makes. */
export interface Stack {
  readonly name: string;
  /** Template file, relative to the assembly: what diagnostics name. */
  readonly file: string;
  readonly template: Template;
  /** Absolute path that `aws:asset:path` of this template is relative to. */
  readonly directory: string;
  /** Where the stack is bound to; absent: wherever it is deployed. */
  readonly account?: string;
  readonly region?: string;
  /** For a nested stack: the stack that declares it, and the declaration's logical id. */
  readonly parent?: { readonly stack: Stack; readonly logicalId: string };
}

/** The sections of a template that the local side reads; each is an object, empty where the template has none. */
export interface Template {
  readonly Parameters: JsonObject;
  readonly Mappings: JsonObject;
  readonly Conditions: JsonObject;
  readonly Resources: JsonObject;
  readonly Outputs: JsonObject;
}

/** A file asset. Bucket and key may still hold `${AWS::Region}` and the like. */
export interface FileAsset {
  readonly bucket: string;
  readonly key: string;
  /** Absolute path of the file, or of the folder that is uploaded as a zip. */
  readonly path: string;
  readonly packaging: 'file' | 'zip';
}

/** The first cloud assembly schema whose manifest has the shape that is read here (aws-cdk-lib 2.150 or so). */
const OLDEST_SCHEMA = 36;
const SECTIONS = ['Parameters', 'Mappings', 'Conditions', 'Resources', 'Outputs'] as const;
const AGAIN = 'synthesize again (`npx cdk synth`)';

/**
 * Reads the cloud assembly in `directory`: its manifest, templates, nested stacks, nested assemblies (CDK stages) and file
 * assets. Errors: everything that is missing, too old or not what a synthesis writes.
 */
export function readAssembly(directory: string): Result<Assembly, Diagnostic> {
  const root = resolve(directory);
  const reading: Reading = { root, stacks: [], assets: [], errors: [] };
  readDirectory(reading, root);
  if (reading.errors.length > 0) return err(...reading.errors);
  return ok({ directory: root, stacks: reading.stacks, assets: reading.assets });
}

type Fail = (path: string, message: string) => void;

interface Reading {
  readonly root: string;
  readonly stacks: Stack[];
  readonly assets: FileAsset[];
  readonly errors: Diagnostic[];
}

function readDirectory(reading: Reading, directory: string): void {
  const file = join(directory, 'manifest.json');
  const fail: Fail = (path, message) => {
    reading.errors.push({ file: relative(reading.root, file), path, message });
  };
  if (!isFolder(directory)) {
    fail('', `There is no cloud assembly at ${directory}; ${AGAIN}.`);
    return;
  }
  const manifest = readObject(reading, file);
  if (manifest === undefined || !schemaIsRead(manifest['version'], fail)) return;
  const artifacts = manifest['artifacts'];
  if (!isObject(artifacts)) fail('artifacts', `Expected an object of artifacts; ${AGAIN}.`);
  for (const [id, artifact] of Object.entries(isObject(artifacts) ? artifacts : {})) {
    const path = `artifacts.${id}`;
    if (!isObject(artifact)) {
      fail(path, `Expected an object; ${AGAIN}.`);
      continue;
    }
    const properties = isObject(artifact['properties']) ? artifact['properties'] : {};
    const pathOf = (key: string): string | undefined => {
      const value = properties[key];
      if (typeof value === 'string' && value !== '') return inside(reading, directory, value, path, fail);
      fail(`${path}.properties.${key}`, `Expected a file name; ${AGAIN}.`);
      return undefined;
    };
    if (artifact['type'] === 'aws:cloudformation:stack') {
      const template = pathOf('templateFile');
      if (template === undefined) continue;
      const name = properties['stackName'];
      readStack(reading, template, directory, { name: typeof name === 'string' ? name : id, ...boundTo(artifact) });
    } else if (artifact['type'] === 'cdk:asset-manifest') {
      const assets = pathOf('file');
      if (assets !== undefined) readAssets(reading, assets, directory);
    } else if (artifact['type'] === 'cdk:cloud-assembly') {
      const nested = pathOf('directoryName');
      if (nested !== undefined) readDirectory(reading, nested);
    }
  }
}

function schemaIsRead(version: unknown, fail: Fail): boolean {
  const schema = Number.parseInt(String(version), 10);
  if (schema >= OLDEST_SCHEMA) return true;
  const message = Number.isNaN(schema)
    ? `Expected the assembly's schema version such as "55.0.0"; ${AGAIN}.`
    : `This assembly has schema version ${String(version)}, older than ${OLDEST_SCHEMA}.0.0; ${AGAIN} with the project's own aws-cdk-lib.`;
  fail('version', message);
  return false;
}

/** Account and region of `aws://123456789012/eu-west-1`; nothing where they are unknown. */
function boundTo(artifact: JsonObject): { account?: string; region?: string } {
  const match = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(String(artifact['environment'] ?? ''));
  const account = match?.[1];
  const region = match?.[2];
  return {
    ...(account !== undefined && account !== 'unknown-account' && { account }),
    ...(region !== undefined && region !== 'unknown-region' && { region }),
  };
}

function readStack(
  reading: Reading,
  file: string,
  directory: string,
  made: Pick<Stack, 'name' | 'account' | 'region' | 'parent'>,
): void {
  const content = readObject(reading, file);
  if (content === undefined) return;
  const name = relative(reading.root, file);
  const sections: Record<string, JsonObject> = {};
  for (const section of SECTIONS) {
    const value = content[section] ?? {};
    if (isObject(value)) sections[section] = value;
    else reading.errors.push({ file: name, path: section, message: `Expected an object; ${AGAIN}.` });
  }
  for (const section of ['Transform', 'Fn::Transform']) {
    if (content[section] === undefined) continue;
    const message =
      'Macros and transforms run only in CloudFormation; a template that is read locally cannot use them.';
    reading.errors.push({ file: name, path: section, message });
  }
  if (SECTIONS.some((section) => sections[section] === undefined)) return;
  const template = sections as unknown as Template;
  const stack: Stack = { ...made, file: name, template, directory };
  reading.stacks.push(stack);
  readNestedStacks(reading, stack);
}

function readNestedStacks(reading: Reading, stack: Stack): void {
  for (const [logicalId, resource] of Object.entries(stack.template.Resources)) {
    if (!isObject(resource) || resource['Type'] !== 'AWS::CloudFormation::Stack') continue;
    const metadata = isObject(resource['Metadata']) ? resource['Metadata'] : {};
    const path = `Resources.${logicalId}`;
    const fail = (at: string, message: string): void => {
      reading.errors.push({ file: stack.file, path: at, message });
    };
    const asset = metadata['aws:asset:path'];
    if (typeof asset !== 'string') {
      fail(path, `The nested stack names no template in Metadata["aws:asset:path"]; ${AGAIN} with asset metadata on.`);
      continue;
    }
    const file = inside(reading, stack.directory, asset, path, fail);
    if (file === undefined) continue;
    const { account, region } = stack;
    const bound = { ...(account !== undefined && { account }), ...(region !== undefined && { region }) };
    const parent = { stack, logicalId };
    readStack(reading, file, stack.directory, { name: `${stack.name}-${logicalId}`, ...bound, parent });
  }
}

function readAssets(reading: Reading, file: string, directory: string): void {
  const manifest = readObject(reading, file);
  if (manifest === undefined) return;
  const files = isObject(manifest['files']) ? manifest['files'] : {};
  for (const asset of Object.values(files)) {
    if (!isObject(asset)) continue;
    const source = isObject(asset['source']) ? asset['source'] : {};
    const destinations = isObject(asset['destinations']) ? asset['destinations'] : {};
    if (typeof source['path'] !== 'string') continue;
    const path = join(directory, source['path']);
    for (const destination of Object.values(destinations)) {
      if (!isObject(destination)) continue;
      const { bucketName: bucket, objectKey: key } = destination;
      if (typeof bucket !== 'string' || typeof key !== 'string') continue;
      reading.assets.push({ bucket, key, path, packaging: source['packaging'] === 'zip' ? 'zip' : 'file' });
    }
  }
}

/** `name` in `directory` as an absolute path; a name that leads out of the assembly is an error. */
function inside(reading: Reading, directory: string, name: string, path: string, fail: Fail): string | undefined {
  const file = resolve(directory, name);
  const fromRoot = relative(reading.root, file);
  if (!fromRoot.startsWith('..') && !isAbsolute(fromRoot)) return file;
  fail(path, `"${name}" lies outside the assembly; ${AGAIN} into one folder.`);
  return undefined;
}

function readObject(reading: Reading, file: string): JsonObject | undefined {
  const fail = (message: string): undefined => {
    reading.errors.push({ file: relative(reading.root, file), path: '', message });
    return undefined;
  };
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    return fail(reason === 'ENOENT' ? `The file is missing; ${AGAIN}.` : `Cannot be read (${reason}).`);
  }
  try {
    const content: unknown = JSON.parse(text);
    return isObject(content) ? content : fail(`Expected a JSON object; ${AGAIN}.`);
  } catch (error) {
    return fail(`Is not valid JSON (${error instanceof Error ? error.message : String(error)}); ${AGAIN}.`);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
