/** An image reference in its parts: `[registry/]repository[:tag][@digest]`. */
export interface ImageReference {
  /** Host with an optional port; undefined where the reference names none (Docker Hub). */
  readonly registry?: string;
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:<64 hex>`. */
  readonly digest?: string;
}

const SHAPE =
  /^(?:(?<registry>(?:localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:\d))(?::\d+)?)\/)?(?<repository>[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

/** Reads a reference by the grammar of the distribution specification; undefined where it is none. */
export function parseReference(text: string): ImageReference | undefined {
  const groups = SHAPE.exec(text)?.groups;
  if (groups?.['repository'] === undefined) return undefined;
  return {
    registry: groups['registry'],
    repository: groups['repository'],
    tag: groups['tag'],
    digest: groups['digest'],
  };
}

/** Whether a host is an ECR private registry: the one kind of registry that the image store stands for. */
export const isPrivateRegistry = (host: string | undefined): boolean =>
  host !== undefined && /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(host);
