import { drillTests } from './harness';

drillTests('bad-release');
