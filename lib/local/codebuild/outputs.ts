import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '../../result';
import type { Report } from '../event';
import type { CodeBuildAction } from '../plan';
import type { ArtifactFiles, Buildspec, FileSelection, ReportGroup } from './buildspec';
import { selectFiles } from './files';
import type { Mask } from './mask';
import { expandVariables, namesIn, type Roots } from './paths';
import { readReport } from './reports';
import type { Shell } from './shell';
import { writeZip } from './zip';

/** An artifact that a build hands over. */
export interface OutputArtifact {
  readonly name: string;
  /** The entry of `secondary-artifacts` that it is; absent: the top-level `artifacts`. */
  readonly secondary?: string;
}

/**
 * One output is the top-level `artifacts`; of several each one is the `secondary-artifacts` entry of its name (CodePipeline
 * user guide, action-reference-CodeBuild). In a batch they are `<build>` and `<build>_<secondary>` (CodeBuild user guide,
 * sample-codepipeline).
 */
export function outputsOf(action: Pick<CodeBuildAction, 'outputs' | 'batchIdentifier'>): OutputArtifact[] {
  const { outputs, batchIdentifier } = action;
  if (batchIdentifier === undefined) {
    return outputs.map((name) => (outputs.length === 1 ? { name } : { name, secondary: name }));
  }
  return outputs.map((name) =>
    name.startsWith(`${batchIdentifier}_`) ? { name, secondary: name.slice(batchIdentifier.length + 1) } : { name },
  );
}

/** Makes the zips of a build's outputs; a file that holds a secret goes into none. Every problem at once. */
export async function packArtifacts(
  buildspec: Buildspec,
  outputs: readonly OutputArtifact[],
  roots: Roots,
  folder: string,
  holdsSecret: (path: string) => boolean,
): Promise<Result<Record<string, string>, string>> {
  const problems: string[] = [];
  const zips: Record<string, string> = {};
  for (const output of outputs) {
    const spec = artifactOf(buildspec, output);
    if (typeof spec === 'string') {
      problems.push(spec);
      continue;
    }
    const { files, problems: found } = selectFiles(roots, spec, spec.excludePaths);
    problems.push(...found.map((problem) => `artifact ${output.name}: ${problem}`));
    const held = files.filter(({ path }) => holdsSecret(path)).map(({ name }) => name);
    if (held.length > 0) {
      problems.push(
        `artifact ${output.name}: a secret stands in ${held.join(', ')}, and whoever reads artifacts would have it; leave it out and read the secret again where it is needed`,
      );
    }
    if (found.length > 0 || held.length > 0) continue;
    mkdirSync(folder, { recursive: true });
    const target = join(folder, `${output.name}.zip`);
    await writeZip(target, files, { links: spec.enableSymlinks });
    zips[output.name] = target;
  }
  return problems.length > 0 ? err(...problems) : ok(zips);
}

function artifactOf(buildspec: Buildspec, { name, secondary }: OutputArtifact): ArtifactFiles | string {
  if (secondary === undefined) {
    return buildspec.artifacts ?? `the action has the output ${name}, and its buildspec has no artifacts section`;
  }
  const names = Object.keys(buildspec.secondaryArtifacts).join(', ') || 'none';
  const entry = secondary === name ? 'an entry of its name' : `an entry ${secondary}`;
  return (
    buildspec.secondaryArtifacts[secondary] ??
    `output ${name} needs ${entry} in secondary-artifacts of the buildspec; there: ${names}`
  );
}

/** The buildspec with the variables in its paths as the build left them; a selection with one that is not set is left out and told. */
export async function withVariables(
  buildspec: Buildspec,
  shell: Pick<Shell, 'read'>,
): Promise<{ buildspec: Buildspec; problems: readonly string[] }> {
  const { artifacts, secondaryArtifacts, reports } = buildspec;
  const selections = [...(artifacts ? [artifacts] : []), ...Object.values(secondaryArtifacts), ...reports];
  const names = namesIn(selections.flatMap(pathsOf));
  if (names.length === 0) return { buildspec, problems: [] };
  const values = await shell.read(names);
  const problems: string[] = [];
  const text = (path: string): string => {
    const expanded = expandVariables(path, values);
    if (!expanded.ok) problems.push(...expanded.errors);
    return expanded.ok ? expanded.value : path;
  };
  const expand = <T extends FileSelection>(selection: T): T => ({
    ...selection,
    files: selection.files.map(text),
    ...(selection.baseDirectory !== undefined && { baseDirectory: text(selection.baseDirectory) }),
    ...('excludePaths' in selection && {
      excludePaths: (selection as unknown as ArtifactFiles).excludePaths.map(text),
    }),
  });
  const expanded = {
    ...buildspec,
    ...(artifacts && { artifacts: expand(artifacts) }),
    secondaryArtifacts: Object.fromEntries(
      Object.entries(secondaryArtifacts).map(([name, selection]) => [name, expand(selection)]),
    ),
    reports: reports.map(expand),
  };
  return { buildspec: expanded, problems: [...new Set(problems)] };
}

const pathsOf = (selection: FileSelection & Partial<ArtifactFiles>): string[] => [
  ...selection.files,
  ...(selection.baseDirectory === undefined ? [] : [selection.baseDirectory]),
  ...(selection.excludePaths ?? []),
];

export interface CollectedReports {
  readonly reports: readonly Report[];
  readonly problems: readonly string[];
  /** What a reader of the log should know. */
  readonly notes: readonly string[];
}

/** Source: CodeBuild user guide, limits. */
const MOST_CASES = 500;

/** Reads every report group and keeps its files below `folder/<group>`, masked. A group whose files are not there is a problem. */
export function collectReports(
  groups: readonly ReportGroup[],
  roots: Roots,
  folder: string,
  mask: Mask,
): CollectedReports {
  const reports: Report[] = [];
  const problems: string[] = [];
  const notes: string[] = [];
  for (const group of groups) {
    const name = group.name.slice(group.name.lastIndexOf('/') + 1);
    const { files, problems: found } = selectFiles(roots, group);
    problems.push(...found.map((problem) => `report ${name}: ${problem}`));
    if (found.length > 0) continue;
    for (const file of files) keep(file.path, join(folder, name, mask(file.name)), mask);
    const report = readReport(
      name,
      group.format,
      files.map((file) => file.path),
    );
    if (report.ok) {
      reports.push(maskReport(report.value, mask));
      if (report.value.type === 'TEST' && report.value.total > MOST_CASES)
        notes.push(`report ${name} has ${report.value.total} test cases; CodeBuild keeps ${MOST_CASES} of a report`);
    } else problems.push(...report.errors.map((error) => `report ${name}: ${error}`));
  }
  return { reports, problems, notes };
}

function keep(from: string, to: string, mask: Mask): void {
  mkdirSync(dirname(to), { recursive: true });
  const bytes = readFileSync(from);
  const text = bytes.toString('utf8');
  const masked = mask(text);
  if (masked === text) copyFileSync(from, to);
  else writeFileSync(to, masked);
}

/** Every text in it, whatever a report comes to hold. */
const maskReport = (report: Report, mask: Mask): Report => maskTexts(report, mask) as Report;

function maskTexts(value: unknown, mask: Mask): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((item) => maskTexts(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskTexts(item, mask)]));
}
