# The service is ready and every answer comes from this release: /readyz says 200, and /version its version ten times in a row.
# Load balancers take a while to see new pods: up to three minutes, with back-off.
smoke() {
  python3 - "$BASE_URL" "$VERSION" <<'PYTHON'
import json, os, sys, time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

base, version = sys.argv[1].rstrip("/"), sys.argv[2]


def get(path):
    with urlopen(Request(base + path, headers={"Connection": "close"}), timeout=5) as response:
        return response.read()


def look():
    """What is wrong, or nothing."""
    try:
        get("/readyz")
        for _ in range(10):
            found = json.loads(get("/version")).get("version")
            if found != version:
                return f"{base}/version says {found}, expected {version}"
    except HTTPError as error:
        return f"{error.url} answers {error.code}: {error.read(200).decode(errors='replace').strip()}"
    except (OSError, ValueError, AttributeError) as error:
        return f"{base}: {error}"


deadline, pause = time.monotonic() + 180, 0.5
while (wrong := look()) and time.monotonic() + pause < deadline:
    print(wrong, flush=True)
    time.sleep(pause)
    pause = min(pause * 2, 15)
text = wrong or f"{base} is ready and is {version}"
print(text)
with open(os.environ["CHECK_DETAIL"], "w") as detail:
    detail.write(text)
sys.exit(1 if wrong else 0)
PYTHON
}
