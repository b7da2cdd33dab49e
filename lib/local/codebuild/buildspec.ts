import { err, ok, type Result } from '../../result';
import { readArtifacts, readCache, readReport } from './buildspec-files';
import type { ShellName } from './shell';
import { type Place, type YamlError, type YamlReader, yamlReader } from './yaml-reader';

/** A buildspec of version 0.2, as far as the host runs it. Source: CodeBuild user guide, build-spec-ref. */
export interface Buildspec {
  readonly shell: ShellName;
  /** Literal values: nothing in them is expanded. */
  readonly variables: Readonly<Record<string, string>>;
  /** Variable -> parameter name. */
  readonly parameterStore: Readonly<Record<string, string>>;
  /** Variable -> `secret-id:json-key:version-stage:version-id`. */
  readonly secretsManager: Readonly<Record<string, string>>;
  readonly exportedVariables: readonly string[];
  /** Language -> wanted version. */
  readonly runtimeVersions: Readonly<Record<string, string>>;
  readonly phases: Readonly<Partial<Record<PhaseName, Phase>>>;
  readonly reports: readonly ReportGroup[];
  readonly artifacts?: ArtifactFiles;
  /** By output artifact. */
  readonly secondaryArtifacts: Readonly<Record<string, ArtifactFiles>>;
  /** `cache.paths`. Key, fallback keys and action have no effect here: the host keeps one cache a namespace. */
  readonly cachePaths: readonly string[];
}

export const PHASES = ['install', 'pre_build', 'build', 'post_build'] as const;
export type PhaseName = (typeof PHASES)[number];

export interface Phase {
  readonly commands: readonly string[];
  readonly finally: readonly string[];
  readonly onFailure?: OnFailure;
}

/** What a failed phase does beyond CodeBuild's default. */
export type OnFailure =
  | { readonly kind: 'abort' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'retry'; readonly times: number; readonly pattern?: RegExp };

/** Files by glob, relative to the base directory (itself relative to the source, a glob too, and stripped from the names). */
export interface FileSelection {
  readonly files: readonly string[];
  readonly baseDirectory?: string;
  readonly discardPaths: boolean;
}

export interface ArtifactFiles extends FileSelection {
  readonly excludePaths: readonly string[];
  readonly enableSymlinks: boolean;
}

export type ReportFormat = 'JUNITXML' | 'COBERTURAXML' | 'CLOVERXML' | 'JACOCOXML';

export interface ReportGroup extends FileSelection {
  readonly name: string;
  readonly format: ReportFormat;
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Reads a buildspec, or tells everything that is wrong with it at once. */
export function parseBuildspec(text: string): Result<Buildspec, YamlError> {
  const reader = yamlReader(text);
  const top = reader.fields(reader.root, [
    'version', 'run-as', 'env', 'proxy', 'batch', 'phases', 'reports', 'artifacts', 'cache',
  ]); // biome-ignore format: one line reads better
  unsupported(reader, top.proxy, 'proxy servers of a buildspec are not supported on the host');
  unsupported(reader, top.batch, 'batch builds are not supported on the host');
  runAs(reader, top['run-as']);

  if (!top.version) reader.fail(reader.root, 'version is missing; expected version: 0.2');
  else {
    const version = reader.text(top.version, 'version 0.2');
    if (version !== undefined && version !== '0.2') {
      reader.fail(
        top.version,
        `expected version 0.2, found ${version}; earlier ones run each command in a fresh shell, which the host does not do`,
      );
    }
  }
  const env = readEnvironment(reader, top.env);
  const phases: Partial<Record<PhaseName, Phase>> = {};
  let runtimeVersions: Record<string, string> = {};
  if (!top.phases)
    reader.fail(reader.root, 'phases is missing; expected at least one of install, pre_build, build, post_build');
  else {
    const found = reader.fields(top.phases, PHASES);
    for (const name of PHASES) {
      const place = found[name];
      if (!place) continue;
      const read = readPhase(reader, place, name);
      phases[name] = read.phase;
      runtimeVersions = { ...runtimeVersions, ...read.runtimeVersions };
    }
  }
  const reports = top.reports
    ? reader.entries(top.reports).flatMap(({ key, value }) => readReport(reader, key, value))
    : [];
  const artifacts = top.artifacts ? readArtifacts(reader, top.artifacts, true) : undefined;
  const cachePaths = top.cache ? readCache(reader, top.cache) : [];
  if (reader.errors.length > 0)
    return err(...[...reader.errors].sort((a, b) => a.line - b.line || a.column - b.column));
  return ok({
    ...env,
    runtimeVersions,
    phases,
    reports,
    ...(artifacts ? { artifacts: artifacts.primary } : {}),
    secondaryArtifacts: artifacts?.secondary ?? {},
    cachePaths,
  });
}

function unsupported(reader: YamlReader, place: Place | undefined, message: string): void {
  if (place) reader.fail(place, message);
}

function runAs(reader: YamlReader, place: Place | undefined): void {
  unsupported(reader, place, 'run-as is not supported on the host: every command runs as the user who started Slipway');
}

function readEnvironment(reader: YamlReader, place: Place | undefined) {
  const fields = place
    ? reader.fields(place, [
        'shell',
        'variables',
        'parameter-store',
        'secrets-manager',
        'exported-variables',
        'git-credential-helper',
      ])
    : {};
  let shell: ShellName = '/bin/sh';
  if (fields.shell) {
    const text = reader.text(fields.shell, 'bash or /bin/sh');
    if (text === 'bash' || text === '/bin/sh') shell = text;
    else if (text !== undefined)
      reader.fail(fields.shell, `shell ${text} is not supported on the host; expected bash or /bin/sh`);
  }
  const helper = fields['git-credential-helper'];
  if (helper && reader.flag(helper)) reader.fail(helper, 'git-credential-helper: yes is not supported on the host');
  const variables = (place: Place | undefined): Record<string, string> =>
    Object.fromEntries(
      (place ? reader.entries(place) : []).flatMap(({ key, value }) => {
        if (!VARIABLE.test(key)) reader.fail(value, `"${key}" is not a name of an environment variable`);
        if (key.startsWith('CODEBUILD_'))
          reader.fail(value, `${key}: names that start with CODEBUILD_ are CodeBuild's own`);
        const text = reader.text(value, `the value of ${key} as text`);
        return text === undefined ? [] : [[key, text]];
      }),
    );
  const exported = fields['exported-variables'] ? reader.items(fields['exported-variables'], 'variable names') : [];
  return {
    shell,
    variables: variables(fields.variables),
    parameterStore: variables(fields['parameter-store']),
    secretsManager: variables(fields['secrets-manager']),
    exportedVariables: exported.flatMap((item) => {
      const name = reader.text(item, 'a variable name');
      if (name === undefined) return [];
      if (!VARIABLE.test(name)) return reader.fail(item, `"${name}" is not a name of an environment variable`) ?? [];
      if (name.startsWith('AWS_'))
        return (
          reader.fail(item, `${name} cannot be exported: CodeBuild exports no variable that starts with AWS_`) ?? []
        );
      return [name];
    }),
  };
}

function readPhase(
  reader: YamlReader,
  place: Place,
  name: PhaseName,
): { phase: Phase; runtimeVersions: Record<string, string> } {
  const common = ['run-as', 'on-failure', 'commands', 'finally'] as const;
  const fields: Partial<Record<(typeof common)[number] | 'runtime-versions', Place>> =
    name === 'install' ? reader.fields(place, [...common, 'runtime-versions']) : reader.fields(place, common);
  runAs(reader, fields['run-as']);
  const commands = fields.commands ? reader.texts(fields.commands, 'command') : [];
  if (!fields.commands && !fields['runtime-versions']) reader.fail(place, `${name} has no commands`);
  const onFailure = fields['on-failure'] && readOnFailure(reader, fields['on-failure']);
  const versions = fields['runtime-versions'] ? reader.entries(fields['runtime-versions']) : [];
  return {
    phase: {
      commands,
      finally: fields.finally ? reader.texts(fields.finally, 'command') : [],
      ...(onFailure ? { onFailure } : {}),
    },
    runtimeVersions: Object.fromEntries(versions.map(({ key, value }) => [key, reader.text(value, 'a version') ?? ''])),
  };
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
  if (times > 100) return reader.fail(place, `expected at most 100 retries, found ${times}`);
  if (match[2] === undefined) return { kind: 'retry', times };
  try {
    return { kind: 'retry', times, pattern: new RegExp(match[2]) };
  } catch (error) {
    return reader.fail(place, `"${match[2]}" is not a regular expression: ${(error as Error).message}`);
  }
}
