import type { Context } from '../iam/conditions';
import type { BucketEncryption } from '../iam/permissions';

/** One permission without which a call is refused. */
export interface Need {
  /** `ecr:PutImage` */
  readonly action: string;
  /** An ARN; `*` for actions that know no resources. */
  readonly resource: string;
  /** Context keys of the service's own, beside those that every request has. */
  readonly context?: Context;
}

export interface NeedPlace {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly bucketKeys: ReadonlyMap<string, BucketEncryption>;
}

/** A call as IAM sees it. */
export interface AskedCall {
  /** Prefix of the service's actions. */
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  /** What the operation itself says that it is about. */
  readonly resource: string | undefined;
}

type Input = Readonly<Record<string, unknown>>;

/**
 * What a call must be allowed: one action of the operation's name on what the operation is about, but for what stands here.
 * Source: service authorization reference, "Actions, resources, and condition keys" of each service.
 */
export function needsOf({ service, operation, input, resource }: AskedCall, place: NeedPlace): readonly Need[] {
  const special = SPECIAL[`${service}:${operation}`];
  if (special) return special(input as Input, place);
  const resources = RESOURCES[service]?.(operation, input as Input, arnsOf(service, place)) ?? [resource ?? '*'];
  const context = CONTEXT[`${service}:${operation}`]?.(input as Input);
  return resources.map((each) => ({ action: `${service}:${operation}`, resource: each, ...(context && { context }) }));
}

/** What one must be allowed to be told of an error, where the error itself tells something. S3 API reference, GetObject, "Permissions". */
export function needsToHear(error: string, { service, input }: AskedCall, { partition }: NeedPlace): Need | undefined {
  if (service !== 's3' || error !== 'NoSuchKey') return undefined;
  const { Bucket, Key } = input as { Bucket: string; Key: string };
  return { action: 's3:ListBucket', resource: `arn:${partition}:s3:::${Bucket}`, context: { 's3:prefix': Key } };
}

type Arn = (resource: string) => string;
const arnsOf =
  (service: string, { partition, region, account }: NeedPlace): Arn =>
  (resource) =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
const some = (arns: readonly string[], otherwise: string): readonly string[] => (arns.length > 0 ? arns : [otherwise]);

/** Operations whose resources their input names; undefined: as the operation itself says. */
const RESOURCES: Readonly<
  Record<string, (operation: string, input: Input, arn: Arn) => readonly string[] | undefined>
> = {
  cloudwatch(operation, input, arn) {
    if (!['DescribeAlarms', 'DescribeAlarmHistory', 'SetAlarmState'].includes(operation)) return undefined;
    // CloudWatch API reference, DescribeAlarms: of composite alarms it tells only to whom it is allowed on *.
    if (operation === 'DescribeAlarms' && texts(input['AlarmTypes']).includes('CompositeAlarm')) return ['*'];
    const names = [...texts(input['AlarmNames']), ...texts([input['AlarmName']])];
    return some(
      names.map((name) => arn(`alarm:${name}`)),
      arn('alarm:*'),
    );
  },
  codebuild(operation, input, arn) {
    const ofBuilds = (ids: readonly string[]): string[] => [
      ...new Set(ids.map((id) => arn(`project/${id.replace(/^arn:.*:build(-batch)?\//, '').split(':')[0]}`))),
    ];
    switch (operation) {
      case 'BatchGetBuilds':
      case 'BatchGetBuildBatches':
        return some(ofBuilds(texts(input['ids'])), arn('project/*'));
      case 'StopBuild':
        return ofBuilds([text(input['id'])]);
      case 'BatchGetProjects':
        return some(
          texts(input['names']).map((name) => arn(`project/${name}`)),
          arn('project/*'),
        );
      case 'BatchGetReports':
        return some(
          texts(input['reportArns']).map((each) => each.replace(':report/', ':report-group/').replace(/:[^:]*$/, '')),
          arn('report-group/*'),
        );
      default:
        return undefined;
    }
  },
  /** Of a pull request that is told by its number, IAM is asked for any repository. */
  codecommit(operation, input, arn) {
    if (operation === 'ListRepositories') return ['*'];
    const named = [input['repositoryName'], ...objects(input['targets']).map((target) => target['repositoryName'])];
    return some([...new Set(texts(named))].map(arn), arn('*'));
  },
  codepipeline(operation, input, arn) {
    if (operation === 'ListPipelines' || operation.startsWith('PutJob')) return ['*'];
    if (operation === 'ListTagsForResource') return undefined;
    const steps = [input['pipelineName'] ?? input['name']];
    if (STAGE_OPERATIONS.includes(operation)) steps.push(input['stageName']);
    if (operation === 'PutApprovalResult') steps.push(input['stageName'], input['actionName']);
    return [arn(steps.map(text).join('/'))];
  },
  ecr: (operation, input, arn) =>
    operation === 'DescribeRepositories'
      ? some(
          texts(input['repositoryNames']).map((name) => arn(`repository/${name}`)),
          arn('repository/*'),
        )
      : undefined,
  eks: (operation, input, arn) =>
    operation === 'DescribeCluster' ? [arn(`cluster/${text(input['name'])}`)] : undefined,
  events(operation, input, arn) {
    if (operation === 'PutEvents')
      return [...new Set(objects(input['Entries']).map((entry) => text(entry['EventBusName']) || 'default'))].map(
        (bus) => (bus.startsWith('arn:') ? bus : arn(`event-bus/${bus}`)),
      );
    const rule = input['Name'] ?? input['Rule'];
    return rule === undefined ? undefined : [arn(`rule/${text(rule)}`)];
  },
  logs(_, input, arn) {
    const group = input['logGroupName'] ?? input['logGroupIdentifier'];
    if (group === undefined) return undefined;
    const name = text(group).replace(/^arn:.*:log-group:/, '');
    const stream = input['logStreamName'];
    return [arn(`log-group:${name}:${stream === undefined ? '*' : `log-stream:${text(stream)}`}`)];
  },
  sns: (_, input) => (input['TopicArn'] === undefined ? undefined : [text(input['TopicArn'])]),
  ssm(operation, input, arn) {
    if (operation !== 'GetParameters') return undefined;
    return texts(input['Names']).map((name) =>
      name.startsWith('arn:') ? name : arn(`parameter${name.startsWith('/') ? '' : '/'}${name}`),
    );
  },
};

/** KMS developer guide, conditions-kms: kms:RequestAlias. */
const requestAlias = ({ KeyId }: Input): Context => {
  const alias = /(?:^|:)(alias\/.+)$/.exec(text(KeyId))?.[1];
  return alias === undefined ? {} : { 'kms:RequestAlias': alias };
};

/** Context keys that a service adds. */
const CONTEXT: Readonly<Record<string, (input: Input) => Context>> = {
  'kms:DescribeKey': requestAlias,
  'kms:GetPublicKey': requestAlias,
  'kms:Sign': ({ KeyId, SigningAlgorithm, MessageType = 'RAW' }) => ({
    ...requestAlias({ KeyId }),
    'kms:MessageType': text(MessageType),
    'kms:SigningAlgorithm': text(SigningAlgorithm),
  }),
};

const STAGE_OPERATIONS = [
  'DisableStageTransition',
  'EnableStageTransition',
  'OverrideStageCondition',
  'RetryStageExecution',
  'RollbackStage',
];

const objects = (value: unknown): Input[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'object' && each !== null) : [];

/** Operations that need no permission, another action than that of their name, or more than one. */
const SPECIAL: Readonly<Record<string, (input: Input, place: NeedPlace) => readonly Need[]>> = {
  // STS API reference: nobody can be refused this.
  'sts:GetCallerIdentity': () => [],
  's3:HeadObject': (input, place) => [{ action: 's3:GetObject', resource: objectArn(input, place) }],
  's3:GetObject': (input, place) => [
    { action: 's3:GetObject', resource: objectArn(input, place) },
    ...useKey('kms:Decrypt', input, place),
  ],
  's3:PutObject': (input, place) => [
    { action: 's3:PutObject', resource: objectArn(input, place) },
    ...useKey('kms:GenerateDataKey', input, place),
  ],
};

const objectArn = ({ Bucket, Key }: Input, { partition }: NeedPlace): string =>
  `arn:${partition}:s3:::${text(Bucket)}/${text(Key)}`;

/** What S3 asks the key of the bucket for, as the caller. Source: S3 user guide, UsingKMSEncryption. */
function useKey(action: string, input: Input, place: NeedPlace): readonly Need[] {
  const encryption = place.bucketKeys.get(text(input['Bucket']));
  if (!encryption) return [];
  const { account, region, partition } = place;
  return [
    {
      action,
      resource: encryption.key,
      context: {
        'kms:CallerAccount': account,
        'kms:ViaService': `s3.${region}.amazonaws.com`,
        'kms:EncryptionContext:aws:s3:arn': encryption.perBucket
          ? `arn:${partition}:s3:::${text(input['Bucket'])}`
          : objectArn(input, place),
      },
    },
  ];
}
