import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../result';
import type { ManifestSource } from '../request';

/** The names that kustomize looks for (kubectl reference, "Kustomization file"). */
const KUSTOMIZATIONS = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

export interface HelmOptions {
  /** Files with values, the later ones winning. */
  readonly values: readonly string[];
  /** Name of the Helm release, which charts put into names. */
  readonly release: string;
}

/** Tells by a folder's files what it is: a kustomization, a Helm chart, else plain YAML; a file is plain YAML. */
export function manifestSource(path: string, { values, release }: HelmOptions): Result<ManifestSource, string> {
  if (!existsSync(path))
    return err(
      `${path}: no such file or folder; expected a folder with a kustomization.yaml or a Chart.yaml, or YAML files`,
    );
  const has = (name: string): boolean => existsSync(join(path, name));
  const isFolder = statSync(path).isDirectory();
  const isChart = isFolder && has('Chart.yaml');
  if (values.length > 0 && !isChart)
    return err(`${path} is no Helm chart (it has no Chart.yaml), so the values ${values.join(', ')} go nowhere`);
  if (isFolder && KUSTOMIZATIONS.some(has)) {
    if (isChart) return err(`${path} has both a kustomization and a Chart.yaml; keep one`);
    return ok({ kind: 'kustomize', folder: path });
  }
  return ok(isChart ? { kind: 'helm', chart: path, values, release } : { kind: 'plain', path });
}
