import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '../../result';
import type { Report } from '../event';
import type { ArtifactFiles, Buildspec, ReportGroup } from './buildspec';
import { selectFiles } from './files';
import type { Mask } from './mask';
import { readReport } from './reports';
import { writeZip } from './zip';

/**
 * Makes the zips that the action's outputs name. One output is the top-level `artifacts`; of several each one is the
 * `secondary-artifacts` entry of its name (CodePipeline user guide, action-reference-CodeBuild). Every problem at once.
 */
export async function packArtifacts(
  buildspec: Buildspec,
  outputs: readonly string[],
  source: string,
  folder: string,
): Promise<Result<Record<string, string>, string>> {
  const problems: string[] = [];
  const zips: Record<string, string> = {};
  for (const output of outputs) {
    const spec = artifactOf(buildspec, outputs, output);
    if (typeof spec === 'string') {
      problems.push(spec);
      continue;
    }
    const { files, problems: found } = selectFiles(source, spec, spec.excludePaths);
    problems.push(...found.map((problem) => `artifact ${output}: ${problem}`));
    if (found.length > 0) continue;
    mkdirSync(folder, { recursive: true });
    const target = join(folder, `${output}.zip`);
    await writeZip(target, files, { links: spec.enableSymlinks });
    zips[output] = target;
  }
  return problems.length > 0 ? err(...problems) : ok(zips);
}

function artifactOf(buildspec: Buildspec, outputs: readonly string[], output: string): ArtifactFiles | string {
  if (outputs.length === 1) {
    return buildspec.artifacts ?? `the action has the output ${output}, and its buildspec has no artifacts section`;
  }
  const names = Object.keys(buildspec.secondaryArtifacts).join(', ') || 'none';
  return (
    buildspec.secondaryArtifacts[output] ??
    `output ${output} needs an entry of its name in secondary-artifacts of the buildspec; there: ${names}`
  );
}

export interface CollectedReports {
  readonly reports: readonly Report[];
  readonly problems: readonly string[];
}

/** Reads every report group and keeps its files below `folder/<group>`, masked. A group whose files are not there is a problem. */
export function collectReports(
  groups: readonly ReportGroup[],
  source: string,
  folder: string,
  mask: Mask,
): CollectedReports {
  const reports: Report[] = [];
  const problems: string[] = [];
  for (const group of groups) {
    const name = group.name.slice(group.name.lastIndexOf('/') + 1);
    const { files, problems: found } = selectFiles(source, group);
    problems.push(...found.map((problem) => `report ${name}: ${problem}`));
    if (found.length > 0) continue;
    for (const file of files) keep(file.path, join(folder, name, file.name), mask);
    const report = readReport(
      name,
      group.format,
      files.map((file) => file.path),
    );
    if (report.ok) reports.push(maskReport(report.value, mask));
    else problems.push(...report.errors.map((error) => `report ${name}: ${error}`));
  }
  return { reports, problems };
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
