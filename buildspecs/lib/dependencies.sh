# What the repository wants to be installed, looked at before anything of it is: locked, each file with its hash, all from one
# index; base images by digest; no program that is run as it comes from the network. Says every place that is not so, and fails.
#
#   dependencies INDEX PACKAGE_DIR DOCKERFILE     in the root of the repository; INDEX: the one index, a URL
dependencies() {
  python3 - "$@" <<'PYTHON'
import os, re, sys, tomllib
from urllib.parse import unquote, urlsplit

index, package, dockerfile = sys.argv[1:]
index = index.rstrip("/")
origin = "{0.scheme}://{0.netloc}/".format(urlsplit(index))
# Where an index keeps its files, if not with itself.
FILES = {"https://pypi.org/simple": "https://files.pythonhosted.org/"}.get(index, origin)
found = []


def find(path, text):
    found.append(f"{os.path.normpath(path)}: {text}")


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        find(path, "is not there")
    except (OSError, UnicodeDecodeError) as error:
        find(path, f"cannot be read: {error}")
    return None


def toml(path):
    text = read(path)
    try:
        return tomllib.loads(text) if text is not None else {}
    except tomllib.TOMLDecodeError as error:
        find(path, f"is no TOML: {error}")
        return {}


def within(path):
    """A folder of this repository, by a path relative to the package."""
    inside = os.path.normpath(os.path.join(package, str(path)))
    return not os.path.isabs(inside) and inside.split(os.sep)[0] != ".."


# Settings that bring packages from elsewhere, or take the wrong one of two of a name (uv: reference, settings).
ELSEWHERE = ("extra-index-url", "find-links", "index-strategy", "no-index", "allow-insecure-host")


def settings(path, uv):
    if not isinstance(uv, dict):
        return
    indexes = [one.get("url") for one in uv.get("index", []) if isinstance(one, dict)] if isinstance(uv.get("index"), list) else []
    for url in indexes + ([uv["index-url"]] if "index-url" in uv else []):
        if str(url).rstrip("/") != index:
            find(path, f"brings the index {url}; packages come from {index} alone")
    for place in (uv, uv.get("pip", {})):
        for key in ELSEWHERE if isinstance(place, dict) else ():
            if key in place:
                find(path, f"sets {key}; packages come from {index} alone")
    for name, source in (uv.get("sources") or {}).items():
        for one in source if isinstance(source, list) else [source]:
            if isinstance(one, dict) and not one.get("workspace") and not ("path" in one and within(one["path"])) and "index" not in one:
                find(path, f"takes {name} from elsewhere: {', '.join(f'{k} {v}' for k, v in one.items())}")


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(path):
    lock = toml(path)
    for one in lock.get("package", []):
        name, version, source = one.get("name", "?"), str(one.get("version", "")), one.get("source", {})
        kind, place = next(iter(source.items()), ("nothing", ""))
        if kind in ("editable", "virtual", "directory") and within(place):
            continue
        if kind != "registry" or str(place).rstrip("/") != index:
            find(path, f"{name} comes from {kind} {place}; packages come from {index} alone")
            continue
        files = ([one["sdist"]] if "sdist" in one else []) + one.get("wheels", [])
        if not files:
            find(path, f"{name} {version} has no file")
        for file in files:
            url = str(file.get("url", ""))
            if not re.fullmatch(r"sha256:[0-9a-f]{64}", str(file.get("hash", ""))):
                find(path, f"{name} {version}: {url} has no SHA-256")
            if not url.startswith((FILES, origin)):
                find(path, f"{name} {version} is fetched from {url}, not from {FILES}")
            stem = unquote(url.rsplit("/", 1)[-1])
            if not normal(stem).startswith(f"{normal(name)}-{normal(version)}"):
                find(path, f"{name} {version} is fetched as {stem}")


def build_system(path, project):
    if "project" not in project and "build-system" not in project:
        return
    for requirement in project.get("build-system", {}).get("requires", ["setuptools"]):
        # uv_build is part of uv, whose version and hash are fixed.
        if normal(re.split(r"[^A-Za-z0-9._-]", requirement.strip())[0]) != "uv-build" and not re.search(r"===?\s*[0-9][^*,]*$", requirement):
            find(path, f"is built by {requirement}, of any version: name one with ==, or use uv_build")


# What runs as it comes: `curl … | sh`, `sh -c "$(wget …)"`, `bash <(curl …)`.
FETCH = r"\b(?:curl|wget)\b"
SHELL = r"(?:\S*/)?(?:ba|da|z|k)?sh\b|(?:\S*/)?(?:python[0-9.]*|node|perl|ruby)\b"
RUN_AS_IT_COMES = re.compile(
    rf"{FETCH}[^\n;&]*\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:env\s+)?(?:{SHELL})|(?:{SHELL})[^\n]*(?:\$\(|`|<\()\s*{FETCH}|\b(?:eval|source|\.)\s[^\n]*(?:\$\(|`|<\()\s*{FETCH}"
)


def scripts(path, text):
    joined = re.sub(r"\\\n", " ", text)
    for line in joined.splitlines():
        if not line.lstrip().startswith("#") and RUN_AS_IT_COMES.search(line):
            find(path, f"runs what it fetches: {line.strip()[:100]}")
    return joined


def image(path):
    text = read(path)
    if text is None:
        return
    for syntax in re.findall(r"(?im)^#\s*(?:syntax|escape-syntax)\s*=\s*(\S+)", text):
        if "@sha256:" not in syntax:
            find(path, f"is built by {syntax}, whatever that is by then: name its digest")
    stages = set()
    for line in scripts(path, re.sub(r"(?m)^\s*#.*\n", "", text)).splitlines():
        words = line.split()
        if not words:
            continue
        what = words[0].upper()
        if what == "FROM":
            names = [word for word in words[1:] if not word.startswith("--")]
            base = names[0] if names else ""
            if base.lower() not in stages | {"scratch"} and not re.search(r"@sha256:[0-9a-f]{64}$", base):
                find(path, f"starts from {base}, whatever that is by then: name its digest, {base}@sha256:…")
            if len(names) > 2 and names[1].lower() == "as":
                stages.add(names[2].lower())
        for other in re.findall(r"--from=(\S+)|\bfrom=([^\s,]+)", line) if what in ("COPY", "ADD", "RUN") else []:
            other = next(filter(None, other))
            if other.lower() not in stages and not other.isdigit() and "@sha256:" not in other:
                find(path, f"takes files from {other}, whatever that is by then: name its digest")
        if what == "ADD" and re.search(r"\s(?:https?|git|ssh)://|\sgit@", line) and "--checksum=" not in line:
            find(path, f"adds what it fetches, without --checksum: {line.strip()[:100]}")
        if what == "RUN":
            for command in re.split(r"&&|\|\||;", line):
                if re.search(r"\bpip[0-9.]*\s+install\b", command) and not re.search(r"--require-hashes|--no-index", command):
                    find(path, f"installs without hashes (--require-hashes): {command.strip()[:100]}")
                if re.search(r"\buv\s+(?:sync|run)\b", command) and not re.search(r"--(?:locked|frozen)\b", command):
                    find(path, f"installs what is not locked (--locked): {command.strip()[:100]}")
                if re.search(r"\b(?:npm\s+(?:install|i|add)|npx|pnpm\s+add|yarn\s+add|pipx|uvx|uv\s+tool|gem\s+install|go\s+install)\b", command):
                    find(path, f"installs what is not locked: {command.strip()[:100]}")
                for option in re.findall(r"--(?:extra-index-url|index-url|index|default-index|find-links|trusted-host)\b", command):
                    find(path, f"{option} in the image's build; packages come from {index} alone")


for folder, folders, names in os.walk("."):
    folders[:] = [name for name in folders if name not in (".git", ".venv", "node_modules", ".cache")]
    for name in sorted(names):
        path = os.path.join(folder, name)
        if name == "pyproject.toml":
            project = toml(path)
            settings(path, project.get("tool", {}).get("uv", {}))
            build_system(path, project)
        elif name == "uv.toml":
            settings(path, toml(path))
        elif name.endswith(".sh"):
            scripts(path, read(path) or "")
        elif name in ("pip.conf", "pip.ini", ".pypirc", ".netrc"):
            find(path, "says where packages are from; the pipeline does that")
locked(os.path.join(package, "uv.lock"))
image(dockerfile)
for text in found:
    print(text)
if found:
    sys.exit(f"{len(found)} of what this repository installs is not pinned, or not from {index}: see docs/checks.md")
print(f"everything is locked with its hash, from {index}")
PYTHON
}
