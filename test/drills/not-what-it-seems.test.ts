import { drillTests } from './harness';

drillTests('not-what-it-seems');
