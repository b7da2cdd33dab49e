import type { Job } from './pipeline';

/** Artifact of the source action: the whole repository of the service. CodePipeline forbids a namespace of the same name. */
export const SOURCE_ARTIFACT = 'SourceArtifact';

/** Artifact of the image action: the bills of materials, `image.cdx.json` and `package.cdx.json`. */
export const SBOM_ARTIFACT = 'Sbom';

/** References to what earlier actions found out. */
export const COMMIT = '#{Source.CommitId}';
export const VERSION = '#{Build.VERSION}';
export const TESTED = '#{Build.TESTED}';
export const EXECUTION = '#{codepipeline.PipelineExecutionId}';
export const IMAGE_DIGEST = '#{Image.IMAGE_DIGEST}';

/** What CodeBuild actions have in common, less their category's exceptions. */
export const job = <J extends Job>(name: J) => ({
  kind: 'build' as const,
  job: name,
  category: 'Test' as const,
  runOrder: 1,
  input: SOURCE_ARTIFACT,
  outputs: [],
  exports: [],
  variables: {},
});
