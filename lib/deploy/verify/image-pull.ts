import { GRACES, type Graces } from './problem';

/** Waiting reasons of kubelet's image manager: https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/images/types.go */
export const PULL_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

const DEFINITE =
  /not found|manifest unknown|name unknown|does not exist|no such (image|manifest)|unauthorized|authentication required|access denied|denied:|forbidden|no basic auth|invalid reference|couldn't parse image|no match for platform|not present with pull policy/i;
const PASSING =
  /timeout|timed out|deadline exceeded|connection (refused|reset)|temporary failure|server misbehaving|\bEOF\b|TLS handshake|too ?many ?requests|\b429\b|\b50[0234]\b|service unavailable|bad gateway|internal server error|QPS exceeded/i;

/**
 * How long a failed pull may last (seconds). The registry's own words decide: "not found" or "denied" will be said again, so that
 * the release is bad at once. A registry that did not answer or is overloaded gets kubelet's next tries, though ImagePullBackOff
 * is written after one failure already. With other words kubelet's back-off is taken at its word.
 */
export function pullGrace(reason: string, message: string, graces: Graces = GRACES): number {
  if (reason !== 'ErrImagePull' && reason !== 'ImagePullBackOff' && reason !== 'RegistryUnavailable') return 0;
  if (DEFINITE.test(message)) return 0;
  if (PASSING.test(message) || reason === 'RegistryUnavailable') return graces.pull;
  return reason === 'ImagePullBackOff' ? 0 : graces.unknownPull;
}
