import { ATTESTATIONS, type Attestation } from '../../provenance/storage';
import { type Verified, verifyImage } from '../../provenance/verify';
import { err, ok, type Result } from '../../result';
import type { ProvenancePolicy } from '../request';
import type { AttestationSource } from './source';

/**
 * - `wrong`: the image is not what it must be; every problem
 * - `unsigned`: nothing is signed about it
 * - `away`: it could not be asked for, so nobody knows
 */
export interface Doubt {
  readonly kind: 'wrong' | 'unsigned' | 'away';
  readonly message: string;
}

/** Everything that is signed about an image, verified. */
export async function verifySigned(
  { service, digest }: { readonly service: string; readonly digest: string },
  policy: ProvenancePolicy,
  source: AttestationSource,
): Promise<Result<Verified, Doubt>> {
  const publicKey = await source.publicKey();
  const envelopes = new Map<Attestation, Result<Uint8Array, string>>();
  const away: string[] = publicKey.ok ? [] : [...publicKey.errors];
  for (const attestation of ATTESTATIONS) {
    const envelope = await source.envelope(service, digest, attestation);
    if (envelope.ok && envelope.value !== undefined) envelopes.set(attestation, ok(envelope.value));
    for (const { kind, message } of envelope.ok ? [] : envelope.errors) {
      if (kind === 'away') away.push(message);
      else envelopes.set(attestation, err(message));
    }
  }
  if (!publicKey.ok || away.length > 0)
    return err({ kind: 'away', message: `what is signed about ${digest} cannot be asked for: ${away.join('; ')}` });
  const verified = verifyImage(envelopes, publicKey.value, { ...policy, image: { name: policy.repository, digest } });
  if (verified.ok) return verified;
  const kind = envelopes.size === 0 ? 'unsigned' : 'wrong';
  return err({ kind, message: `${verified.errors.join('; ')}; ${ADVICE[kind]}` });
}

const ADVICE = {
  unsigned:
    'it was built by somebody else, or before images were signed: make a new commit, which the pipeline builds and signs',
  wrong:
    'do not deploy it: find out in CloudTrail who pushed the image and who wrote what is said about it, then make a new commit',
};
