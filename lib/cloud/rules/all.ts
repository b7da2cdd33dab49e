import { branchEvents } from './branch-events';
import { buildLogs } from './build-logs';
import { buildTimeout } from './build-timeout';
import { cluster } from './cluster';
import { computeTypes } from './compute-types';
import { configurationLength } from './configuration-length';
import { deadLetters } from './dead-letters';
import { enabledRules } from './enabled-rules';
import { encryptedMessages } from './encrypted-messages';
import { functionTimeout } from './function-timeout';
import { heardAlarms } from './heard-alarms';
import { imageRepository } from './image-repository';
import { inlinedBuildspec } from './inlined-buildspec';
import { instanceTypes } from './instance-types';
import { keyRotation } from './key-rotation';
import { kubernetesVersion } from './kubernetes-version';
import { logGroups } from './log-groups';
import { noPolling } from './no-polling';
import { parallelCodeCommit } from './parallel-codecommit';
import { parallelRollback } from './parallel-rollback';
import { pipelineProviders } from './pipeline-providers';
import { pipelineType } from './pipeline-type';
import { plainSecrets } from './plain-secrets';
import { privateBuckets } from './private-buckets';
import { privilegedOnly } from './privileged-builds';
import { queued } from './queued';
import { restoreOnFailure } from './restore-on-failure';
import { retryOrConditions } from './retry-or-conditions';
import type { TemplateRule } from './rule';
import { serviceTrust } from './service-trust';
import { singleLineCommands } from './single-line-commands';
import { skipConditions } from './skip-conditions';
import { sourceStays } from './source-stays';
import { sourceTokens } from './source-tokens';
import { tlsOnly } from './tls-only';

/** What neither cdk-nag nor CDK nor CloudFormation's linters check. `privileged`: names of the projects that may be. */
export const templateRules = (privileged: readonly string[]): readonly TemplateRule[] => [
  privilegedOnly(privileged),
  inlinedBuildspec,
  buildTimeout,
  buildLogs,
  computeTypes,
  imageRepository,
  serviceTrust,
  deadLetters,
  branchEvents,
  logGroups,
  cluster,
  kubernetesVersion,
  instanceTypes,
  pipelineProviders,
  pipelineType,
  queued,
  parallelRollback,
  parallelCodeCommit,
  noPolling,
  skipConditions,
  retryOrConditions,
  sourceStays,
  restoreOnFailure,
  configurationLength,
  singleLineCommands,
  keyRotation,
  privateBuckets,
  tlsOnly,
  encryptedMessages,
  functionTimeout,
  enabledRules,
  heardAlarms,
  plainSecrets,
  sourceTokens,
];
