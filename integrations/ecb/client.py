"""Asks the European Central Bank for its euro reference rates.

They are published on working days at about 16:00 CET, for information only; whoever shows them names the ECB
(https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates).
"""

from collections.abc import Callable
from typing import Final

from django.conf import settings

from integrations.ecb import parse
from integrations.http import Door, DoorPolicy
from integrations.quotes import Rate

POLICY = DoorPolicy(slug="ecb", min_interval=1.0, deadline=30, max_bytes=8_000_000, daily_quota=100)
FOLDER: Final = "stats/eurofxref"


class Client:
    """One method for each file. Raises MarketError."""

    def __init__(self, door: Door | None = None) -> None:
        self._door = door or Door(POLICY)
        self._base = str(settings.ECB_URL).rstrip("/")

    def daily(self) -> list[Rate]:
        """The newest day; 1 KB."""
        return self._read("eurofxref-daily.xml", parse=parse.feed)

    def last_90_days(self) -> list[Rate]:
        """About 60 working days; 100 KB."""
        return self._read("eurofxref-hist-90d.xml", parse=parse.feed)

    def history(self) -> list[Rate]:
        """Every day since 1999; 650 KB."""
        return self._read("eurofxref-hist.zip", parse=parse.history)

    def _read(self, name: str, *, parse: Callable[[bytes], list[Rate]]) -> list[Rate]:
        found: list[list[Rate]] = []
        self._door.get(f"{self._base}/{FOLDER}/{name}", verify=lambda body: found.append(parse(body)))
        return found[-1]
