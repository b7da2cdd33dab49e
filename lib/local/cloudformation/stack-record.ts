import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson, isObject, type JsonObject } from '../template/json';
import { textOf } from './text';

/** What a CloudFormation action would have deployed. No resource of it exists. */
export interface StackRecord {
  readonly stack: string;
  readonly region: string;
  readonly note: string;
  /** ISO 8601; absent: a change set is there, and nothing was executed yet. */
  readonly updated?: string;
  readonly execution?: string;
  readonly deployed?: StackContent;
  /** The change set that made it so, of `execution`. */
  readonly executed?: string;
  readonly changeSets: Readonly<Record<string, StackContent>>;
}

export interface StackContent {
  /** Values of NoEcho parameters are left out. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  /** Outputs that only a resource could give. */
  readonly unknownOutputs: readonly string[];
  readonly capabilities: readonly string[];
  /** Macros of the template, which nobody has expanded. */
  readonly transforms: readonly string[];
  readonly resources: Readonly<Record<string, RecordedResource>>;
}

/** SHA-256 of each property and of the rest, so that no secret is kept. */
export interface RecordedResource {
  readonly type: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly rest: string;
}

export const NOTE = 'NOT RUN: there is no CloudFormation on this machine; none of these resources was made.';

const hashOf = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex');

export function recordedResource(resource: JsonObject): RecordedResource {
  const { Type: type, Properties: properties, ...rest } = resource;
  const members = isObject(properties) ? properties : {};
  return {
    type: textOf(type),
    properties: Object.fromEntries(Object.entries(members).map(([key, value]) => [key, hashOf(value)])),
    rest: hashOf(rest),
  };
}

export interface Change {
  readonly action: 'Add' | 'Modify' | 'Remove';
  readonly logicalId: string;
  readonly type: string;
  /** What of it changes. */
  readonly properties: readonly string[];
}

/** As a change set lists them: by logical id. */
export function changesBetween(before: StackContent | undefined, after: StackContent | undefined): Change[] {
  const from = before?.resources ?? {};
  const to = after?.resources ?? {};
  const ids = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return ids.flatMap((logicalId): Change[] => {
    const old = from[logicalId];
    const resource = to[logicalId];
    if (resource === undefined)
      return old === undefined ? [] : [{ action: 'Remove', logicalId, type: old.type, properties: [] }];
    if (old === undefined) return [{ action: 'Add', logicalId, type: resource.type, properties: [] }];
    const keys = [...new Set([...Object.keys(old.properties), ...Object.keys(resource.properties)])].sort();
    const properties = keys.filter((key) => old.properties[key] !== resource.properties[key]);
    if (old.type !== resource.type) properties.unshift('Type');
    if (old.rest !== resource.rest) properties.push('attributes');
    return properties.length === 0 ? [] : [{ action: 'Modify', logicalId, type: resource.type, properties }];
  });
}

/** Records of stacks: `<folder>/<region>/<stack>.json`, readable by their user only. Writes of one stack follow each other. */
export class StackRecords {
  private readonly last = new Map<string, Promise<unknown>>();

  constructor(
    private readonly folder: string,
    private readonly region: string,
  ) {}

  path(stack: string): string {
    return join(this.folder, this.region, `${stack}.json`);
  }

  async read(stack: string): Promise<StackRecord | undefined> {
    try {
      return JSON.parse(await readFile(this.path(stack), 'utf8')) as StackRecord;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Gives what `change` makes of the record; undefined removes it. */
  async update(stack: string, change: (record: StackRecord) => StackRecord | undefined): Promise<void> {
    const before = this.last.get(stack) ?? Promise.resolve();
    const write = before.then(async () => {
      const record = (await this.read(stack)) ?? { stack, region: this.region, note: NOTE, changeSets: {} };
      const changed = change(record);
      const path = this.path(stack);
      if (changed === undefined) return rm(path, { force: true });
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const draft = `${path}.${randomUUID()}.draft`;
      await writeFile(draft, `${JSON.stringify(changed, null, 2)}\n`, { mode: 0o600 });
      await rename(draft, path);
    });
    this.last.set(
      stack,
      write.catch(() => {}),
    );
    return write;
  }
}
