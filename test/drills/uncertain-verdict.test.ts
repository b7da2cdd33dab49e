import { drillTests } from './harness';

drillTests('uncertain-verdict');
