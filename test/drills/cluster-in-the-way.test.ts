import { drillTests } from './harness';

drillTests('cluster-in-the-way');
