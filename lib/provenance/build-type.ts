import { z } from 'zod';

/**
 * How the image was made, as SLSA asks for it: a name for the template of the build, and exactly the parameters from outside
 * that it takes. docs/provenance.md describes it, since the project has no public address; another shape needs another number.
 */
export const BUILD_TYPE = 'urn:slipway:build-type:codepipeline:v1';

/** 40 hexadecimal digits, or 64 where the repository uses SHA-256. */
export const gitCommit = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, 'is no commit');

/** Everything that whoever starts a build has a say in. What is not named here is refused. */
export const externalParameters = z.strictObject({
  /** Name of the pipeline. */
  pipeline: z.string().min(1),
  source: z.strictObject({
    /** See `codeCommitSource` and `connectionSource`. */
    repository: z.string().min(1),
    branch: z.string().min(1),
    commit: gitCommit,
  }),
  /** Those of the execution; lib/model/pipeline-variables.ts has what they mean. */
  variables: z.strictObject({ IgnoreAlarms: z.enum(['no', 'yes']) }),
});

/** A CodeCommit repository, by its ARN. */
export const codeCommitSource = (repositoryArn: string): string => repositoryArn;

/** `repository` (`owner/name`) behind a connection to GitHub, GitLab or Bitbucket: the ARN says which account of which host. */
export const connectionSource = (connectionArn: string, repository: string): string => `${connectionArn}/${repository}`;
