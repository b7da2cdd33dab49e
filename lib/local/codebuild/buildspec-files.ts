import type { ArtifactFiles, FileSelection, ReportFormat, ReportGroup } from './buildspec';
import type { Place, YamlReader } from './yaml-reader';

const FORMATS: readonly ReportFormat[] = ['JUNITXML', 'COBERTURAXML', 'CLOVERXML', 'JACOCOXML'];
const OTHER_FORMATS = ['CUCUMBERJSON', 'NUNITXML', 'NUNIT3XML', 'TESTNGXML', 'VISUALSTUDIOTRX', 'SIMPLECOV'];

const SELECTION = ['files', 'base-directory', 'discard-paths'] as const;

function readSelection(
  reader: YamlReader,
  place: Place,
  fields: Partial<Record<(typeof SELECTION)[number], Place>>,
): FileSelection {
  const patterns = fields.files ? reader.items(fields.files, 'file patterns') : [];
  if (!fields.files) reader.fail(place, 'files is missing; expected a list of file patterns');
  else if (patterns.length === 0) reader.fail(fields.files, 'expected at least one file pattern');
  const base = fields['base-directory'] && insideSource(reader, fields['base-directory']);
  return {
    files: patterns.flatMap((item) => insideSource(reader, item) ?? []),
    ...(base === undefined ? {} : { baseDirectory: base }),
    discardPaths: fields['discard-paths'] ? reader.flag(fields['discard-paths']) : false,
  };
}

/** A path or pattern below the source folder. */
function insideSource(reader: YamlReader, place: Place): string | undefined {
  const text = reader.text(place, 'a path or pattern');
  if (text === undefined) return undefined;
  if (text.includes('$')) return reader.fail(place, `"${text}": variables are not expanded here; write the path`);
  if (text.startsWith('/') || text.startsWith('~') || text.split('/').includes('..')) {
    return reader.fail(
      place,
      `"${text}" leaves the source folder, which is not supported on the host; copy the files into it`,
    );
  }
  const normal = text.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
  return normal === '' || normal === '.' ? '.' : normal;
}

/** The `artifacts` section, and the secondary ones in it. */
export function readArtifacts(
  reader: YamlReader,
  place: Place,
  top: boolean,
): { primary: ArtifactFiles; secondary: Record<string, ArtifactFiles> } {
  // CodePipeline ignores name and s3-prefix, so they have no effect here either.
  const known = [...SELECTION, 'name', 'exclude-paths', 'enable-symlinks', 's3-prefix'] as const;
  const fields: Partial<Record<(typeof known)[number] | 'secondary-artifacts', Place>> = top
    ? reader.fields(place, [...known, 'secondary-artifacts'])
    : reader.fields(place, known);
  const secondary: Record<string, ArtifactFiles> = {};
  for (const { key, value } of fields['secondary-artifacts'] ? reader.entries(fields['secondary-artifacts']) : []) {
    secondary[key] = readArtifacts(reader, value, false).primary;
  }
  const primary: ArtifactFiles = {
    ...readSelection(reader, place, fields),
    excludePaths: fields['exclude-paths'] ? reader.texts(fields['exclude-paths'], 'pattern') : [],
    enableSymlinks: fields['enable-symlinks'] ? reader.flag(fields['enable-symlinks']) : false,
  };
  return { primary, secondary };
}

/** One entry of the `reports` section; none when it is not right. */
export function readReport(reader: YamlReader, name: string, place: Place): ReportGroup[] {
  const fields = reader.fields(place, [...SELECTION, 'file-format']);
  const selection = readSelection(reader, place, fields);
  const format = fields['file-format'] ? reader.text(fields['file-format'], 'a file format') : 'JUNITXML';
  if (format === undefined) return [];
  const known = FORMATS.find((candidate) => candidate === format.toUpperCase());
  if (known) return [{ name, ...selection, format: known }];
  const why = OTHER_FORMATS.includes(format.toUpperCase())
    ? 'is not supported on the host'
    : 'is not a report format of CodeBuild';
  reader.fail(fields['file-format'] ?? place, `${format} ${why}; supported: ${FORMATS.join(', ')}`);
  return [];
}

/** `cache.paths`. */
export function readCache(reader: YamlReader, place: Place): string[] {
  const fields = reader.fields(place, ['key', 'fallback-keys', 'action', 'paths']);
  if (!fields.paths) return reader.fail(place, 'cache.paths is missing') ?? [];
  return reader.items(fields.paths, 'paths').flatMap((item) => insideSource(reader, item) ?? []);
}
