/** What is attested of an image, each in an envelope of its own. */
export const ATTESTATIONS = ['provenance', 'sbom-image', 'sbom-package'] as const;

export type Attestation = (typeof ATTESTATIONS)[number];

/** Key of an attestation's envelope in the bucket: `<service>/<64 hexadecimal digits>/<attestation>.dsse.json`. */
export const attestationKey = (service: string, digest: string, attestation: Attestation): string =>
  `${service}/${digest.replace(/^sha256:/, '')}/${attestation}.dsse.json`;
