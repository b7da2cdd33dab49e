/** Characters of the commit id in a version; enough to be unique in any repository. */
const COMMIT_LENGTH = 12;

/**
 * Version of a release: `<package version>-<first 12 digits of the commit>`. It is an image tag and a Kubernetes label value,
 * so each character of the package version outside `[A-Za-z0-9._-]` (PEP 440 has `+` and `!`) becomes `-`.
 * buildspecs/build.yml computes the same in shell.
 */
export const releaseVersion = (packageVersion: string, commit: string): string =>
  `${packageVersion.replace(/[^A-Za-z0-9._-]/g, '-')}-${commit.slice(0, COMMIT_LENGTH)}`;
