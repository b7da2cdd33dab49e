import { err, ok, type Result } from '../../result';
import { type KubeObject, RELEASE_ANNOTATION, SET_LABELS, titleOf, VERSION_LABEL } from '../objects';
import { edited, ensure, fieldsAt, textOf } from './fields';
import { DIGEST_ANNOTATION } from './keys';
import { isPinned } from './pin-images';
import { containersOf, podTemplateOf } from './pod-template';

export interface Marks {
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  /** Id of the release. */
  readonly release: string;
  readonly digest: string;
  readonly repository: string;
}

/** Kubernetes documentation, "Labels and Selectors", syntax of values. */
const LABEL_VALUE = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/**
 * Marks every object with its service, environment and release, and the pod templates that run the service's image with version
 * and digest. The pods of others stay as they are, so that a release does not roll them.
 */
export function setLabels(objects: readonly KubeObject[], marks: Marks): Result<KubeObject[], string> {
  const errors = (['service', 'environment', 'version'] as const)
    .filter((key) => !LABEL_VALUE.test(marks[key]))
    .map(
      (key) =>
        `${key} ${JSON.stringify(marks[key])} cannot be a label: expected at most 63 letters, digits, ".", "_" and "-", a letter or digit at both ends`,
    );
  const marked = objects.map((object) =>
    edited(object, (draft) => {
      const metadata = ensure(draft, 'metadata');
      Object.assign(ensure(metadata, 'labels'), {
        [SET_LABELS.service]: marks.service,
        [SET_LABELS.environment]: marks.environment,
      });
      ensure(metadata, 'annotations')[RELEASE_ANNOTATION] = marks.release;
      const template = podTemplateOf(draft);
      if (!template || !containersOf(template).some(({ image }) => isPinned(textOf(image), marks))) return;
      const selected = fieldsAt(draft, 'spec', 'selector', 'matchLabels')?.[VERSION_LABEL];
      if (selected !== undefined)
        errors.push(
          `${titleOf(object)}: spec.selector.matchLabels has ${VERSION_LABEL}, which is another with each release; take it out of the selector`,
        );
      const pods = ensure(template, 'metadata');
      ensure(pods, 'labels')[VERSION_LABEL] = marks.version;
      ensure(pods, 'annotations')[DIGEST_ANNOTATION] = marks.digest;
    }),
  );
  return errors.length > 0 ? err(...errors) : ok(marked);
}
