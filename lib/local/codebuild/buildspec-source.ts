/** What CodeBuild takes where a project names no buildspec. */
export const DEFAULT_BUILDSPEC = 'buildspec.yml';

/** The file of the source that a buildspec's text names; undefined: it is the buildspec itself. */
export function buildspecFile(written: string): string | undefined {
  const text = written.trim();
  if (/\s/.test(text) || text.startsWith('{') || text === '' || isObjectInS3(text)) return undefined;
  return text.replace(/^(\.\/+)+/, '');
}

/** An object in S3: its ARN, or its URL. */
export const isObjectInS3 = (text: string): boolean => /^(arn:[^:]*:s3:|s3:)\S*$/.test(text.trim());
