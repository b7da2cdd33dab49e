# BASE_URL: the one in slipway.yaml, else that of the Service named as the service. A new load balancer needs some minutes for
# its address.
set -eu
BASE_URL="${URL:-}"
deadline=$((SECONDS + 600)) pause=1
while [ -z "$BASE_URL" ]; do
  address="$(kubectl get service "$SERVICE" --namespace "$NAMESPACE" --output \
    jsonpath='{.status.loadBalancer.ingress[0].hostname}{.status.loadBalancer.ingress[0].ip} {.status.loadBalancer.ingress[0].ports[0].port} {.spec.ports[0].port}')"
  read -r host port _ <<< "$address"
  if [ "${address%% *}" ]; then
    BASE_URL="http://$host:$port"
  elif [ "$SECONDS" -ge "$deadline" ]; then
    echo "Service $SERVICE in $NAMESPACE has no address after 10 minutes: kubectl describe service $SERVICE --namespace $NAMESPACE says why" >&2
    exit 1
  else
    sleep "$pause"
    pause=$((pause < 15 ? pause * 2 : 15))
  fi
done
export BASE_URL
echo "URL $BASE_URL"
