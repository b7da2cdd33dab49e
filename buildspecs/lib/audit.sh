# Known vulnerabilities in the locked packages that ship. Findings fail; a database that cannot be reached is an error, which
# fails too, unless whoever started the run set PIP_AUDIT_OUTAGE=not-run.
audit() {
  local packages="$REPORTS/packages.txt" report="$REPORTS/pip-audit.json" status=0
  mkdir -p "$REPORTS"
  uv export --quiet --locked --no-dev --no-emit-project --output-file "$packages"
  python -m pip_audit --disable-pip --require-hashes --requirement "$packages" --progress-spinner off \
    --format json --output "$report" || status="$?"
  python - "$report" "$status" "${PIP_AUDIT_OUTAGE:-fail}" <<'PYTHON'
import json, os, sys

report, status, outage = sys.argv[1:]


def end(code, text):
    print(text)
    with open(os.environ["CHECK_DETAIL"], "w") as detail:
        detail.write(text)
    sys.exit(code)


try:
    with open(report) as file:
        packages = json.load(file)["dependencies"]
except (OSError, ValueError):
    packages = None
unknown = [p["name"] for p in packages or [] if "skip_reason" in p]
if packages is None or (packages and len(unknown) == len(packages)):
    reason = f"pip-audit ended with status {status}" if packages is None else "it knows none of the packages"
    text = f"could not reach the vulnerability database ({reason})"
    if outage == "not-run":
        end(77, text + "; allowed by PIP_AUDIT_OUTAGE")
    end(75, text)
found = [(p["name"], p["version"], v) for p in packages for v in p.get("vulns", [])]
for name, version, flaw in found:
    fixed = ", ".join(flaw["fix_versions"]) or "none"
    print(f"{name} {version}: {flaw['id']} {' '.join(flaw.get('aliases', []))}, fixed in: {fixed}")
if found:
    end(1, f"{len(found)} known vulnerabilities in {', '.join(sorted({n for n, _, _ in found}))}")
if status != "0":
    end(75, f"pip-audit ended with status {status} and found nothing")
skipped = f", not in the database: {', '.join(unknown)}" if unknown else ""
end(0, f"{len(packages) - len(unknown)} packages audited{skipped}")
PYTHON
}
