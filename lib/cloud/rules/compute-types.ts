import { shown, type TemplateRule } from './rule';

/** With a quota in every account (CodeBuild user guide, limits) and a price in lib/cost/prices.json. */
const COMPUTE_TYPES = new Set(['BUILD_GENERAL1_SMALL', 'BUILD_GENERAL1_MEDIUM', 'BUILD_GENERAL1_LARGE']);

export const computeTypes: TemplateRule = {
  id: 'compute-types',
  holds: 'A build has a compute type that is known, on Linux.',
  reason:
    'A compute type that a new account has no quota for (2XLARGE, GPU) queues until it times out; one that nobody priced surprises.',
  remedy: 'use BUILD_GENERAL1_SMALL, BUILD_GENERAL1_MEDIUM or BUILD_GENERAL1_LARGE with Type LINUX_CONTAINER',
  types: ['AWS::CodeBuild::Project'],
  check: ({ Environment: environment }) =>
    COMPUTE_TYPES.has(environment?.ComputeType) && environment.Type === 'LINUX_CONTAINER'
      ? undefined
      : `compute type ${shown(environment?.ComputeType)} of ${shown(environment?.Type)} is not on the list`,
};
