import type { KubeObject } from '../objects';
import type { Reason } from '../outcome';
import type { Parts } from '../parts';
import type { Ports } from '../ports';
import type { Release } from '../release';
import { isPinned } from '../render/pin-images';
import { containersOf, podTemplateOf } from '../render/pod-template';
import type { DeployRequest, ProvenancePolicy } from '../request';
import { NOT_RUN } from './before-deploy';
import type { AttestationSource } from './source';
import { type Doubt, verifySigned } from './verify';

/**
 * Why an earlier release must not be put back. Its image is verified again, by the commit that its version names. Two things do not
 * stop it: that AWS cannot be asked, where the release says that it was verified before it was released; and that nothing is signed,
 * where ECR got the image before the key was made. Each is a warning. Only deployers write releases, so what one says of itself
 * counts as far as that.
 */
export const mistrustBeforeRestore =
  (warn: (message: string) => void): Parts['mistrust'] =>
  async (release: Release, request: DeployRequest, { attestations, log }: Ports) => {
    const { provenance: policy, service } = request;
    if (policy === undefined || attestations === undefined) {
      log.info(NOT_RUN);
      return undefined;
    }
    const { digest, version } = release;
    const strangers = otherImages(release, policy);
    if (strangers !== undefined) return reasonOf(release, strangers);
    const commit = release.provenance?.commit ?? commitIn(version);
    const verified = await verifySigned({ service, digest }, { ...policy, ...(commit && { commit }) }, attestations);
    if (verified.ok) {
      log.info(`the image of ${version} is what was built from ${commit ?? 'its commit'}, and signed`);
      return undefined;
    }
    const [doubt] = verified.errors as [Doubt];
    const excuse = await excuseFor(doubt, release, policy, attestations);
    if (excuse === undefined) return reasonOf(release, doubt.message);
    warn(`${version} is put back ${excuse}: ${doubt.message}`);
    return undefined;
  };

async function excuseFor(
  { kind }: Doubt,
  { digest, provenance }: Release,
  { repository }: ProvenancePolicy,
  source: AttestationSource,
): Promise<string | undefined> {
  if (kind === 'away' && provenance !== undefined) return 'as it was verified when it was released';
  if (kind !== 'unsigned' || provenance !== undefined) return undefined;
  const older = await source.isOlderThanKey(repository, digest);
  return older.ok && older.value ? 'without a signature, since its image is older than the key' : undefined;
}

/** What the release would run of the service's repository, where that is anything but the image that it says. */
function otherImages({ objects, digest }: Release, { repository }: ProvenancePolicy): string | undefined {
  const images = objects.flatMap(imagesOf).filter((image) => isOf(image, repository));
  const others = images.filter((image) => !isPinned(image, { repository, digest }));
  if (others.length > 0) return `it would run ${others.join(', ')}, and says that its image is ${digest}`;
  return images.length > 0 ? undefined : `it runs no image of ${repository}`;
}

const imagesOf = (object: KubeObject): string[] =>
  containersOf(podTemplateOf(object)).flatMap(({ image }) => (typeof image === 'string' ? [image] : []));

const isOf = (image: string, repository: string): boolean =>
  image === repository || [':', '@'].some((mark) => image.startsWith(`${repository}${mark}`));

/** The first digits of the commit, with which versions end (lib/model/version.ts). */
const commitIn = (version: string): string | undefined => /-([0-9a-f]{12})$/.exec(version)?.[1];

const reasonOf = ({ digest, version }: Release, message: string): Reason => ({
  code: 'Provenance',
  object: `Image/${digest}`,
  message: `${version} must not be put back: ${message}`,
});
