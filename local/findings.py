"""`python -m local.findings`: what bandit finds that nobody has explained where it stands.

Ruff has bandit's rules too, under S, and wants a reason at each exception. So a finding of bandit counts as
explained where ruff's exception of the same number stands in the same statement, or for a whole folder in
pyproject.toml; where ruff sees nothing, bandit's own comment says why. Exit code 1: something is unexplained;
3: bandit did not look at every file.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.instance import CHECKOUT

FOUND, NOT_CHECKED = 1, 3
FOLDERS = ("accounts", "alerts", "catalog", "collections_app", "config", "integrations", "local", "pricing")
# Asserts narrow types here; that a module is imported says nothing of its use, which has rules of its own;
# words that look like passwords are what local/leaks.py looks for.
SKIPPED = "B101,B105,B404,B405"
ALSO_CALLED = {"S703": "S308"}  # bandit has two names for mark_safe


def main() -> int:
    report = look(CHECKOUT, FOLDERS)
    if report["errors"] or not report["metrics"]["_totals"]["loc"]:
        print(f"BANDIT DID NOT LOOK AT EVERYTHING: {report['errors']}", file=sys.stderr)
        return NOT_CHECKED
    open_ones = list(unexplained(CHECKOUT, report["results"]))
    for line in open_ones:
        print(line)
    print(f"{len(open_ones)} of {len(report['results'])} findings of bandit are unexplained")
    return FOUND if open_ones else 0


def look(folder: Path, names: tuple[str, ...]) -> Any:
    command = [
        sys.executable,
        "-m",
        "bandit",
        "-q",
        "-r",
        *names,
        "-x",
        "*/tests/*",
        "-s",
        SKIPPED,
        "-f",
        "json",
    ]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    return json.loads(done.stdout)


def unexplained(folder: Path, results: list[dict[str, Any]]) -> Iterator[str]:
    ignored = _ignored_by_folder(folder)
    for one in results:
        path, rule = Path(one["filename"]), one["test_id"].replace("B", "S", 1)
        rule = ALSO_CALLED.get(rule, rule)
        lines = (folder / path).read_text().splitlines()
        first, last = min(one["line_range"]), max(one["line_range"])
        said = any("noqa" in line and rule in line for line in lines[first - 1 : last + 1])
        if not said and rule not in ignored.get(path.parts[0], ()):
            yield f"{path}:{one['line_number']}: {one['test_id']} {one['issue_text']}"


def _ignored_by_folder(folder: Path) -> dict[str, list[str]]:
    rules = tomllib.loads((folder / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]["per-file-ignores"]
    return {pattern.partition("/")[0]: list(codes) for pattern, codes in rules.items()}


if __name__ == "__main__":
    sys.exit(main())
