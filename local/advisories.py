"""`python -m local.advisories`: has any package that the product runs on a known vulnerability?

pip-audit says "no known vulnerabilities found" and exits 0 also when it could ask nobody and skipped them
all. Here a package that was not looked up is not checked. Exit code 1: a vulnerability; 3: NOT CHECKED.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from local.instance import CHECKOUT
from local.pins import pins

FOUND, NOT_CHECKED = 1, 3
SECONDS = 300


def main() -> int:
    locked = pins(CHECKOUT / "requirements.txt")
    code, lines = verdict(asked(CHECKOUT), names=set(locked))
    print("\n".join(lines), file=sys.stderr if code else sys.stdout)
    return code


def asked(folder: Path) -> Any:
    """pip-audit's report; None without one."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "-r",
        "requirements.txt",
        "--disable-pip",
        "--require-hashes",
    ]
    command += ["-f", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run(
            command, cwd=folder, check=False, capture_output=True, text=True, timeout=SECONDS
        )
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None


def verdict(report: Any, *, names: set[str]) -> tuple[int, list[str]]:
    """An exit code, and what is to be said. A vulnerability counts more than what was not looked up."""
    rows = report["dependencies"] if report else []
    bad = [f"{row['name']} {row['version']}: {one['id']}" for row in rows for one in row.get("vulns", ())]
    looked_up = {row["name"] for row in rows if "vulns" in row}
    unknown = sorted(names - looked_up)
    lines = [*bad]
    if unknown:
        lines.append(
            f"NOT CHECKED: of {len(names)} packages {len(unknown)} could not be looked up: {unknown[0]}, …"
        )
    lines.append(f"{len(bad)} known vulnerabilities in the {len(looked_up)} packages that were looked up")
    return FOUND if bad else NOT_CHECKED if unknown else 0, lines


if __name__ == "__main__":
    sys.exit(main())
