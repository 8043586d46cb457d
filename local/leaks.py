"""`python -m local.leaks [tree|history]`: is there a secret in the checkout, or in any commit ever made?

detect-secrets looks at every line that was ever added, on every branch. What it takes for one and is none
stands in `.secrets-allowed` with a reason; nothing in a line itself can allow it. Exit code 1: something was
found; 3: it was not looked for, which is not the same as not found.
"""

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detect_secrets.core.scan import _is_filtered_out
from detect_secrets.settings import default_settings, get_plugins

from local.instance import CHECKOUT

FOUND, NOT_CHECKED = 1, 3
ALLOWED = CHECKOUT / ".secrets-allowed"
HASH_OF_A_PACKAGE = re.compile(r"--hash=sha256:[0-9a-f]{64}")
# With these a line could excuse itself, or its file by its name.
EXCUSES = [
    "detect_secrets.filters.allowlist.is_line_allowlisted",
    "detect_secrets.filters.heuristic.is_lock_file",
    "detect_secrets.filters.heuristic.is_swagger_file",
]
# In tests every second line has a password of somebody who does not exist. What has the form of a real secret
# is found there as everywhere.
TESTS, KEYWORDS = "tests/", "Secret Keyword"
Lines = dict[str, dict[str, str]]  # of each file its lines, each with where it was seen first


class NotCheckedError(Exception):
    """There was nothing to look at, or not all of it."""


@dataclass(frozen=True, slots=True)
class Leak:
    kind: str
    path: str
    seen: str
    digest: str  # of the secret, which is never printed

    def __str__(self) -> str:
        return f"{self.digest}  {self.kind} in {self.path}, {self.seen}"


def main(what: str = "history") -> int:
    try:
        lines = tree(CHECKOUT) if what == "tree" else history(CHECKOUT)
        leaks = [leak for leak in found(lines) if leak.digest not in allowed(ALLOWED)]
    except (NotCheckedError, subprocess.CalledProcessError) as error:
        print(f"SECRETS WERE NOT LOOKED FOR: {error}", file=sys.stderr)
        return NOT_CHECKED
    for leak in leaks:
        print(leak)
    count = sum(map(len, lines.values()))
    print(f"{len(leaks)} secrets in {count:,} different lines of {len(lines):,} files ({what})")
    return FOUND if leaks else 0


def history(repository: Path) -> Lines:
    """Every line that a commit of any branch added."""
    if _git(repository, "rev-parse", "--is-shallow-repository").strip() != "false":
        raise NotCheckedError("this clone is shallow; `git fetch --unshallow` brings the whole history")
    log = _git(
        repository, "log", "--all", "-p", "-U0", "--no-color", "--no-ext-diff", "-m", "--format=commit %h"
    )
    return _collected(_added(log))


def tree(repository: Path) -> Lines:
    """Every line of the files as they are now, also of those that are not committed yet."""
    names = _git(repository, "ls-files", "-coz", "--exclude-standard").split("\0")
    files = [(name, repository / name) for name in names if name and (repository / name).is_file()]
    return _collected(
        (name, line, "the checkout") for name, file in files for line in _text(file.read_bytes()).split("\n")
    )


def found(lines: Lines) -> Iterator[Leak]:
    with default_settings() as settings:
        settings.disable_filters(*EXCUSES)
        plugins = get_plugins()
        for path, known in lines.items():
            for line, where in known.items():
                for plugin in plugins:
                    if not (TESTS in path and plugin.secret_type == KEYWORDS):
                        yield from _in_line(plugin, line, path=path, where=where)


def _in_line(plugin: Any, line: str, *, path: str, where: str) -> Iterator[Leak]:
    for one in plugin.analyze_line(filename=path, line=line, line_number=0, context=None):
        about = {"filename": path, "secret": one.secret_value, "plugin": plugin, "line": line}
        if not _is_filtered_out(required_filter_parameters=["secret"], **about):
            yield Leak(one.type, path, where, hashlib.sha256(one.secret_value.encode()).hexdigest()[:16])


def allowed(file: Path) -> set[str]:
    """The digests of what is no secret; a line without a reason is refused."""
    lines = [line.split(maxsplit=1) for line in file.read_text().splitlines() if line and line[0] != "#"]
    if any(len(line) < 2 for line in lines):
        raise NotCheckedError(f"{file.name} has a line without a reason")
    return {line[0] for line in lines}


def _collected(lines: Iterable[tuple[str, str, str]]) -> Lines:
    collected: Lines = {}
    for path, line, where in lines:
        collected.setdefault(path, {}).setdefault(HASH_OF_A_PACKAGE.sub("", line), where)
    if not collected:
        raise NotCheckedError("no line was found at all")
    return collected


def _text(content: bytes) -> str:
    """Nothing of a binary file, which git tells in the same way."""
    return "" if b"\0" in content[:8000] else content.decode(errors="replace")


def _added(log: str) -> Iterator[tuple[str, str, str]]:
    path = commit = ""
    for line in log.split("\n"):
        if line.startswith("commit "):
            commit = line
        elif line.startswith("+++ "):
            path = line.removeprefix("+++ b/")
        elif line.startswith("+"):
            yield path, line[1:], commit


def _git(repository: Path, *command: str) -> str:
    done = subprocess.run(["git", "-C", repository, *command], check=True, capture_output=True)
    return done.stdout.decode(errors="replace")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
