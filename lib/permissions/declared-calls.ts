import { buildCalls } from './build-calls';
import type { Estate, RoleCall } from './calls';
import { customResourceCalls } from './custom-resource-calls';
import { eventCalls, flowLogCalls, functionCalls } from './other-calls';
import { pipelineCalls } from './pipeline-calls';
import { programCalls } from './program-calls';

/** What AWS's services call with the roles of the templates, and our programs on AWS alone; each with the page that says so. */
export const declaredCalls = (estate: Estate): RoleCall[] => [
  ...pipelineCalls(estate),
  ...buildCalls(estate),
  ...eventCalls(estate),
  ...functionCalls(estate),
  ...flowLogCalls(estate),
  ...customResourceCalls(estate),
  ...programCalls(estate),
];
