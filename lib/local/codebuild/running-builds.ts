/** The builds that run on this machine, each of which can be stopped by its id (CodeBuild, StopBuild). */
export class RunningBuilds {
  private readonly stops = new Map<string, () => void>();

  /** `stop` is called when somebody stops the build. Gives the function that takes it off the list. */
  add(id: string, stop: () => void): () => void {
    this.stops.set(id, stop);
    return () => this.stops.delete(id);
  }

  /** False: no such build runs. */
  stop(id: string): boolean {
    const stop = this.stops.get(id);
    stop?.();
    return stop !== undefined;
  }
}
