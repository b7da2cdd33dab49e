/** The names that CodePipeline takes. Source: CodePipeline API, ActionName, ArtifactName, ActionNamespace, PipelineVariableName. */
export const NAME = /^[A-Za-z0-9.@\-_]{1,100}$/;
export const NAME_RULE = '1–100 letters, digits and . @ - _';
export const ARTIFACT_NAME = /^[A-Za-z0-9_-]{1,100}$/;
export const ARTIFACT_RULE = '1–100 letters, digits and - _';
export const NAMESPACE = /^[A-Za-z0-9@\-_]{1,100}$/;
export const NAMESPACE_RULE = '1–100 letters, digits and @ - _';
export const VARIABLE_NAME = /^[A-Za-z0-9@\-_]{1,128}$/;
export const VARIABLE_RULE = '1–128 letters, digits and @ - _';
