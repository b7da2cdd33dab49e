/** What is attested of an image, each in an envelope of its own. */
export const ATTESTATIONS = ['provenance', 'sbom-image', 'sbom-package'] as const;

export type Attestation = (typeof ATTESTATIONS)[number];

/** Files of the bills of materials, and what their attestations are called. */
export const BILLS = { 'sbom-image': 'image.cdx.json', 'sbom-package': 'package.cdx.json' } as const;

/** Bytes that an envelope may have: one of an image with ten thousand packages has less. Whoever reads one reads no more. */
export const LARGEST_ENVELOPE = 32 * 1024 * 1024;

/** Key of an attestation's envelope in the bucket: `<service>/<64 hexadecimal digits>/<attestation>.dsse.json`. */
export const attestationKey = (service: string, digest: string, attestation: Attestation): string =>
  `${service}/${digest.replace(/^sha256:/, '')}/${attestation}.dsse.json`;
