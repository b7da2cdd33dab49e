import type { Place, YamlReader } from './yaml-reader';

export const PHASES = ['install', 'pre_build', 'build', 'post_build'] as const;
export type PhaseName = (typeof PHASES)[number];
export type Phases = Readonly<Partial<Record<PhaseName, Phase>>>;

export interface Phase {
  readonly commands: readonly string[];
  readonly finally: readonly string[];
  readonly onFailure?: OnFailure;
  /** User of the commands; absent: the buildspec's. */
  readonly runAs?: string;
}

/** What a failed phase does beyond CodeBuild's default. */
export type OnFailure =
  | { readonly kind: 'abort' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'retry'; readonly times: number; readonly pattern?: RegExp };

/** The `phases` section; where it is `optional`, whatever runs has phases elsewhere. */
export function readPhases(
  reader: YamlReader,
  place: Place | undefined,
  optional: boolean,
): { phases: Phases; runtimeVersions: Record<string, string> } {
  const phases: Partial<Record<PhaseName, Phase>> = {};
  let runtimeVersions: Record<string, string> = {};
  if (!place) {
    if (!optional) reader.fail(reader.root, `phases is missing; expected at least one of ${PHASES.join(', ')}`);
    return { phases, runtimeVersions };
  }
  const found = reader.fields(place, PHASES);
  if (Object.keys(found).length === 0 && reader.errors.length === 0) {
    reader.fail(place, `expected at least one of ${PHASES.join(', ')}`);
  }
  for (const name of PHASES) {
    const phase = found[name];
    if (!phase) continue;
    const read = readPhase(reader, phase, name);
    phases[name] = read.phase;
    runtimeVersions = { ...runtimeVersions, ...read.runtimeVersions };
  }
  return { phases, runtimeVersions };
}

function readPhase(
  reader: YamlReader,
  place: Place,
  name: PhaseName,
): { phase: Phase; runtimeVersions: Record<string, string> } {
  const common = ['run-as', 'on-failure', 'commands', 'finally'] as const;
  const fields: Partial<Record<(typeof common)[number] | 'runtime-versions', Place>> =
    name === 'install' ? reader.fields(place, [...common, 'runtime-versions']) : reader.fields(place, common);
  const runAs = fields['run-as'] && readRunAs(reader, fields['run-as']);
  const commands = fields.commands ? reader.texts(fields.commands, 'command') : [];
  if (!fields.commands && !fields['runtime-versions']) reader.fail(place, `${name} has no commands`);
  const onFailure = fields['on-failure'] && readOnFailure(reader, fields['on-failure']);
  const versions = fields['runtime-versions'] ? reader.entries(fields['runtime-versions']) : [];
  return {
    phase: {
      commands,
      finally: fields.finally ? reader.texts(fields.finally, 'command') : [],
      ...(onFailure ? { onFailure } : {}),
      ...(runAs !== undefined && { runAs }),
    },
    runtimeVersions: Object.fromEntries(versions.map(({ key, value }) => [key, reader.text(value, 'a version') ?? ''])),
  };
}

/** A user's name as Linux has it (useradd(8)). */
export function readRunAs(reader: YamlReader, place: Place): string | undefined {
  const user = reader.text(place, 'the name of a user');
  if (user === undefined || /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/.test(user)) return user;
  return reader.fail(place, `expected the name of a user, found "${user}"`);
}

/** ABORT, CONTINUE, RETRY (3 times), RETRY-n (0–100), RETRY-pattern, RETRY-n-pattern. */
function readOnFailure(reader: YamlReader, place: Place): OnFailure | undefined {
  const text = reader.text(place, 'ABORT, CONTINUE or RETRY');
  if (text === undefined) return undefined;
  if (text === 'ABORT') return { kind: 'abort' };
  if (text === 'CONTINUE') return { kind: 'continue' };
  const match = /^RETRY(?:-(\d+))?(?:-(.+))?$/s.exec(text);
  if (!match)
    return reader.fail(
      place,
      `expected ABORT, CONTINUE, RETRY, RETRY-n, RETRY-pattern or RETRY-n-pattern, found "${text}"`,
    );
  const times = match[1] === undefined ? 3 : Number(match[1]);
  if (times > 100) return reader.fail(place, `expected at most 100 retries, found ${match[1]}`);
  if (match[2] === undefined) return { kind: 'retry', times };
  try {
    return { kind: 'retry', times, pattern: new RegExp(match[2]) };
  } catch (error) {
    return reader.fail(place, `"${match[2]}" is not a regular expression: ${(error as Error).message}`);
  }
}
