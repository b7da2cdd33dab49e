import { err, ok, type Result } from '../../result';
import { type Batch, readBatch } from './batch-spec';
import { readEnvironment } from './buildspec-environment';
import { readArtifacts, readCache, readReports } from './buildspec-files';
import { type Phases, readPhases, readRunAs } from './buildspec-phases';
import type { ShellName } from './shell';
import { type YamlError, yamlReader } from './yaml-reader';

export type { OnFailure, Phase, PhaseName } from './buildspec-phases';
export { PHASES } from './buildspec-phases';

/** A buildspec of version 0.1 or 0.2. Source: CodeBuild user guide, build-spec-ref. */
export interface Buildspec {
  /** 0.1: every command in a shell of its own, so that neither directory nor variables reach the next one. */
  readonly version: '0.1' | '0.2';
  /** User of the commands of every phase that names none itself. */
  readonly runAs?: string;
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
  readonly phases: Phases;
  readonly reports: readonly ReportGroup[];
  readonly artifacts?: ArtifactFiles;
  /** By output artifact. */
  readonly secondaryArtifacts: Readonly<Record<string, ArtifactFiles>>;
  readonly cache?: CacheSpec;
  /** What a batch build does; a build alone takes no notice of it. */
  readonly batch?: Batch;
  /** What is accepted and has no effect on this machine, in words for the log. */
  readonly notices: readonly string[];
}

/**
 * Files by glob, relative to the base directory (itself relative to the source, a glob too, and stripped from the names).
 * Either may be absolute, begin with `~` (the build's home) or hold `$NAME`.
 */
export interface FileSelection {
  readonly files: readonly string[];
  readonly baseDirectory?: string;
  readonly discardPaths: boolean;
}

export interface ArtifactFiles extends FileSelection {
  readonly excludePaths: readonly string[];
  readonly enableSymlinks: boolean;
}

export const REPORT_FORMATS = [
  'JUNITXML', 'CUCUMBERJSON', 'NUNITXML', 'NUNIT3XML', 'TESTNGXML', 'VISUALSTUDIOTRX',
  'CLOVERXML', 'COBERTURAXML', 'JACOCOXML', 'SIMPLECOV',
] as const; // biome-ignore format: tests, then coverage
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface ReportGroup extends FileSelection {
  readonly name: string;
  readonly format: ReportFormat;
}

/** Source: CodeBuild user guide, caching-s3. */
export interface CacheSpec {
  readonly paths: readonly string[];
  /** Expanded by the shell; a cache under a key is never written twice. */
  readonly key?: string;
  /** Beginnings of keys, in their order. */
  readonly fallbackKeys: readonly string[];
  /** Absent: both. */
  readonly action?: 'restore' | 'save';
}

/** Reads a buildspec, or tells everything that is wrong with it at once. */
export function parseBuildspec(text: string): Result<Buildspec, YamlError> {
  const reader = yamlReader(text);
  const top = reader.fields(reader.root, [
    'version', 'run-as', 'env', 'proxy', 'batch', 'phases', 'reports', 'artifacts', 'cache',
  ]); // biome-ignore format: one line reads better
  let version: Buildspec['version'] = '0.2';
  if (!top.version) reader.fail(reader.root, 'version is missing; expected version: 0.2');
  else {
    const written = reader.text(top.version, 'version 0.2');
    if (written === '0.1' || written === '0.2') version = written;
    else if (written !== undefined) reader.fail(top.version, `expected version 0.2 or 0.1, found ${written}`);
  }
  const notices: string[] = [];
  const runAs = top['run-as'] && readRunAs(reader, top['run-as']);
  const env = readEnvironment(reader, top.env, notices);
  if (top.proxy) {
    const fields = reader.fields(top.proxy, ['upload-artifacts', 'logs']);
    for (const place of Object.values(fields)) reader.flag(place);
    notices.push('proxy has no effect: this machine reaches the network as it always does');
  }
  const { phases, runtimeVersions } = readPhases(reader, top.phases, top.batch !== undefined);
  const reports = top.reports ? readReports(reader, top.reports) : [];
  const artifacts = top.artifacts ? readArtifacts(reader, top.artifacts, true, notices) : undefined;
  const cache = top.cache ? readCache(reader, top.cache) : undefined;
  const batch = top.batch ? readBatch(reader, top.batch, top.phases !== undefined, notices) : undefined;
  if (reader.errors.length > 0)
    return err(...[...reader.errors].sort((a, b) => a.line - b.line || a.column - b.column));
  return ok({
    version,
    ...(runAs !== undefined && { runAs }),
    ...env,
    runtimeVersions,
    phases,
    reports,
    ...(artifacts?.primary && { artifacts: artifacts.primary }),
    secondaryArtifacts: artifacts?.secondary ?? {},
    ...(cache && { cache }),
    ...(batch && { batch }),
    notices,
  });
}
