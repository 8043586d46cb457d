"""Third-party browser code: fetched once from a hashed package, never committed, checked by its own hash."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from local.instance import CHECKOUT

LOCK = CHECKOUT / "assets.lock"
REQUIREMENTS = CHECKOUT / "requirements-assets.txt"
VENDOR = CHECKOUT / "var" / "vendor"
# Member of the package -> our name. The licence travels with the code.
MEMBERS = {
    "pylightcharts/js/lightweight-charts.js": "lightweight-charts.js",
    "pylightcharts-0.1.6.dist-info/licenses/LICENSE": "lightweight-charts.LICENSE.txt",
    "pylightcharts-0.1.6.dist-info/licenses/NOTICE": "lightweight-charts.NOTICE.txt",
}


def fetch_assets(*, requirements: Path = REQUIREMENTS, vendor: Path = VENDOR, lock: Path = LOCK) -> None:
    """Without them the site works too, with plainer charts; so a failure is one line, not an end."""
    if _is_intact(vendor, lock):
        return
    vendor.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=vendor.parent, prefix="vendor-") as folder:
        fresh = Path(folder, "vendor")
        if not _download(requirements, Path(folder)) or not _unpack(Path(folder), fresh, lock):
            print("The interactive chart could not be fetched; the site works without it.", flush=True)
            return
        vendor.mkdir(exist_ok=True)
        for file in fresh.iterdir():
            file.replace(vendor / file.name)  # each at once, as another command may do the same


def _download(requirements: Path, target: Path) -> bool:
    command = [sys.executable, "-m", "pip", "download", "--no-input", "--retries", "1", "--timeout", "10"]
    command += ["--no-deps", "--require-hashes", "-r", str(requirements), "-d", str(target)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _unpack(source: Path, target: Path, lock: Path) -> bool:
    target.mkdir()
    with zipfile.ZipFile(next(source.glob("*.whl"))) as package:
        for member, name in MEMBERS.items():
            with package.open(member) as packed, (target / name).open("wb") as file:
                shutil.copyfileobj(packed, file)
    return _is_intact(target, lock)


def _is_intact(folder: Path, lock: Path) -> bool:
    """The lock has sha256sum's format: a hash, two spaces, a file name."""
    wanted = [line.split() for line in lock.read_text().splitlines()]
    return all(
        (folder / name).is_file() and hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        for digest, name in wanted
    )
