import { BUILD_FAULTS } from './builds';
import { CLUSTER_FAULTS } from './cluster';
import type { Fault } from './fault';
import { MONITORING_FAULTS } from './monitoring';
import { PIPELINE_FAULTS } from './pipelines';
import { SOURCE_FAULTS } from './source';
import { TEMPLATE_FAULTS } from './templates';

export const FAULTS: readonly Fault[] = [
  ...TEMPLATE_FAULTS,
  ...PIPELINE_FAULTS,
  ...BUILD_FAULTS,
  ...CLUSTER_FAULTS,
  ...MONITORING_FAULTS,
  ...SOURCE_FAULTS,
];
