/** How much of a limit one thing uses. */
export interface Use {
  /** What it is that uses it: a stack, a pipeline's stage, a role …; '' for the account or the Region, `account <id>` where there are several. */
  readonly where: string;
  readonly used: number;
  readonly growth?: Growth;
}

/** What a use becomes with more services and environments. */
export interface Growth {
  /** Of the cluster and VPC, which all services share. */
  readonly fixed: number;
  /** More for each service, whatever its environments. */
  readonly service: number;
  /** More for each environment of a service. */
  readonly environment: number;
  /** Services add up; otherwise each has one of these for itself, and only its environments count. */
  readonly acrossServices: boolean;
}
