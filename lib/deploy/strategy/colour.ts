import type { KubeObject } from '../objects';
import { edited, ensure, type Fields, fieldsAt } from '../render/fields';
import { COLOUR_LABEL, type Colour } from './labels';
import { colourOf, type OwnWorkload, podLabels, protects, scales } from './own-workload';

/** The name without its colour. */
export const baseName = (deployment: KubeObject): string => {
  const colour = colourOf(deployment);
  const { name } = deployment.metadata;
  return colour !== undefined && name.endsWith(`-${colour}`) ? name.slice(0, -colour.length - 1) : name;
};

/**
 * The objects with the service's own Deployment as one of two colours: its name, its pods and the selectors that pick them. What
 * scales or protects it follows.
 */
export function coloured(objects: readonly KubeObject[], own: OwnWorkload, colour: Colour): KubeObject[] {
  const { deployment, services } = own;
  const name = `${baseName(deployment)}-${colour}`;
  const pods = podLabels(deployment);
  return objects.map((object) => {
    if (object === deployment) {
      return edited(object, (draft) => {
        const metadata = ensure(draft, 'metadata');
        metadata['name'] = name;
        ensure(metadata, 'labels')[COLOUR_LABEL] = colour;
        const spec = ensure(draft, 'spec');
        ensure(ensure(spec, 'selector'), 'matchLabels')[COLOUR_LABEL] = colour;
        ensure(ensure(ensure(spec, 'template'), 'metadata'), 'labels')[COLOUR_LABEL] = colour;
      });
    }
    if (services.includes(object)) {
      return edited(object, (draft) => {
        ensure(ensure(draft, 'spec'), 'selector')[COLOUR_LABEL] = colour;
      });
    }
    if (scales(object, deployment)) {
      return edited(object, (draft) => {
        (fieldsAt(draft, 'spec', 'scaleTargetRef') ?? (fieldsAt(draft, 'spec', 'targetRef') as Fields))['name'] = name;
      });
    }
    if (protects(object, pods)) {
      return edited(object, (draft) => {
        ensure(ensure(ensure(draft, 'spec'), 'selector'), 'matchLabels')[COLOUR_LABEL] = colour;
      });
    }
    return object;
  });
}
