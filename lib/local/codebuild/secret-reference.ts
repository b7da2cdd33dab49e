/** What a Secrets Manager variable names: `secret-id:json-key:version-stage:version-id` (CodeBuild user guide, build-spec-ref). */
export interface SecretReference {
  /** Name or ARN. */
  readonly id: string;
  /** Absent: the whole secret. */
  readonly jsonKey?: string;
  /** Absent, as the id: AWSCURRENT. */
  readonly versionStage?: string;
  readonly versionId?: string;
}

/** The id may be an ARN, which holds colons itself. */
export function parseSecretReference(reference: string): SecretReference {
  const arn = /^(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]+)(?::(.*))?$/s.exec(reference);
  const [id = '', ...rest] = arn ? [arn[1], ...(arn[2] ?? '').split(':')] : reference.split(':');
  const [jsonKey, versionStage, versionId] = rest;
  return {
    id,
    ...(jsonKey && { jsonKey }),
    ...(versionStage && { versionStage }),
    ...(versionId && { versionId }),
  };
}

/** Says what is wrong with it, if anything is. */
export function checkSecretReference(reference: string): string | undefined {
  const form = `expected secret-id:json-key:version-stage:version-id, found "${reference}"`;
  const { id, versionStage, versionId } = parseSecretReference(reference);
  const parts = reference.slice(id.length).split(':').length - 1;
  if (id === '') return `${form}, which has no secret id`;
  if (id === 'arn') return `${form}, which is no ARN of a secret (arn:aws:secretsmanager:region:account:secret:name)`;
  if (parts > 3) return `${form}, which has too many parts`;
  if (versionStage && versionId) return `${form}: give the version's stage or its id, not both`;
  return undefined;
}
