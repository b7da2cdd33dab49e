import { actions } from './pipeline-parts';
import { list, type TemplateRule } from './rule';

/** Ways to reach a repository that keep a token or a key of a person in the template or in the service. */
const TOKENS = /OAuthToken|PersonalAccessToken|SecretToken|PrivateKey/i;

export const sourceTokens: TemplateRule = {
  id: 'source-tokens',
  holds: 'Repositories are reached by CodeCommit or a connection, never by a token.',
  reason:
    'A token belongs to a person, does not expire, reaches all repositories of that person and can be read out of the pipeline (OWASP CI/CD 6); GitHub’s version 1 action takes no other.',
  remedy: 'use CodeCommit, or a CodeStarSourceConnection with a connection’s ARN',
  types: [
    'AWS::CodePipeline::Pipeline',
    'AWS::CodePipeline::Webhook',
    'AWS::CodeBuild::Project',
    'AWS::CodeBuild::SourceCredential',
    'AWS::IAM::AccessKey',
  ],
  check: (resource) => {
    // A webhook, a credential and an access key are tokens all through: they have a property that says so.
    const own = ['SecretToken', 'AuthenticationConfiguration', 'Token', 'UserName', 'ServerType'];
    if (own.some((name) => resource[name] !== undefined)) return 'the resource is or keeps a token';
    if (resource.Source?.Auth?.Type === 'OAUTH') return 'the project’s source is reached by an OAuth token';
    const held = actions(resource).filter(
      ({ ActionTypeId: type, Configuration: configuration }) =>
        type?.Owner === 'ThirdParty' || list(Object.keys(configuration ?? {})).some((key) => TOKENS.test(key)),
    );
    return held.length > 0 ? 'a source action takes a token' : undefined;
  },
};
