import type { Finding } from './finding';

/** A finding of a gate over templates that is accepted, with a reason that a security reviewer would accept. */
export interface Accepted {
  readonly rule: string;
  /** Logical ids. */
  readonly resources: RegExp;
  readonly reason: string;
}

const RETENTION =
  'retention.logs says how long logs are kept: 90 days by default, for what is kept costs; a year is one line.';
const DEAD_LETTERS = 'It is itself the dead-letter queue of event rules.';
const ACCESS_LOGS = 'It is itself where access logs go; S3 would log its own deliveries without end.';
const ACCESS_LOG_KEY = 'S3 delivers access logs only to buckets that are encrypted with its own keys.';
const LOCK = 'What it holds has to go when it is old; it is versioned, and no role may delete a version.';
const IMAGE_BUILD = 'The build of images needs a Docker daemon; it is the only one (rule privileged-builds).';
const CACHE_TAG =
  'Its tags are immutable but for the one under which buildx keeps its layers; nothing is deployed from it.';
const CALLED = 'CodePipeline or CloudFormation fails loudly when it does not answer; no call is lost.';
const CONCURRENCY =
  'Called now and then; reserved concurrency is taken from the account, and new ones have none to give.';
const NO_VPC = 'It calls one API of AWS, and what it works on has no VPC or is one that is being made.';
const INTERFACES = 'Lambda asks for the network interfaces of a function on *; the function itself is denied them.';

export const CFN_GUARD: readonly Accepted[] = [
  { rule: 'CT.CLOUDWATCH.PR.1', resources: /^(Service|Platform)/, reason: 'A symptom: people are told by the composite alarm over it, once.' },
  { rule: 'CT.CLOUDWATCH.PR.2', resources: /Logs/, reason: RETENTION },
  { rule: 'CT.CODEBUILD.PR.4', resources: /TestImage/, reason: IMAGE_BUILD },
  { rule: 'CT.ECR.PR.3', resources: /^RegistryCache/, reason: CACHE_TAG },
  { rule: 'CT.KMS.PR.3', resources: /Key/, reason: 'No role of ours may make grants; a denial in the key could stop EKS and ECR, which make theirs for us.' },
  { rule: 'CT.LAMBDA.PR.3', resources: /BakeFunction|^ClusterKubectlProvider/, reason: 'It is in a VPC: the rule does not follow references.' },
  { rule: 'CT.LAMBDA.PR.3', resources: /^(CustomVpcRestrictDefaultSG|AWS679f)/, reason: NO_VPC },
  { rule: 'CT.S3.PR.2', resources: /AccessLogs/, reason: ACCESS_LOGS },
  { rule: 'CT.S3.PR.4', resources: /^Artifacts|^Releases|^AttestationsBucket|AccessLogs/, reason: 'Nobody waits for an event of these buckets.' },
  { rule: 'CT.S3.PR.9', resources: /^Artifacts|^Releases|^AttestationsBucket|AccessLogs/, reason: LOCK },
  { rule: 'CT.S3.PR.10', resources: /AccessLogs/, reason: ACCESS_LOG_KEY },
  { rule: 'CT.SQS.PR.1', resources: /DeadLetters/, reason: DEAD_LETTERS },
]; // biome-ignore format: a table

export const CFN_LINT: readonly Accepted[] = [];

export const CHECKOV: readonly Accepted[] = [
  { rule: 'CKV_AWS_18', resources: /AccessLogs/, reason: ACCESS_LOGS },
  { rule: 'CKV_AWS_27', resources: /DeadLetters/, reason: 'Encrypted with SQS’s own keys (SqsManagedSseEnabled), of which the rule does not know.' },
  { rule: 'CKV_AWS_33', resources: /^Key/, reason: 'Anybody of this account, through CodeCommit alone: as the key is that AWS makes for CodeCommit.' },
  { rule: 'CKV_AWS_51', resources: /^RegistryCache/, reason: CACHE_TAG },
  { rule: 'CKV_AWS_111', resources: /BakeRolePolicy|^KubectlFunctions/, reason: INTERFACES },
  { rule: 'CKV_AWS_115', resources: /BakeFunction|^ClusterKubectlProvider|^CustomVpcRestrictDefaultSG|^AWS679f/, reason: CONCURRENCY },
  { rule: 'CKV_AWS_116', resources: /BakeFunction|^ClusterKubectlProvider|^CustomVpcRestrictDefaultSG|^AWS679f/, reason: CALLED },
  { rule: 'CKV_AWS_117', resources: /^(CustomVpcRestrictDefaultSG|AWS679f)/, reason: NO_VPC },
  { rule: 'CKV_AWS_173', resources: /^ClusterKubectlProvider|BakeFunction/, reason: 'Its variables tell an ARN and a mode of the SDK; nothing in them is secret.' },
]; // biome-ignore format: a table

/** Findings that nothing accepts, and what accepts nothing, as sentences. */
export function judgeAccepted(findings: readonly Finding[], accepted: readonly Accepted[]): string[] {
  const matches = ({ rule, resources }: Accepted, finding: Finding) =>
    rule === finding.rule && resources.test(finding.resource);
  return [
    ...findings
      .filter((finding) => !accepted.some((one) => matches(one, finding)))
      .map(({ rule, resource, message }) => `${resource}: ${rule}: ${message}`),
    ...accepted
      .filter((one) => !findings.some((finding) => matches(one, finding)))
      .map(({ rule, resources }) => `nothing finds ${rule} at ${resources}: take it off the list`),
  ];
}
