import { err, type Result } from '../../result';
import type { Kubectl } from '../kubectl';
import { type Document, readDocuments } from './documents';

/** The documents that `kubectl kustomize` builds of a folder. */
export async function readKustomization(folder: string, kubectl: Kubectl): Promise<Result<Document[], string>> {
  const built = await kubectl.run(['kustomize', folder], { retry: false });
  if (built.ok) return readDocuments(built.value, `kubectl kustomize ${folder}`);
  return err(...built.errors.map(({ message }) => `${folder} cannot be built by kustomize: ${message}`));
}
