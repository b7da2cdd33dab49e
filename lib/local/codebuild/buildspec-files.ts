import { type ArtifactFiles, type CacheSpec, type FileSelection, REPORT_FORMATS, type ReportGroup } from './buildspec';
import { VARIABLE } from './paths';
import type { Place, YamlReader } from './yaml-reader';

/** Most report groups of a build, and most fallback keys of a cache. Source: CodeBuild user guide, build-spec-ref. */
const MOST_REPORT_GROUPS = 5;
const MOST_FALLBACK_KEYS = 5;

/** Longest path of Linux (PATH_MAX); a pattern longer than a path matches none. */
const LONGEST_PATTERN = 4_096;

const SELECTION = ['files', 'base-directory', 'discard-paths'] as const;

function readSelection(
  reader: YamlReader,
  place: Place,
  fields: Partial<Record<(typeof SELECTION)[number], Place>>,
): FileSelection {
  const patterns = fields.files ? reader.oneOrMore(fields.files, 'file patterns') : [];
  if (!fields.files) reader.fail(place, 'files is missing; expected a list of file patterns');
  else if (patterns.length === 0) reader.fail(fields.files, 'expected at least one file pattern');
  const base = fields['base-directory'] && readPattern(reader, fields['base-directory']);
  return {
    files: patterns.flatMap((item) => readPattern(reader, item) ?? []),
    ...(base === undefined ? {} : { baseDirectory: base }),
    discardPaths: fields['discard-paths'] ? reader.flag(fields['discard-paths']) : false,
  };
}

/** A path or pattern: below the source folder, absolute, or below the build's home. */
function readPattern(reader: YamlReader, place: Place): string | undefined {
  const text = reader.text(place, 'a path or pattern');
  if (text === undefined) return undefined;
  if (text === '') return reader.fail(place, 'expected a path or pattern, found an empty text');
  if (text.length > LONGEST_PATTERN)
    return reader.fail(
      place,
      `expected a path or pattern of at most ${LONGEST_PATTERN} characters, found ${text.length}`,
    );
  if (text.includes('\0')) return reader.fail(place, 'a path cannot hold the character U+0000');
  if (text.replace(VARIABLE, '').includes('$'))
    return reader.fail(place, `"${text}": of what begins with $ only $NAME and \${NAME} are expanded in a path`);
  if (/^~[^/]/.test(text)) return reader.fail(place, `"${text}" names another user's home; only ~/ is supported`);
  const normal = text.replace(/^(\.\/+)+/, '').replace(/(?<!^)\/+$/, '');
  return normal === '' || normal === '.' ? '.' : normal;
}

/** The `artifacts` section, and the secondary ones in it. */
export function readArtifacts(
  reader: YamlReader,
  place: Place,
  top: boolean,
  notices: string[],
): { primary?: ArtifactFiles; secondary: Record<string, ArtifactFiles> } {
  // CodePipeline ignores name and s3-prefix, so they have no effect here either.
  const known = [...SELECTION, 'name', 'exclude-paths', 'enable-symlinks', 's3-prefix', 'type'] as const;
  const fields: Partial<Record<(typeof known)[number] | 'secondary-artifacts', Place>> = top
    ? reader.fields(place, [...known, 'secondary-artifacts'])
    : reader.fields(place, known);
  for (const key of ['name', 's3-prefix', 'type'] as const) if (fields[key]) reader.text(fields[key], 'a text');
  if (fields.type) notices.push('artifacts.type has no effect: CodeBuild takes no notice of it');
  const secondary: Record<string, ArtifactFiles> = {};
  for (const { key, value } of fields['secondary-artifacts'] ? reader.entries(fields['secondary-artifacts']) : []) {
    const { primary } = readArtifacts(reader, value, false, notices);
    if (!/^[A-Za-z0-9_-]{1,100}$/.test(key))
      reader.fail(value, `"${key}" is no name of an artifact: expected 1 to 100 of A-Z a-z 0-9 _ -`);
    if (primary) secondary[key] = primary;
  }
  // The guide wants `files` even so; CodeBuild does without where there are secondary artifacts.
  if (!fields.files && Object.keys(secondary).length > 0) return { secondary };
  const primary: ArtifactFiles = {
    ...readSelection(reader, place, fields),
    excludePaths: fields['exclude-paths'] ? reader.oneOrMoreTexts(fields['exclude-paths'], 'pattern') : [],
    enableSymlinks: fields['enable-symlinks'] ? reader.flag(fields['enable-symlinks']) : false,
  };
  return { primary, secondary };
}

/** The `reports` section. */
export function readReports(reader: YamlReader, place: Place): ReportGroup[] {
  const entries = reader.entries(place);
  if (entries.length > MOST_REPORT_GROUPS)
    reader.fail(place, `expected at most ${MOST_REPORT_GROUPS} report groups, found ${entries.length}`);
  return entries.flatMap(({ key, value }) => readReport(reader, key, value));
}

/** One entry of it; none when it is not right. */
function readReport(reader: YamlReader, name: string, place: Place): ReportGroup[] {
  const fields = reader.fields(place, [...SELECTION, 'file-format']);
  const selection = readSelection(reader, place, fields);
  if (!/^(arn:[^/\s]*:report-group\/)?[^/\s]{1,128}$/.test(name))
    reader.fail(place, `"${name}" is no name of a report group: expected 2 to 128 characters, or its ARN`);
  const format = fields['file-format'] ? reader.text(fields['file-format'], 'a file format') : 'JUNITXML';
  if (format === undefined) return [];
  const known = REPORT_FORMATS.find((candidate) => candidate === format.toUpperCase());
  if (known) return [{ name, ...selection, format: known }];
  const place_ = fields['file-format'] ?? place;
  reader.fail(place_, `${format} is not a report format of CodeBuild; expected ${REPORT_FORMATS.join(', ')}`);
  return [];
}

/** The `cache` section. */
export function readCache(reader: YamlReader, place: Place): CacheSpec {
  const fields = reader.fields(place, ['key', 'fallback-keys', 'action', 'paths']);
  const key = fields.key && reader.text(fields.key, 'a key');
  const fallbackKeys = fields['fallback-keys'] ? reader.texts(fields['fallback-keys'], 'key') : [];
  if (key === '' && fields.key) reader.fail(fields.key, 'expected a key, found an empty text');
  if (fields['fallback-keys']) {
    if (!fields.key) reader.fail(fields['fallback-keys'], 'fallback-keys have no effect without a key; add cache.key');
    if (fallbackKeys.length > MOST_FALLBACK_KEYS)
      reader.fail(fields['fallback-keys'], `expected at most ${MOST_FALLBACK_KEYS} keys, found ${fallbackKeys.length}`);
  }
  const action = fields.action && reader.text(fields.action, 'restore or save');
  if (fields.action && action !== undefined && action !== 'restore' && action !== 'save')
    reader.fail(fields.action, `expected restore or save, found "${action}"`);
  return {
    paths: fields.paths
      ? reader.oneOrMore(fields.paths, 'paths').flatMap((item) => readPattern(reader, item) ?? [])
      : [],
    ...(key !== undefined && { key }),
    fallbackKeys,
    ...((action === 'restore' || action === 'save') && { action }),
  };
}
