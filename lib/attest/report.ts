import type { Attested } from './attest';
import type { AttestRequest } from './request';

export function sayAttested(
  { provenance, written, absent }: Attested,
  { repository, digest, keyArn }: AttestRequest,
): string[] {
  const { buildDefinition, runDetails } = provenance.predicate;
  const { source } = buildDefinition.externalParameters;
  const isLocal = buildDefinition.internalParameters.slipway.runner === 'local';
  return [
    `image    ${repository}@${digest}`,
    `source   ${source.repository}, branch ${source.branch}, commit ${source.commit}`,
    `builder  ${runDetails.builder.id}`,
    `run      ${runDetails.metadata.invocationId}`,
    `key      ${keyArn}`,
    ...written.map((location) => `signed   ${location}`),
    ...absent.map((file) => `NOT RUN  no ${file}: nothing says what is in the image`),
    ...(isLocal ? ['This is a laptop: what it signs is SLSA build level 1 at most, and no builder on AWS.'] : []),
  ];
}

export const sayRefused = (problems: readonly string[], { repository, digest }: AttestRequest): string[] => [
  `${repository}@${digest} is not attested; nothing was signed:`,
  ...problems.map((problem) => `  ${problem}`),
];
