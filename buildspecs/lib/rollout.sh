# What a deploy asks of the cluster: which workloads it touched, what became of them, and their previous revision.

# "deployment.apps/name revision", one a line.
revisions() {
  kubectl get deployments --namespace "$NAMESPACE" --output \
    jsonpath='{range .items[*]}deployment.apps/{.metadata.name} {.metadata.annotations.deployment\.kubernetes\.io/revision}{"\n"}{end}'
}

# The workloads of this release, from the output of apply.
workloads() { sed -n -E 's#^((deployment|statefulset|daemonset)\.apps/[^ ]+) .*#\1#p' "$STATE/applied"; }

# Why the pods that are not ready are not: their events and their last words.
evidence() {
  local pod
  echo
  kubectl get pods --namespace "$NAMESPACE" --output wide
  kubectl get pods --namespace "$NAMESPACE" --output \
    jsonpath='{range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' |
    awk '$2 != "True" { print $1 }' | head -n 3 | while read -r pod; do
      printf '\n── %s\n' "$pod"
      kubectl describe pod "$pod" --namespace "$NAMESPACE" | sed -n '/^Events:/,$p'
      kubectl logs "$pod" --namespace "$NAMESPACE" --all-containers --tail 20
      kubectl logs "$pod" --namespace "$NAMESPACE" --all-containers --tail 20 --previous 2> /dev/null
    done
  echo
}

# Takes each Deployment whose template this deploy changed back to the revision that it had before.
undo() {
  local workload before
  revisions > "$STATE/now"
  for workload in $(workloads); do
    before="$(awk -v name="$workload" '$1 == name { print $2 }' "$STATE/before")"
    if [ -z "$before" ]; then
      echo "$workload is new: there is nothing to go back to; it is left as it is, for a look at it"
    elif grep -q -x -F "$workload $before" "$STATE/now"; then
      echo "$workload was not changed"
    elif kubectl rollout undo "$workload" --namespace "$NAMESPACE" --to-revision "$before" &&
      kubectl rollout status "$workload" --namespace "$NAMESPACE" --timeout "$ROLLOUT_TIMEOUT"; then
      echo "$workload is back at its revision $before"
    else
      echo "ROLLBACK FAILED: $workload could not be taken back to its revision $before; a person must look at it" >&2
    fi
  done
}

# The version of the pods that take requests.
serving() {
  local versions
  versions="$(kubectl get pods --namespace "$NAMESPACE" --selector "app.kubernetes.io/name=$SERVICE" --output \
    jsonpath='{range .items[*]}{.status.conditions[?(@.type=="Ready")].status} {.metadata.labels.app\.kubernetes\.io/version}{"\n"}{end}' |
    awk '$1 == "True" { print $2 }' | sort -u | paste -s -d ' ' -)"
  echo "serving in $NAMESPACE: ${versions:-nothing}"
}
