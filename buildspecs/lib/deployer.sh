# The deployer in $DEPLOYER: one file, taken only with the hash that the stack was made with.
set -eu
DEPLOYER="$(mktemp -d)/deploy.mjs"
aws s3 cp --only-show-errors "$DEPLOYER_S3" "$DEPLOYER"
if [ "$(python3 -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$DEPLOYER")" != "$DEPLOYER_SHA256" ]; then
  echo "$DEPLOYER_S3 does not have the SHA-256 $DEPLOYER_SHA256: it was changed since the stack was deployed; deploy the stack again" >&2
  exit 1
fi
export DEPLOYER
