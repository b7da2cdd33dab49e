import { checkName, readVariables } from './buildspec-environment';
import type { Place, YamlReader } from './yaml-reader';

/** The `batch` section, with its matrix multiplied out. Source: CodeBuild user guide, batch-build-buildspec. */
export interface Batch {
  readonly kind: 'list' | 'graph' | 'matrix';
  /** Whether the first failure ends the builds that run. */
  readonly fastFail: boolean;
  /** In the order in which they are written. */
  readonly tasks: readonly BatchTask[];
}

export interface BatchTask {
  readonly identifier: string;
  /** A file in the source; absent: the buildspec that holds the batch. */
  readonly buildspec?: string;
  readonly ignoreFailure: boolean;
  /** Identifiers of the tasks that must have ended before. */
  readonly dependsOn: readonly string[];
  readonly environment: TaskEnvironment;
}

/** What a task has in place of the project's. */
export interface TaskEnvironment {
  readonly computeType?: string;
  readonly image?: string;
  readonly type?: string;
  readonly privileged?: boolean;
  readonly variables: Readonly<Record<string, string>>;
}

/** Most builds of one batch here. CodeBuild's own limit is the account's. */
export const MOST_BUILDS = 1_000;
/** As an artifact of a pipeline is named after it, it must be a name of one. */
const IDENTIFIER = /^[A-Za-z0-9_-]{1,128}$/;

export const ENVIRONMENT_TYPES = ['LINUX_CONTAINER', 'ARM_CONTAINER'] as const;

const TASK = ['identifier', 'buildspec', 'debug-session', 'env', 'ignore-failure'] as const;

/** `hasPhases`: whether the buildspec that holds the batch can be built itself. */
export function readBatch(reader: YamlReader, place: Place, hasPhases: boolean, notices: string[]): Batch | undefined {
  const kinds = ['build-list', 'build-graph', 'build-matrix', 'build-fanout'] as const;
  const fields = reader.fields(place, ['fast-fail', ...kinds]);
  const fastFail = fields['fast-fail'] ? reader.flag(fields['fast-fail']) : false;
  const [kind, other] = kinds.filter((name) => fields[name] !== undefined);
  if (!kind) return reader.fail(place, `expected one of ${kinds.join(', ')}`);
  if (other) return reader.fail(fields[other] ?? place, `a batch is of one kind; here are ${kind} and ${other}`);
  const at = fields[kind] ?? place;
  if (kind === 'build-fanout')
    return reader.fail(at, 'build-fanout is not supported on this machine; split the tests by a build-matrix');
  const tasks = kind === 'build-matrix' ? readMatrix(reader, at, notices) : readTasks(reader, at, kind, notices);
  if (tasks.length > MOST_BUILDS) reader.fail(at, `expected at most ${MOST_BUILDS} builds, found ${tasks.length}`);
  const bare = hasPhases ? undefined : tasks.find((task) => task.buildspec === undefined);
  if (bare) reader.fail(at, `build ${bare.identifier} names no buildspec, and this one has no phases`);
  return { kind: kind.slice('build-'.length) as Batch['kind'], fastFail, tasks };
}

function readTasks(reader: YamlReader, place: Place, kind: string, notices: string[]): BatchTask[] {
  const items = reader.items(place, 'tasks');
  if (items.length === 0 && reader.errors.length === 0) reader.fail(place, 'expected at least one task');
  const places = new Map<string, Place>();
  const tasks = items.map((item): BatchTask => {
    const fields: Partial<Record<(typeof TASK)[number] | 'depend-on', Place>> =
      kind === 'build-graph' ? reader.fields(item, [...TASK, 'depend-on']) : reader.fields(item, TASK);
    const identifier = readIdentifier(reader, fields.identifier, item);
    if (places.has(identifier)) reader.fail(fields.identifier ?? item, `two tasks have the identifier ${identifier}`);
    places.set(identifier, fields['depend-on'] ?? item);
    return {
      identifier,
      ...readCommon(reader, fields, notices),
      dependsOn: fields['depend-on'] ? reader.texts(fields['depend-on'], 'identifier') : [],
      environment: readTaskEnvironment(reader, fields.env, notices),
    };
  });
  checkDependencies(reader, tasks, places);
  return tasks;
}

function readIdentifier(reader: YamlReader, place: Place | undefined, task: Place): string {
  if (!place) return reader.fail(task, 'identifier is missing; give the task a name') ?? '';
  const text = reader.text(place, 'an identifier') ?? '';
  if (!IDENTIFIER.test(text)) reader.fail(place, `expected an identifier of A-Z a-z 0-9 _ -, found "${text}"`);
  return text;
}

function readCommon(
  reader: YamlReader,
  fields: Partial<Record<'buildspec' | 'debug-session' | 'ignore-failure', Place>>,
  notices: string[],
): Pick<BatchTask, 'buildspec' | 'ignoreFailure'> {
  const buildspec = fields.buildspec && reader.text(fields.buildspec, 'the path of a buildspec');
  if (fields['debug-session'] && reader.flag(fields['debug-session']))
    notices.push('debug-session has no effect: there is no Session Manager here; pause the run on its failure');
  return {
    ...(buildspec !== undefined && { buildspec }),
    ignoreFailure: fields['ignore-failure'] ? reader.flag(fields['ignore-failure']) : false,
  };
}

const ENVIRONMENT = [
  'compute-type',
  'fleet',
  'image',
  'type',
  'privileged-mode',
  'variables',
  'git-credential-helper',
] as const;

function readTaskEnvironment(reader: YamlReader, place: Place | undefined, notices: string[]): TaskEnvironment {
  const fields = place ? reader.fields(place, ENVIRONMENT) : {};
  const helper = fields['git-credential-helper'];
  if (helper && reader.flag(helper)) notices.push('git-credential-helper of a task has no effect');
  return { ...readMachine(reader, fields, notices), variables: readVariables(reader, fields.variables, notices) };
}

function readMachine(
  reader: YamlReader,
  fields: Partial<Record<Exclude<(typeof ENVIRONMENT)[number], 'variables' | 'git-credential-helper'>, Place>>,
  notices: string[],
): Omit<TaskEnvironment, 'variables'> {
  const text = (key: 'compute-type' | 'fleet' | 'image' | 'type'): string | undefined =>
    fields[key] && reader.text(fields[key], `the ${key}`);
  const [computeType, fleet, image, type] = [text('compute-type'), text('fleet'), text('image'), text('type')];
  if (fleet !== undefined && computeType !== undefined && fields.fleet)
    reader.fail(fields.fleet, 'a task has a compute-type or a fleet, not both');
  if (fleet !== undefined) notices.push(`fleet ${fleet} has no effect: there is one machine here`);
  if (fields['compute-type'] && computeType?.startsWith('BUILD_LAMBDA_'))
    reader.fail(fields['compute-type'], `${computeType}: builds on Lambda compute do not run here`);
  if (fields.type && type !== undefined && !ENVIRONMENT_TYPES.some((known) => known === type))
    reader.fail(fields.type, `${type} does not run here; expected ${ENVIRONMENT_TYPES.join(' or ')}`);
  return {
    ...(computeType !== undefined && { computeType }),
    ...(image !== undefined && { image }),
    ...(type !== undefined && { type }),
    ...(fields['privileged-mode'] && { privileged: reader.flag(fields['privileged-mode']) }),
  };
}

/** Every combination of the dynamic values, the last one varying fastest; CodeBuild names the builds itself. */
function readMatrix(reader: YamlReader, place: Place, notices: string[]): BatchTask[] {
  const fields = reader.fields(place, ['static', 'dynamic']);
  const fixed = fields.static ? reader.fields(fields.static, ['ignore-failure', 'debug-session', 'env']) : {};
  const common = readCommon(reader, fixed, notices);
  const fixedEnvironment = readTaskEnvironment(reader, fixed.env, notices);
  if (!fields.dynamic) {
    reader.fail(place, 'dynamic is missing; expected the values that the builds differ by');
    return [];
  }
  const dynamic = reader.fields(fields.dynamic, ['buildspec', 'env']);
  const env = dynamic.env ? reader.fields(dynamic.env, ['compute-type', 'fleet', 'image', 'type', 'variables']) : {};
  const axes: Axis[] = [];
  const add = (at: Place | undefined, apply: Axis['apply'], check?: (item: Place) => void): void => {
    if (!at) return;
    const items = reader.oneOrMore(at, 'values');
    if (items.length === 0) reader.fail(at, 'expected at least one value');
    for (const item of items) check?.(item);
    axes.push({ values: items.flatMap((item) => reader.text(item, 'a value') ?? []), apply });
  };
  add(dynamic.buildspec, (task, buildspec) => ({ ...task, buildspec }));
  add(
    env['compute-type'],
    (task, computeType) => set(task, { computeType }),
    (item) => readMachine(reader, { 'compute-type': item }, notices),
  );
  add(
    env.fleet,
    (task) => task,
    (item) => readMachine(reader, { fleet: item }, notices),
  );
  add(env.image, (task, image) => set(task, { image }));
  add(
    env.type,
    (task, type) => set(task, { type }),
    (item) => readMachine(reader, { type: item }, notices),
  );
  for (const { key, value } of env.variables ? reader.entries(env.variables) : []) {
    checkName(reader, key, value);
    add(value, (task, text) => set(task, { variables: { ...task.environment.variables, [key]: text } }));
  }
  const size = axes.reduce((product, axis) => product * axis.values.length, 1);
  if (size > MOST_BUILDS) {
    reader.fail(place, `expected at most ${MOST_BUILDS} builds, found ${size} combinations`);
    return [];
  }
  const first: BatchTask = { identifier: '', ...common, dependsOn: [], environment: fixedEnvironment };
  const tasks = axes.reduce<BatchTask[]>(
    (all, axis) => all.flatMap((task) => axis.values.map((value) => axis.apply(task, value))),
    [first],
  );
  return tasks.map((task, index) => ({ ...task, identifier: `build${index}` }));
}

interface Axis {
  readonly values: readonly string[];
  readonly apply: (task: BatchTask, value: string) => BatchTask;
}

const set = (task: BatchTask, change: Partial<TaskEnvironment>): BatchTask => ({
  ...task,
  environment: { ...task.environment, ...change },
});

function checkDependencies(reader: YamlReader, tasks: readonly BatchTask[], places: ReadonlyMap<string, Place>): void {
  const known = new Map(tasks.map((task) => [task.identifier, task]));
  for (const { identifier, dependsOn } of tasks) {
    const place = places.get(identifier) ?? reader.root;
    for (const other of dependsOn.filter((name) => !known.has(name)))
      reader.fail(place, `${identifier} depends on ${other}, which is no task; there: ${[...known.keys()].join(', ')}`);
  }
  const done = new Set<string>();
  for (let grown = true; grown; ) {
    const ready = tasks.filter((task) => !done.has(task.identifier) && task.dependsOn.every((name) => done.has(name)));
    for (const { identifier } of ready) done.add(identifier);
    grown = ready.length > 0;
  }
  const circle = tasks.filter((task) => !done.has(task.identifier) && task.dependsOn.every((name) => known.has(name)));
  const [first] = circle;
  if (first)
    reader.fail(
      places.get(first.identifier) ?? reader.root,
      `these tasks wait for each other: ${circle.map((task) => task.identifier).join(', ')}`,
    );
}
