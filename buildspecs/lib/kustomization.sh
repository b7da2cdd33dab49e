# A kustomization around the environment's overlay: its namespace, the image by digest, and on the pods of the service their
# version and digest. Renders it into $MANIFESTS. The folder lies in the source, since kustomize takes relative paths only.
set -eu
OVERLAY="$MANIFESTS"
STATE="$(mktemp -d "$CODEBUILD_SRC_DIR/.deploy.XXXXXX")" MANIFESTS="$STATE/manifests.yaml"
if ! [ -d "$CODEBUILD_SRC_DIR/$OVERLAY" ]; then
  echo "$OVERLAY: no such folder in the source; expected a kustomize overlay (environments.$ENVIRONMENT.manifests in slipway.yaml)" >&2
  exit 1
fi
cat > "$STATE/kustomization.yaml" <<YAML
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: "$NAMESPACE"
resources:
  - "../$OVERLAY"
# Services before the pods that get their addresses.
sortOptions:
  order: legacy
images:
  - name: "$REPOSITORY"
    newName: "$REPOSITORY_URI"
    digest: "$DIGEST"
patches:
  - target:
      kind: Deployment|StatefulSet|DaemonSet
      labelSelector: "app.kubernetes.io/name=$SERVICE"
    patch: |-
      kind: any
      metadata:
        name: any
      spec:
        template:
          metadata:
            labels:
              app.kubernetes.io/version: "$VERSION"
            annotations:
              slipway.dev/image-digest: "$DIGEST"
YAML
kubectl kustomize "$STATE" > "$MANIFESTS"
for expected in "image: $REPOSITORY_URI@$DIGEST" "slipway.dev/image-digest: $DIGEST"; do
  if ! grep -q -F "$expected" "$MANIFESTS"; then
    echo "$OVERLAY has no workload with the image \`$REPOSITORY\` and the label \`app.kubernetes.io/name: $SERVICE\`; both are how the release finds its pods" >&2
    exit 1
  fi
done
