# The stack's own program in $PROGRAM: one file, taken only with the hash that the stack was made with.
set -eu
PROGRAM="$(mktemp -d)/program.mjs"
aws s3 cp --only-show-errors "$PROGRAM_S3" "$PROGRAM"
if [ "$(python3 -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$PROGRAM")" != "$PROGRAM_SHA256" ]; then
  echo "$PROGRAM_S3 does not have the SHA-256 $PROGRAM_SHA256: it was changed since the stack was deployed; deploy the stack again" >&2
  exit 1
fi
export PROGRAM
