/** What drills start; absolute paths. */
export interface Programs {
  readonly kubectl: string;
  /** The deployer's bundle. */
  readonly deployer: string;
  /** Folder of the drills' service. */
  readonly server: string;
}
