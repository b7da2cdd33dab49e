import type { KubeObject } from '../objects';
import { canonicalJson, contentHash, generatorHash } from './content-hash';
import { edited, ensure, type Fields, groupOf } from './fields';
import { CONFIGURATION_ANNOTATION, KEEP_NAME_ANNOTATION } from './keys';
import { podTemplateOf } from './pod-template';
import { referencesOf, referencesOfPods } from './references';

/**
 * Gives the ConfigMaps and Secrets that pods read a name that ends in a hash of their content, and writes that name wherever the
 * old one stood: a change of configuration then rolls the pods, and the old pods keep the old configuration.
 *
 * Names stay where nothing of the pods reads the object, where kustomize put its own hash there already, and where the annotation
 * `slipway.dev/keep-name: "true"` asks for it; then the pods' template is annotated with the hash instead, so that they roll.
 */
export function hashNames(objects: readonly KubeObject[]): KubeObject[] {
  const read = new Set(
    objects.flatMap((object) => referencesOfPods(podTemplateOf(object)).map(({ kind, name }) => `${kind}/${name}`)),
  );
  const renamed = new Map<string, string>();
  const kept = new Map<string, string>();
  for (const object of objects) {
    const id = `${object.kind}/${object.metadata.name}`;
    if (groupOf(object) !== '' || !HASHED.includes(object.kind) || !read.has(id)) continue;
    if (object['type'] === 'kubernetes.io/service-account-token' || isGenerated(object)) continue;
    const hash = hashOf({ ...object });
    if (object.metadata.annotations?.[KEEP_NAME_ANNOTATION] === 'true') kept.set(id, hash);
    else renamed.set(id, `${object.metadata.name}-${hash}`);
  }
  return objects.map((object) =>
    edited(object, (draft) => {
      const template = podTemplateOf(draft);
      const fixed = referencesOfPods(template)
        .map(({ kind, name }) => `${kind}/${name}`)
        .filter((id) => kept.has(id));
      if (template && fixed.length > 0) {
        const content = [...new Set(fixed)].sort().map((id) => [id, kept.get(id)]);
        ensure(ensure(template, 'metadata'), 'annotations')[CONFIGURATION_ANNOTATION] = contentHash(
          canonicalJson(content),
        );
      }
      for (const { kind, name, rename } of referencesOf(draft)) {
        const to = renamed.get(`${kind}/${name}`);
        if (to !== undefined) rename(to);
      }
      const own = groupOf(object) === '' ? renamed.get(`${object.kind}/${object.metadata.name}`) : undefined;
      if (own !== undefined) ensure(draft, 'metadata')['name'] = own;
    }),
  );
}

const HASHED: readonly string[] = ['ConfigMap', 'Secret'];

const isGenerated = (object: KubeObject): boolean => object.metadata.name.endsWith(`-${generatorHash({ ...object })}`);

const hashOf = ({ kind, type, immutable, data, binaryData, stringData }: Fields): string =>
  contentHash(canonicalJson({ kind, type, immutable, data, binaryData, stringData }));
