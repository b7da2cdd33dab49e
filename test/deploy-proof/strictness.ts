import type { Json } from '../../lib/cloud/rules/rule';

interface Strict {
  /** As a sentence: the emulated CloudFormation … */
  readonly does: string;
  /** Deployed one after the other under one name; null deletes the stack. */
  readonly templates: readonly Json[];
  /** How each ended: status, reason, events, queues (name: its visibility timeout), parameters, outputs. */
  readonly ends: readonly Json[];
}

const queue = (more: Json = {}, beside: Json = {}): Json => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: 'first', VisibilityTimeout: 30, ...more },
  ...beside,
});
const parameter = (more: Json = {}, beside: Json = {}): Json => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Name: 'own', Type: 'String', Value: 'one', ...more },
  ...beside,
});
const of = (resources: Json, beside: Json = {}): Json => ({ Resources: resources, ...beside });
/** Refused only when it is made: the bucket of its seed is not there. */
const impossible = (beside: Json = {}): Json => ({
  Type: 'AWS::CodeCommit::Repository',
  Properties: { RepositoryName: 'none', Code: { S3: { Bucket: 'nowhere', Key: 'nothing' } } },
  ...beside,
});

const created = { status: 'CREATE_COMPLETE' };
const updated = { status: 'UPDATE_COMPLETE' };
const refused = (reason: RegExp): Json => ({
  status: 'REFUSED',
  reason: expect.stringMatching(reason),
  queues: {},
  parameters: [],
});

export const STRICT: readonly Strict[] = [
  // Before anything is made.
  { does: 'refuses a type that there is not', templates: [of({ Queue: queue(), Odd: { Type: 'AWS::SQS::Pipe' } })], ends: [refused(/Unrecognized resource types: \[AWS::SQS::Pipe\]/)] },
  { does: 'refuses a type that there is, but that has no handler', templates: [of({ Odd: { Type: 'AWS::DynamoDB::Table', Properties: {} } })], ends: [refused(/AWS::DynamoDB::Table.*no handler/)] },
  { does: 'refuses a property that there is not', templates: [of({ Queue: queue({ VisibleTimeout: 3 }) })], ends: [refused(/VisibleTimeout/)] },
  { does: 'refuses a property that is left out', templates: [of({ Parameter: parameter({ Value: undefined }) })], ends: [refused(/'Value' is a required property/)] },
  { does: 'refuses a value that the schema excludes', templates: [of({ Parameter: parameter({ Type: 'Text' }) })], ends: [refused(/Text/)] },
  { does: 'refuses a reference to nothing', templates: [of({ Parameter: parameter({ Value: { Ref: 'Nobody' } }) })], ends: [refused(/Unresolved resource dependencies \[Nobody\]/)] },
  { does: 'refuses an attribute that there is not', templates: [of({ Queue: queue(), Parameter: parameter({ Value: { 'Fn::GetAtt': ['Queue', 'Colour'] } }) })], ends: [refused(/does not support attribute type Colour/)] },
  { does: 'refuses DependsOn of nothing', templates: [of({ Queue: queue({}, { DependsOn: 'Nobody' }) })], ends: [refused(/Nobody/)] },
  { does: 'refuses a circle', templates: [of({ Queue: queue({}, { DependsOn: 'Parameter' }), Parameter: parameter({}, { DependsOn: 'Queue' }) })], ends: [refused(/Circular dependency/)] },
  { does: 'refuses a section that there is not', templates: [of({ Queue: queue() }, { Resorces: {} })], ends: [refused(/Resorces/)] },
  { does: 'refuses a member of a resource that there is not', templates: [of({ Queue: queue({}, { DependOn: 'x' }) })], ends: [refused(/DependOn/)] },
  { does: 'refuses a deletion policy that there is not', templates: [of({ Queue: queue({}, { DeletionPolicy: 'Keep' }) })], ends: [refused(/Keep/)] },
  { does: 'refuses a parameter without a value', templates: [of({ Queue: queue() }, { Parameters: { Size: { Type: 'Number' } } })], ends: [refused(/\[Size\] must have values/)] },
  { does: 'refuses a condition that there is not', templates: [of({ Queue: queue({}, { Condition: 'Sunny' }) })], ends: [refused(/Sunny/)] },
  { does: 'refuses a function that there is not', templates: [of({ Queue: queue() }, { Conditions: { Large: { 'Fn::Greater': [1, 2] } }, Outputs: { Out: { Condition: 'Large', Value: 'x' } } })], ends: [{ status: expect.stringMatching(/REFUSED|ROLLBACK/) }] },
  { does: 'refuses an export that nobody makes, and leaves nothing', templates: [of({ Queue: queue(), Parameter: parameter({ Value: { 'Fn::ImportValue': 'nobody' } }, { DependsOn: 'Queue' }) })], ends: [{ status: 'ROLLBACK_COMPLETE', reason: expect.stringMatching(/No export named nobody/), queues: {}, parameters: [] }] },
  // While it is made.
  { does: 'refuses what the service model forbids, and leaves nothing', templates: [of({ Queue: queue(), Repository: { Type: 'AWS::Logs::LogGroup', DependsOn: 'Queue', Properties: { LogGroupName: { 'Fn::Join': ['', ['a', ' b']] } } } })], ends: [{ status: 'ROLLBACK_COMPLETE', reason: expect.stringMatching(/a b/), queues: {} }] },
  { does: 'makes things in the order of their references', templates: [of({ Parameter: parameter({ Value: { 'Fn::GetAtt': ['Queue', 'Arn'] } }), Queue: queue() })], ends: [{ ...created, events: ['Queue CREATE_IN_PROGRESS', 'Queue CREATE_COMPLETE', 'Parameter CREATE_IN_PROGRESS', 'Parameter CREATE_COMPLETE'], queues: { first: '30' }, parameters: ['own'] }] },
  { does: 'makes what nobody waits for as late as it can', templates: [of({ Last: parameter({ Name: 'last' }), Parameter: parameter({ Value: { Ref: 'Queue' } }), Queue: queue() })], ends: [{ ...created, events: ['Queue', 'Last', 'Parameter'].flatMap((name) => [`${name} CREATE_IN_PROGRESS`, `${name} CREATE_COMPLETE`]) }] },
  { does: 'leaves nothing of a first deploy that fails', templates: [of({ Queue: queue(), Impossible: impossible({ DependsOn: 'Queue' }) })], ends: [{ status: 'ROLLBACK_COMPLETE', reason: expect.stringMatching(/Impossible/), queues: {} }] },
  { does: 'changes in place what may change', templates: [of({ Queue: queue() }), of({ Queue: queue({ VisibilityTimeout: 60 }) })], ends: [created, { ...updated, queues: { first: '60' } }] },
  { does: 'replaces what may not change in place', templates: [of({ Queue: queue() }), of({ Queue: queue({ QueueName: 'second' }) })], ends: [created, { ...updated, queues: { second: '30' } }] },
  { does: 'refuses a replacement under the same name', templates: [of({ Parameter: parameter() }), of({ Other: parameter() })], ends: [created, { status: 'UPDATE_ROLLBACK_COMPLETE', parameters: ['own'] }] },
  { does: 'changes back what it changed when an update fails, and takes away what it made', templates: [of({ Queue: queue() }), of({ Queue: queue({ VisibilityTimeout: 60 }), Parameter: parameter({}, { DependsOn: 'Queue' }), Impossible: impossible({ DependsOn: 'Parameter' }) })], ends: [created, { status: 'UPDATE_ROLLBACK_COMPLETE', queues: { first: '30' }, parameters: [] }] },
  { does: 'brings back what a failed update replaced', templates: [of({ Queue: queue() }), of({ Queue: queue({ QueueName: 'second' }), Impossible: impossible({ DependsOn: 'Queue' }) })], ends: [created, { status: 'UPDATE_ROLLBACK_COMPLETE', queues: { first: '30' } }] },
  { does: 'finds nothing to change in the same template', templates: [of({ Queue: queue() }), of({ Queue: queue() })], ends: [created, { status: 'UNCHANGED', queues: { first: '30' } }] },
  { does: 'takes away what a template no longer has', templates: [of({ Queue: queue(), Parameter: parameter() }), of({ Queue: queue() })], ends: [created, { ...updated, queues: { first: '30' }, parameters: [] }] },
  { does: 'leaves what is to be retained, and takes the rest', templates: [of({ Queue: queue({}, { DeletionPolicy: 'Retain' }), Parameter: parameter() }), null], ends: [created, { status: 'GONE', queues: { first: '30' }, parameters: [] }] },
  { does: 'does not retain what a failed first deploy made', templates: [of({ Queue: queue({}, { DeletionPolicy: 'RetainExceptOnCreate' }), Impossible: impossible({ DependsOn: 'Queue' }) })], ends: [{ status: 'ROLLBACK_COMPLETE', queues: {} }] },
  { does: 'refuses to delete an export that is in use', templates: [of({ Queue: queue() }, { Outputs: { Out: { Value: 'x', Export: { Name: 'shared' } } } }), { StackName: 'User', ...of({ Parameter: parameter({ Value: { 'Fn::ImportValue': 'shared' } }) }) }, null], ends: [created, created, { status: 'REFUSED', reason: expect.stringMatching(/in use by User/), queues: { first: '30' } }] },
  // Values.
  { does: 'makes what a condition lets through, and nothing else', templates: [of({ Queue: queue({}, { Condition: 'No' }), Parameter: parameter({ Value: { 'Fn::If': ['No', 'a', 'b'] } }) }, { Conditions: { No: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'mars'] } }, Outputs: { Out: { Value: { 'Fn::GetAtt': ['Parameter', 'Value'] } } } })], ends: [{ ...created, queues: {}, parameters: ['own'], outputs: { Out: 'b' } }] },
  { does: 'resolves Sub, Join, Select, Split, FindInMap and parameters', templates: [of({ Queue: queue() }, { Parameters: { Size: { Type: 'String', Default: 'large' } }, Mappings: { Sizes: { large: { of: 'nine' } } }, Outputs: { Out: { Value: { 'Fn::Join': ['/', [{ 'Fn::Sub': '${AWS::Region}-${Queue.QueueName}' }, { 'Fn::Select': [1, { 'Fn::Split': [',', 'a,b'] }] }, { 'Fn::FindInMap': ['Sizes', { Ref: 'Size' }, 'of'] }]] } } } })], ends: [{ ...created, outputs: { Out: 'eu-west-1-first/b/nine' } }] },
]; // biome-ignore format: a table
