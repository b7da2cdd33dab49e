import type { DeployRequest } from './request';

/** `20261121T131736123Z-1.4.2`. */
export const releaseId = ({ requestedAt, version }: Pick<DeployRequest, 'requestedAt' | 'version'>): string =>
  `${new Date(requestedAt).toISOString().replace(/[-:.]/g, '')}-${version}`;
