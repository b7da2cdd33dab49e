/**
 * The digest in a container's `imageID`: `repository@sha256:…`, `docker-pullable://repository@sha256:…`, `docker://sha256:…` or
 * bare. Undefined: the kubelet has not said yet.
 */
export const digestOf = (imageID: string | undefined): string | undefined =>
  /sha256:[0-9a-f]{64}/.exec(imageID ?? '')?.[0];
