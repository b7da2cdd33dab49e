# Shows what would change: objects that are new by their names, the others line by line. Fails if the cluster refuses anything.
changes() {
  local status=0
  kubectl diff --namespace "$NAMESPACE" --filename "$MANIFESTS" > "$STATE/diff" || status="$?"
  awk '
    /^diff / { object = $NF; sub(".*/", "", object); shown = 0; next }
    /^(---|\+\+\+) \// { next }
    /^@@ -0,0 / { print "new: " object; hidden = 1; next }
    /^@@ / { hidden = 0; if (!shown++) print "changed: " object }
    !hidden { print }
  ' "$STATE/diff"
  if [ "$status" -gt 1 ]; then
    echo "the cluster refuses this release; nothing was changed" >&2
    return 1
  fi
  if [ "$status" -eq 0 ]; then echo "nothing changes"; fi
}
