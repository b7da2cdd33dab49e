import type { Runner } from '../../provenance/builder';
import { err, ok, type Result } from '../../result';
import type { DeployOptions, ProvenanceOptions } from '../options';
import { openBlobs } from '../releases/open-store';
import type { ProvenancePolicy } from '../request';
import { type AttestationSource, attestationSource } from './source';

type Options = ProvenanceOptions & Partial<Pick<DeployOptions, 'image'>>;

/**
 * Whether something else answers in the place of AWS. The attest program asks the same, and so a laptop takes its own word alone,
 * and nobody else takes it.
 */
export const isElsewhere = (environment: Readonly<Record<string, string | undefined>>): boolean =>
  Object.keys(environment).some((name) => name.startsWith('AWS_ENDPOINT_URL'));

/** Undefined: none of the options is given, and nothing is verified. One without the others would be no verification. */
export function policyOf(options: Options, runner: Runner): Result<ProvenancePolicy | undefined, string> {
  const { attestations, provenanceKey, builders, sourceRepository, commit, image } = options;
  const repository = image?.repository ?? options.imageRepository;
  const needed = {
    '--attestations': attestations,
    '--provenance-key': provenanceKey,
    '--builders': builders,
    '--source-repository': sourceRepository,
    ...(image === undefined ? { '--image-repository': repository } : { '--commit': commit }),
  };
  const missing = Object.entries(needed).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (missing.length === Object.keys(needed).length) return ok(undefined);
  if (missing.length > 0 || repository === undefined || builders === undefined || sourceRepository === undefined)
    return err(
      `${missing.join(', ')} missing: what is signed about an image is verified by all of them, or not at all`,
    );
  return ok({ repository, builders, runner, source: sourceRepository, ...(commit === undefined ? {} : { commit }) });
}

/** Opens no connection yet. */
export function openAttestations(
  { attestations, provenanceKey }: ProvenanceOptions,
  { signal, clock }: { readonly signal: AbortSignal; readonly clock: { now(): Date } },
): Result<AttestationSource | undefined, string> {
  if (attestations === undefined || provenanceKey === undefined) return ok(undefined);
  const blobs = openBlobs(attestations, 'what is signed about images', { signal, now: () => clock.now() });
  return blobs.ok ? ok(attestationSource(blobs.value, provenanceKey, signal)) : blobs;
}
