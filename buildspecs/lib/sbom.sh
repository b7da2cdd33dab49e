# Bills of materials in CycloneDX, as checks of checks.sh: they end as sbom_checked does.
#
#   sbom_package FILE           what uv.lock pins for the package of the current folder, with hashes; no groups for development
#   sbom_image FILE ARCHIVE REPOSITORY DIGEST
#                               what is in an image, from an archive of `docker save`

# The export's command line is a preview of uv's, hence the exact version of uv (uv.sh), which writes the same always.
sbom_package() {
  uv export --quiet --preview-features sbom-export --format cyclonedx1.5 --locked --no-dev --output-file "$1" > /dev/null
  sbom_checked "$1" hashes
}

sbom_image() {
  if [ "${IMAGE_SBOM:-}" = not-run ]; then
    echo "no Syft for $(uname -s) on $(uname -m); allowed by IMAGE_SBOM"
    return 77
  fi
  # Nothing is asked of the network. Single files are not in the format, so they need no hashes.
  SYFT_CHECK_FOR_APP_UPDATE=false SYFT_FILE_METADATA_SELECTION=none syft scan "docker-archive:$2" --quiet \
    --source-name "$3" --source-version "$4" --output "cyclonedx-json@1.6=$1"
  sbom_checked "$1"
}

# Fails on a bill that lists nothing: it looks like one of an image without packages, and means that nobody has looked.
sbom_checked() {
  python3 - "$@" <<'PYTHON'
import json, os, sys

path, *wanted = sys.argv[1:]


def end(code, text):
    print(text)
    with open(os.environ["CHECK_DETAIL"], "w") as detail:
        detail.write(text)
    if code:
        os.remove(path)
    sys.exit(code)


def is_hashed(component):
    references = component.get("externalReferences", [])
    return any(each.get("hashes") for each in [component, *references])


with open(path) as file:
    bill = json.load(file)
if bill.get("bomFormat") != "CycloneDX":
    end(1, "is no CycloneDX")
packages = [c for c in bill.get("components", []) if c.get("purl")]
if not packages:
    end(1, "lists no package: nothing was found, or nobody has looked")
bare = [c["name"] for c in packages if "hashes" in wanted and not is_hashed(c)]
if bare:
    end(1, f"has no hash of {', '.join(bare)}")
end(0, f"{len(packages)} packages")
PYTHON
}
