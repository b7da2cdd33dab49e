import type { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** One kind of action in its AWS shape, and what the pipeline must be allowed to do to run it. */
export interface RenderedAction {
  readonly declaration: CfnPipeline.ActionDeclarationProperty;
  readonly statements: readonly PolicyStatement[];
}
