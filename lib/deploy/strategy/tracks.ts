import type { KubeObject } from '../objects';
import { edited, ensure, type Fields } from '../render/fields';
import { TRACK_LABEL, type Track } from './labels';

/**
 * A Deployment beside another, whose pods have the labels of the other's and so stand behind the same Services, and one more by
 * which it finds its own.
 */
export const beside = (deployment: KubeObject, track: Track, replicas: number): KubeObject =>
  edited(deployment, (draft) => {
    const metadata = ensure(draft, 'metadata');
    metadata['name'] = `${deployment.metadata.name}-${track}`;
    for (const key of ['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields'])
      delete metadata[key];
    ensure(metadata, 'labels')[TRACK_LABEL] = track;
    delete draft['status'];
    const spec = ensure(draft, 'spec');
    spec['replicas'] = replicas;
    ensure(ensure(spec, 'selector'), 'matchLabels')[TRACK_LABEL] = track;
    ensure(ensure(ensure(spec, 'template'), 'metadata'), 'labels')[TRACK_LABEL] = track;
  });

/** The Deployment of the new release with the pod template of the old one. */
export const withTemplateOf = (deployment: KubeObject, old: KubeObject): KubeObject =>
  edited(deployment, (draft) => {
    const template = structuredClone((old['spec'] as Fields)['template']) as Fields;
    delete ensure(template, 'metadata')['creationTimestamp'];
    ensure(draft, 'spec')['template'] = template;
  });
