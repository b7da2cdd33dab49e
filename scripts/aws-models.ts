/**
 * Writes lib/local/aws/model/*.json: of each service's model in botocore (`python3 -m pip install botocore`) the shapes of the
 * operations that the local endpoint has, and no words. `tsx scripts/aws-models.ts`
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { OperationModel, ServiceModel, Shape } from '../lib/local/aws/model/model';
import { operationsHere } from '../lib/local/aws/operations';

/** Signing name -> its folder in botocore's data. S3's outputs are headers and bodies, which no shape says enough of. */
export const FOLDERS: Readonly<Record<string, string>> = {
  codebuild: 'codebuild',
  codecommit: 'codecommit',
  codepipeline: 'codepipeline',
  ecr: 'ecr',
  eks: 'eks',
  events: 'events',
  kms: 'kms',
  logs: 'logs',
  monitoring: 'cloudwatch',
  secretsmanager: 'secretsmanager',
  sns: 'sns',
  ssm: 'ssm',
  sts: 'sts',
};

/** Where botocore keeps its data, and its version; undefined where Python has no botocore. */
export function findBotocore(): { readonly data: string; readonly version: string } | undefined {
  try {
    const script = 'import botocore, os; print(botocore.__version__, os.path.dirname(botocore.__file__))';
    const [version = '', folder = ''] = execFileSync('python3', ['-c', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .trim()
      .split(/ (.*)/s);
    return { version, data: join(folder, 'data') };
  } catch {
    return undefined;
  }
}

interface Original {
  readonly metadata: { readonly targetPrefix?: string; readonly protocol?: string };
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly input?: Reference;
        readonly output?: Reference;
        readonly errors?: readonly Reference[];
        readonly http: { readonly method: string; readonly requestUri: string };
      }
    >
  >;
  readonly shapes: Readonly<Record<string, OriginalShape>>;
}

interface Reference {
  readonly shape: string;
}

interface OriginalShape {
  readonly type: string;
  readonly members?: Readonly<Record<string, Reference>>;
  readonly required?: readonly string[];
  readonly member?: Reference;
  readonly key?: Reference;
  readonly value?: Reference;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly error?: { readonly code?: string };
}

/** A service's model, less all that the given operations do not use. */
export function deriveModel(
  data: string,
  version: string,
  folder: string,
  operations: readonly string[],
): ServiceModel {
  const newest = readdirSync(join(data, folder)).sort().at(-1) ?? '';
  const source = `${folder}/${newest}`;
  const packed = readFileSync(join(data, source, 'service-2.json.gz'));
  const original = JSON.parse(gunzipSync(packed).toString('utf8')) as Original;
  const used = new Map<string, Shape>();
  const visit = (name: string): void => {
    if (used.has(name)) return;
    const shape = original.shapes[name];
    if (!shape) throw new Error(`${source} has no shape ${name}`);
    used.set(name, compact(shape));
    for (const reference of Object.values(shape.members ?? {})) visit(reference.shape);
    for (const reference of [shape.member, shape.key, shape.value]) if (reference) visit(reference.shape);
  };
  const derived: [string, OperationModel][] = [...operations].sort().map((name) => {
    const operation = original.operations[name];
    if (!operation) throw new Error(`${source} has no operation ${name}`);
    const [input, output] = [operation.input?.shape, operation.output?.shape];
    if (input) visit(input);
    if (output) visit(output);
    const errors = (operation.errors ?? []).map(({ shape }) => original.shapes[shape]?.error?.code ?? shape).sort();
    return [name, { ...(input && { input }), ...(output && { output }), errors }];
  });
  const { targetPrefix, protocol } = original.metadata;
  const routes = Object.entries(original.operations).map(([name, { http }]) => [
    `${http.method} ${http.requestUri.split('?')[0]}`,
    name,
  ]);
  return {
    botocore: version,
    source,
    ...(targetPrefix && { targetPrefix }),
    operations: Object.fromEntries(derived),
    ...(protocol?.startsWith('rest-') && { routes: Object.fromEntries(routes) }),
    shapes: Object.fromEntries([...used].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function compact(shape: OriginalShape): Shape {
  const { type, required, min, max, pattern } = shape;
  const kept = {
    type: type === 'character' ? 'string' : type,
    ...(shape.members && {
      members: Object.fromEntries(Object.entries(shape.members).map(([name, member]) => [name, member.shape])),
    }),
    ...(required && required.length > 0 && { required }),
    ...(shape.member && { member: shape.member.shape }),
    ...(shape.key && { key: shape.key.shape }),
    ...(shape.value && { value: shape.value.shape }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(pattern !== undefined && { pattern }),
    ...(shape.enum && { enum: shape.enum }),
  };
  return kept as Shape;
}

/** One operation and one shape a line, so that a change can be read. */
export function writtenModel({ operations, shapes, routes, ...head }: ServiceModel): string {
  const lines = (entries: object): string =>
    Object.entries(entries)
      .map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(',\n');
  const first = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`);
  const written = routes ? `  "routes": {\n${lines(routes)}\n  },\n` : '';
  return `{\n${first.join('')}  "operations": {\n${lines(operations)}\n  },\n${written}  "shapes": {\n${lines(shapes)}\n  }\n}\n`;
}

if (process.argv[1]?.endsWith('scripts/aws-models.ts')) {
  const botocore = findBotocore();
  if (!botocore) throw new Error('python3 has no botocore: python3 -m pip install botocore');
  for (const [signingName, operations] of Object.entries(operationsHere())) {
    const folder = FOLDERS[signingName];
    if (folder === undefined) continue;
    const model = deriveModel(botocore.data, botocore.version, folder, operations);
    writeFileSync(join('lib/local/aws/model', `${signingName}.json`), writtenModel(model));
  }
}
