import { BATCH, CACHE, COMPUTE, REPORTS } from './build-parts';
import { ARTIFACTS, ENVIRONMENT } from './build-values';
import { PHASES, SHELL } from './phases';

export const BUILD_ROWS = [
  { title: 'CodeBuild: phases', rows: PHASES },
  { title: 'CodeBuild: the state of the shell', rows: SHELL },
  { title: 'CodeBuild: environment', rows: ENVIRONMENT },
  { title: 'CodeBuild: artifacts', rows: ARTIFACTS },
  { title: 'CodeBuild: caches', rows: CACHE },
  { title: 'CodeBuild: reports', rows: REPORTS },
  { title: 'CodeBuild: batches', rows: BATCH },
  { title: 'CodeBuild: compute and limits', rows: COMPUTE },
];
