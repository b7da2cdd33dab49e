import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../result';
import { type SelectedFile, selectFiles } from './files';
import { extractZip } from './unzip';
import { writeZip } from './zip';

export interface TaskArtifact {
  readonly identifier: string;
  /** Absolute path. */
  readonly zip: string;
}

/**
 * The primary artifacts of a batch's builds as one zip (CodeBuild user guide, sample-codepipeline, combined artifacts). Two
 * builds may give the same file; two different files of one name are an error, as nothing says which of them AWS keeps.
 */
export async function combineArtifacts(
  artifacts: readonly TaskArtifact[],
  output: string,
  folder: string,
): Promise<Result<string, string>> {
  mkdirSync(folder, { recursive: true });
  const draft = mkdtempSync(join(folder, 'combine-'));
  try {
    const files = new Map<string, SelectedFile & { identifier: string }>();
    const problems: string[] = [];
    for (const { identifier, zip } of artifacts) {
      const source = join(draft, identifier);
      mkdirSync(source);
      const extracted = await extractZip(zip, source);
      if (!extracted.ok) return err(...extracted.errors);
      const selected = selectFiles({ source, home: source }, { files: ['**/*'], discardPaths: false });
      for (const file of selected.files) {
        const other = files.get(file.name);
        if (other && !readFileSync(other.path).equals(readFileSync(file.path)))
          problems.push(`${file.name} differs between the builds ${other.identifier} and ${identifier}`);
        files.set(file.name, { ...file, identifier });
      }
    }
    if (problems.length > 0) return err(...problems);
    const target = join(folder, `${output}.zip`);
    const sorted = [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    await writeZip(target, sorted, { links: true });
    return ok(target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
