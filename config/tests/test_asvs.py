"""docs/security/asvs.md and threat-model.md name only what exists, and their sums are right."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

FOLDER = Path(settings.BASE_DIR)
DOCUMENTS = (
    "docs/security/asvs.md",
    "docs/security/threat-model.md",
    "docs/security/scans.md",
    "SECURITY.md",
)
ROW = re.compile(
    r"^\| (?P<number>[\d.]+) \| (?P<level>[12]) \| (?P<answer>\S+) \| (?P<how>.+?) \| (?P<shown>.*?) *\|$",
    re.MULTILINE,
)
SUM = re.compile(r"^\| (?P<answer>met|partly|no|operator|n/a) \| (?P<sum>\d+) \|", re.MULTILINE)
NAMED = re.compile(r"`([^`\s]+::test_\w+)`")
PATH = re.compile(r"`((?:[\w.-]+/)*[\w.-]+\.(?:md|py|toml|example)|\.dockerignore)`")
TARGET = re.compile(r"`make ([a-z-]+)")
OTHER_CHAPTERS = 36  # V10 and V17, which have no rows


@cache
def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_file_and_target_it_names_exists(document: str) -> None:
    text = (FOLDER / document).read_text()
    for named in NAMED.findall(text):
        path, _, test = named.partition("::")
        assert test in names_in(FOLDER / path), named
    for path in PATH.findall(text):
        assert (FOLDER / path).is_file(), path
    targets = re.findall(r"^([a-z-]+):", (FOLDER / "Makefile").read_text(), re.MULTILINE)
    assert set(TARGET.findall(text)) <= set(targets)


def test_each_requirement_stands_there_once_and_what_is_met_is_shown() -> None:
    rows = [row.groupdict() for row in ROW.finditer((FOLDER / DOCUMENTS[0]).read_text())]
    assert len({row["number"] for row in rows}) == len(rows) == 217
    for row in rows:
        assert row["answer"] != "met" or row["shown"].startswith("`"), row


def test_the_sums_are_right() -> None:
    text = (FOLDER / DOCUMENTS[0]).read_text()
    found = Counter(row["answer"] for row in ROW.finditer(text))
    found["n/a"] += OTHER_CHAPTERS
    assert {row["answer"]: int(row["sum"]) for row in SUM.finditer(text)} == dict(found)
