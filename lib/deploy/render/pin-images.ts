import { err, ok, type Result } from '../../result';
import { type KubeObject, titleOf } from '../objects';
import type { ImagePin } from '../request';
import { edited, textOf } from './fields';
import { containersOf, podTemplateOf } from './pod-template';

export interface Pinned {
  readonly objects: readonly KubeObject[];
  /** Images that are not fixed by a digest: the same name may be another image tomorrow. */
  readonly warnings: readonly string[];
}

/**
 * Puts `repository@digest` in the place of the service's image in every container, whatever tag or digest it has there. The
 * service's image must occur.
 */
export function pinImages(objects: readonly KubeObject[], pin: ImagePin): Result<Pinned, string> {
  const warnings: string[] = [];
  const others = new Set<string>();
  let found = false;
  const pinned = objects.map((object) =>
    containersOf(podTemplateOf(object)).length === 0
      ? object
      : edited(object, (draft) => {
          for (const container of containersOf(podTemplateOf(draft))) {
            const image = textOf(container['image']);
            if (image === undefined) continue;
            if (isImageOf(image, pin)) {
              container['image'] = `${pin.repository}@${pin.digest}`;
              found = true;
              continue;
            }
            others.add(image);
            if (!image.includes('@'))
              warnings.push(
                `${titleOf(object)}, container ${container['name']}: image ${image} has no digest and may change by itself`,
              );
          }
        }),
  );
  if (found) return ok({ objects: pinned, warnings });
  const seen = others.size > 0 ? `they have ${[...others].sort().join(', ')}` : 'no workload has a container';
  return err(
    `no container has the service's image: looked for \`image: ${pin.name}\` (any tag) or ${pin.repository}, but ${seen}; give the service's container \`image: ${pin.name}\``,
  );
}

/** Whether an image is the service's own as `pinImages` writes it. */
export const isPinned = (image: string | undefined, { repository, digest }: Omit<ImagePin, 'name'>): boolean =>
  image === `${repository}@${digest}`;

/** Whether a reference, without its tag and digest, is the name to be pinned or the repository itself. */
const isImageOf = (reference: string, { name, repository }: Pick<ImagePin, 'name' | 'repository'>): boolean =>
  [name, repository].includes(nameOf(reference));

/** `host:5000/team/app` of `host:5000/team/app:1.2@sha256:…`. */
function nameOf(reference: string): string {
  const [withTag = ''] = reference.split('@');
  const colon = withTag.lastIndexOf(':');
  return colon > withTag.lastIndexOf('/') ? withTag.slice(0, colon) : withTag;
}
