import { ok } from '../../../result';
import type { Admission } from '../registry';

/** Pod Security Admission, see https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
export const podSecurity: Admission = () => ok([]);
