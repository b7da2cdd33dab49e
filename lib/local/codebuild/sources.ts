import { mkdirSync } from 'node:fs';
import type { Emit } from '../executor';
import type { BuildSetting } from './environment';
import { extractZip } from './unzip';

export interface Download {
  readonly setting: Pick<BuildSetting, 'sourceFolder' | 'secondarySources' | 'home'>;
  /** Artifact name -> absolute path of its zip. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Name of the primary one. */
  readonly primary: string;
}

/** CodeBuild's phase DOWNLOAD_SOURCE. Says what is wrong, if anything is. */
export async function downloadSources(download: Download, emit: Emit): Promise<string | undefined> {
  const phase = 'DOWNLOAD_SOURCE';
  emit({ kind: 'phase-started', phase });
  const problem = await extractSources(download);
  if (problem === undefined) emit({ kind: 'phase-ended', phase, status: 'SUCCEEDED' });
  else emit({ kind: 'phase-ended', phase, status: 'FAILED', reason: problem });
  return problem;
}

async function extractSources({ setting, inputs, primary }: Download): Promise<string | undefined> {
  mkdirSync(setting.home, { mode: 0o700 });
  const sources = { [primary]: setting.sourceFolder, ...setting.secondarySources };
  for (const [artifact, folder] of Object.entries(sources)) {
    const zip = inputs[artifact];
    if (zip === undefined) return `input artifact ${artifact} was not handed over`;
    mkdirSync(folder, { recursive: true });
    const extracted = await extractZip(zip, folder);
    if (!extracted.ok) return extracted.errors.join('; ');
  }
  return undefined;
}
