/** Who asks. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** What of EKS's access policies stands for: View, Edit, Admin, ClusterAdmin. */
export type Level = 'cluster-admin' | 'admin' | 'edit' | 'view';

/** An access entry of the cluster: the Kubernetes groups of a principal, and what an access policy lets it do where. */
export interface AccessEntry {
  /** ARN of an IAM role or user. */
  readonly principalArn: string;
  readonly groups?: readonly string[] | undefined;
  readonly namespaces?: readonly string[] | '*' | undefined;
  readonly level?: Level | undefined;
}

/** An assumed role's session is the role: `arn:…:sts::1:assumed-role/name/session` and `arn:…:iam::1:role/path/name`. */
export function sameRole(entry: string, caller: string): boolean {
  if (entry === caller) return true;
  const session = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(caller);
  const role = /^arn:([^:]+):iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(entry);
  return session !== null && role !== null && [1, 2, 3].every((i) => session[i] === role[i]);
}
