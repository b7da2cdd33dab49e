# Secrets in any file of the source, but for those that .secrets.baseline lists as known. Names file and line, never a value.
secrets() {
  cd "$CODEBUILD_SRC_DIR"
  python - <<'PYTHON'
import json, os, sys
from detect_secrets import SecretsCollection
from detect_secrets.core import baseline
from detect_secrets.settings import default_settings, transient_settings

BASELINE = ".secrets.baseline"
GENERATED = {".git", ".venv", ".cache", ".reports", ".mypy_cache", ".pytest_cache", "__pycache__", ".coverage", BASELINE}


def files():
    for folder, folders, names in os.walk("."):
        folders[:] = sorted(set(folders) - GENERATED)
        yield from (os.path.relpath(os.path.join(folder, name)) for name in sorted(set(names) - GENERATED))


settings, known = default_settings(), SecretsCollection()
if os.path.exists(BASELINE):
    content = baseline.load_from_file(BASELINE)
    settings = transient_settings({key: content[key] for key in ("plugins_used", "filters_used")})
    known = SecretsCollection.load_from_baseline(content)
found, count = SecretsCollection(), 0
with settings:
    for file in files():
        found.scan_file(file)
        count += 1
new = found - known
for file, secret in new:
    print(f"{file}:{secret.line_number}: {secret.type}")
places = sorted({f"{file}:{secret.line_number}" for file, secret in new})
summary = f"{len(places)} in {', '.join(places)}" if places else f"none new in {count} files"
with open(os.environ["CHECK_DETAIL"], "w") as detail:
    detail.write(summary)
if places:
    print("Remove each secret and revoke it. If it is none, say so: `# pragma: allowlist secret` on its line.")
sys.exit(1 if places else 0)
PYTHON
}
