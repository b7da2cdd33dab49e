/**
 * The digest in a container's `imageID`: `repository@sha256:…`, `docker-pullable://repository@sha256:…`, `docker://sha256:…` or
 * bare; all of it where none is found, so that it equals nothing. Undefined: the kubelet has not said yet.
 */
export const digestOf = (imageID: string | undefined): string | undefined =>
  imageID ? (/[a-z0-9]+:[0-9a-f]{32,}$/.exec(imageID)?.[0] ?? imageID) : undefined;
