import { err, ok, type Result } from '../result';
import type { Assembly, FileAsset } from './assembly';
import type { SigningKey } from './aws/kms/key-ring';
import { type Permissions, readPermissions } from './iam/permissions';
import { Evaluator } from './intrinsics';
import type { Bindings, Diagnostic, Plan } from './plan';
import { readPlan } from './read-plan';
import { type Alarm, readAlarm, readCompositeAlarm } from './template/alarm';
import {
  APPROVAL_RULE,
  APPROVAL_RULE_OF_REPOSITORY,
  type ApprovalRuleTemplate,
  readApprovalRule,
  readAssociation,
} from './template/approval-rule';
import { type Cluster, readClusters } from './template/cluster';
import { type EventRule, readEventRule } from './template/event-rule';
import { type Resource, resourcesOf } from './template/find-resource';
import { Findings } from './template/node';
import { readSigningKey } from './template/signing-key';
import { readTopic, type Topic } from './template/topic';

/** What the templates stand up beside the pipelines, as far as this machine stands in for it. */
export interface World {
  /** Accounts of stacks that are not bound to that of the pipelines. */
  readonly otherAccounts: readonly string[];
  readonly clusters: readonly Cluster[];
  /** ECR. */
  readonly repositories: readonly ImageRepository[];
  /** CodeCommit. */
  readonly codeRepositories: readonly CodeRepository[];
  readonly alarms: readonly Alarm[];
  /** EventBridge rules with an event pattern. */
  readonly rules: readonly EventRule[];
  /** SNS. */
  readonly topics: readonly Topic[];
  readonly assets: readonly UploadedAsset[];
  /** Names of S3 buckets. */
  readonly buckets: readonly string[];
  /** KMS keys that sign. */
  readonly signingKeys: readonly SigningKey[];
  /** IAM: who may what. */
  readonly permissions: Permissions;
  /** What this machine cannot stand in for, and no pipeline needs. */
  readonly notices: readonly Diagnostic[];
}

interface ImageRepository {
  readonly name: string;
  readonly arn: string;
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<name>` */
  readonly uri: string;
  /** Whether a tag, once given, stays on its image. */
  readonly immutable: boolean;
  /** Tags, `*` for any text, for which `immutable` is the other way round. */
  readonly exclusions: readonly string[];
}

interface CodeRepository {
  readonly name: string;
  readonly arn: string;
  /** What each new pull request gets, if it goes to one of their branches. */
  readonly approvalRules: readonly ApprovalRuleTemplate[];
}

/** A file that `cdk deploy` would have put at `s3://<bucket>/<key>`, both evaluated. */
type UploadedAsset = FileAsset;

/** An unsupported part of the world: an error if a pipeline speaks of one of the names, else a notice. */
export interface Shortcoming {
  readonly names: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Evaluates what the assembly stands up beside its pipelines. Errors: what is not supported here although a pipeline depends
 * on it, which is to say that a value of its plan names it; an alarm is named through the composite alarms above it too.
 * The rest that is not supported is among the notices.
 */
export function readWorld(assembly: Assembly, bindings: Bindings): Result<World, Diagnostic> {
  const evaluator = new Evaluator(assembly, bindings);
  const shortcomings: Shortcoming[] = [];
  const each = <T>(type: string, read: (resource: Resource) => T): T[] => {
    const findings = new Findings(evaluator);
    return resourcesOf(type, findings).flatMap((resource) => {
      const before = findings.diagnostics.length;
      const value = read(resource);
      const diagnostics = findings.diagnostics.slice(before);
      if (diagnostics.length === 0) return [value];
      shortcomings.push({ names: [resource.ref, resource.arn].filter((name) => name !== ''), diagnostics });
      return [];
    });
  };
  const alarms: Alarm[] = [
    ...each('AWS::CloudWatch::Alarm', readAlarm),
    ...each('AWS::CloudWatch::CompositeAlarm', readCompositeAlarm),
  ];
  const clusters = readClusters(evaluator, shortcomings);
  const repositories = each('AWS::ECR::Repository', readImageRepository);
  const approvalRules = each(APPROVAL_RULE, readApprovalRule);
  const associations = each(APPROVAL_RULE_OF_REPOSITORY, readAssociation);
  const codeRepositories = each('AWS::CodeCommit::Repository', ({ properties, arn }) => {
    const name = properties.member('RepositoryName').requiredText();
    const mine = associations.filter(({ repository }) => repository === name).map(({ rule }) => rule);
    return { name, arn, approvalRules: approvalRules.filter((rule) => mine.includes(rule.name)) };
  });
  const buckets = each('AWS::S3::Bucket', readBucket);
  const signingKeys = each('AWS::KMS::Key', readSigningKey).filter((key) => key !== undefined);
  const rules = each('AWS::Events::Rule', readEventRule);
  const topics = each('AWS::SNS::Topic', readTopic);
  const plans = readPlan(assembly, bindings);
  const isNeeded = needs(plans.ok ? plans.value : [], alarms);
  const needed = shortcomings.filter(({ names }) => names.some(isNeeded));
  if (needed.length > 0) return err(...needed.flatMap(({ diagnostics }) => diagnostics));
  const permissions = readPermissions(evaluator);
  const notices = [...shortcomings.flatMap(({ diagnostics }) => diagnostics), ...permissions.problems];
  const assets = readAssets(evaluator);
  const accounts = new Set(assembly.stacks.map((stack) => evaluator.environment(stack).account));
  const otherAccounts = [...accounts].filter((account) => account !== bindings.account);
  return ok({
    otherAccounts,
    clusters,
    repositories,
    codeRepositories,
    alarms,
    rules,
    topics,
    assets,
    buckets,
    signingKeys,
    permissions,
    notices,
  });
}

const MUTABILITIES = ['MUTABLE', 'IMMUTABLE', 'MUTABLE_WITH_EXCLUSION', 'IMMUTABLE_WITH_EXCLUSION'] as const;

function readImageRepository({ properties, ref: name, arn, node }: Resource): ImageRepository {
  const { account, region, urlSuffix } = node.findings.evaluator.environment(node.stack);
  properties.member('RepositoryName').text();
  const mutability = properties.member('ImageTagMutability').oneOf(MUTABILITIES) ?? 'MUTABLE';
  const filters = mutability.endsWith('_WITH_EXCLUSION')
    ? properties.member('ImageTagMutabilityExclusionFilters').items()
    : [];
  return {
    name,
    arn,
    uri: `${account}.dkr.ecr.${region}.${urlSuffix}/${name}`,
    immutable: mutability.startsWith('IMMUTABLE'),
    exclusions: filters.map((filter) => {
      filter.member('ImageTagMutabilityExclusionFilterType').oneOf(['WILDCARD']);
      return filter.member('ImageTagMutabilityExclusionFilterValue').requiredText();
    }),
  };
}

/** Amazon S3 User Guide, "General purpose bucket naming rules"; the name is a folder's here. */
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

function readBucket({ properties, ref: name }: Resource): string {
  if (!BUCKET_NAME.test(name)) {
    const said = 'expected 3 to 63 lower-case letters, digits, "." and "-", a letter or digit at both ends.';
    properties.member('BucketName').fail(`"${name}" is no name of a bucket; ${said}`);
  }
  return name;
}

/** The same asset may go to more than one place, if the stacks are bound to different ones. */
function readAssets(evaluator: Evaluator): UploadedAsset[] {
  const uploads = evaluator.assembly.stacks.flatMap((stack) => evaluator.uploads(stack));
  return [...new Map(uploads.map((upload) => [`${upload.bucket}/${upload.key}`, upload])).values()];
}

/** Whether some plan speaks of a name, directly or through a composite alarm that it names. */
function needs(plans: readonly Plan[], alarms: readonly Alarm[]): (name: string) => boolean {
  const texts = [JSON.stringify(plans.map(({ ignored: _, declaration: __, ...plan }) => plan))];
  const open = alarms.filter((alarm) => alarm.kind === 'composite');
  for (let found = true; found; ) {
    const next = open.findIndex(({ name, arn }) => texts.some((text) => speaksOf(text, name) || speaksOf(text, arn)));
    found = next >= 0;
    for (const { rule } of found ? open.splice(next, 1) : []) texts.push(rule);
  }
  return (name) => texts.some((text) => speaksOf(text, name));
}

/** Whether the name stands in the text as a whole word. */
function speaksOf(text: string, name: string): boolean {
  const part = /[A-Za-z0-9_.@-]/;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!part.test(text[at - 1] ?? '') && !part.test(text[at + name.length] ?? '')) return true;
  }
  return false;
}
