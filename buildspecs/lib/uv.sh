# uv at exactly this version, by hash, in a folder of this build's own; nothing to do where it is there already.
# The same version stands in tools/uv-requirements.txt.
set -eu
UV_VERSION=0.13.8
UV_CACHE_DIR="${UV_CACHE_DIR:-$CODEBUILD_SRC_DIR/.cache/uv}"
if [ "$(uv --version 2>/dev/null | cut -d ' ' -f 2)" != "$UV_VERSION" ]; then
  uv_folder="$(mktemp -d)"
  {
    echo "uv==$UV_VERSION"
    echo "  --hash=sha256:e18a57b8b352eb7c8feb317b9f6f533c8f0ad9673fd6cf34bbe3cf1a9f6a8984" # Linux x86_64
    echo "  --hash=sha256:0b3e8b1a4f5e405e31e2ff33de8af4744831e9f7338539671efbd8c3c94e791d" # Linux arm64
    echo "  --hash=sha256:5337c30bb893b4f9ce0ceb921ba2da0d13f649da644f40ad3bef84083bef0203" # Linux arm64, newer
  } | sed -e '$!s/$/ \\/' > "$uv_folder/requirements.txt"
  python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
    --target "$uv_folder" --requirement "$uv_folder/requirements.txt"
  PATH="$uv_folder/bin:$PATH"
fi
