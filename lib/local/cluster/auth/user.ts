/** Who asks. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

export type Level = 'admin' | 'edit' | 'view';

/** An access entry of the cluster: what a principal may do where. */
export interface AccessEntry {
  /** ARN of an IAM role or user. */
  readonly principalArn: string;
  readonly namespaces: readonly string[] | '*';
  readonly level: Level;
}
