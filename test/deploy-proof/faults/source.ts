import { creation, type Fault, properties, sourced } from './fault';

export const SOURCE_FAULTS: readonly Fault[] = [
  sourced('a seed that nobody uploaded', (r) => { properties(r, 'AWS::CodeCommit::Repository').Code.S3.Key = 'nothing.zip'; }),
  sourced('a key that does not exist', (r) => { properties(r, 'AWS::CodeCommit::Repository').KmsKeyId = 'arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-4000-8000-000000000000'; }),
  sourced('no approval of a pull request', (r) => { creation(r, 'Template', ({ parameters }) => { parameters.approvalRuleTemplateContent = parameters.approvalRuleTemplateContent.replace(/Needed":2/, 'Needed":0'); }); }),
  sourced('an approval rule of a repository that does not exist', (r) => { creation(r, 'TemplateAssociation', ({ parameters }) => { parameters.repositoryName = 'visit'; }); }),
  sourced('a call that its function may not make', (r) => { creation(r, 'Template', (call) => { Object.assign(call, { action: 'deleteRepository', parameters: { repositoryName: 'visits' } }); }); }),
  sourced('a repository name with a slash', (r) => { properties(r, 'AWS::CodeCommit::Repository').RepositoryName = 'team/visits'; }),
]; // biome-ignore format: a table
