"""What visitors met: read from the journal that they write."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import p95


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request; `at` is when it was sent, in seconds since 1970."""

    at: float
    name: str
    ms: float
    error: str

    @property
    def answered_at(self) -> float:
        return self.at + self.ms / 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    asked: list[Asked]
    written: set[str]

    @classmethod
    def read(cls, path: Path) -> "Journal":
        """The last line may be cut off where locust was ended."""
        lines = path.read_text().splitlines()
        said: list[dict[str, Any]] = [json.loads(line) for line in lines if line.endswith("}")]
        return cls(
            asked=[Asked(**one) for one in said if "name" in one],
            written={one["written"] for one in said if "written" in one},
        )

    def failed(self) -> list[Asked]:
        return [one for one in self.asked if one.error]

    def since(self, moment: float) -> list[Asked]:
        return [one for one in self.asked if one.at >= moment]


def slow(asked: Iterable[Asked]) -> float:
    """The 95th percentile of how long they took, in milliseconds."""
    return p95([one.ms for one in asked])


def by_name(asked: Iterable[Asked]) -> dict[str, list[Asked]]:
    found: dict[str, list[Asked]] = {}
    for one in sorted(asked, key=lambda one: one.name):
        found.setdefault(one.name, []).append(one)
    return {name: some for name, some in found.items() if len(some) > 1}
