/** An image as processes can be started from it: every path is absolute and exists on this machine. */
export interface ProcessImage {
  /** `sha256:…`. */
  readonly digest: string;
  /** Folder that stands for the image's root file system. */
  readonly root: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string;
}

/** Where the embedded cluster gets images from. */
export interface Images {
  /** `reference` as a pod names it: `registry/repository[:tag][@digest]`. Undefined: there is no such image. */
  resolve(reference: string): Promise<ProcessImage | undefined>;
}

/** `registry/repository` of a reference, without tag and digest. */
export function repositoryOf(reference: string): string {
  const name = reference.split('@')[0] ?? reference;
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
}

export const digestOf = (reference: string): string | undefined => reference.split('@')[1];
