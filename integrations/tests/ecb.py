"""The ECB's files as a test dictates them, and a marketplace that serves them."""

import io
import zipfile
from pathlib import Path

from integrations.tests.marketplace import Marketplace

FOLDER = "/stats/eurofxref/"
DAILY, LAST_90_DAYS = f"{FOLDER}eurofxref-daily.xml", f"{FOLDER}eurofxref-hist-90d.xml"
HISTORY = f"{FOLDER}eurofxref-hist.zip"
# The newest first, a column without a name at the end, as theirs is.
TABLE = """Date,USD,JPY,HRK,GBP,
2026-11-20,1.12,175,N/A,0.84,
2022-12-30,1.0666,140.66,7.5365,0.88693,
2022-12-29,1.0649,142.24,7.5365,,
"""


def archive(table: str = TABLE) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("eurofxref-hist.csv", table)
    return file.getvalue()


def feed(**days: dict[str, str]) -> bytes:
    """`feed(d2026_11_23={"USD": "1.12"})`: the XML of these days."""
    cubes = "".join(
        f"<Cube time='{day[1:].replace('_', '-')}'>{''.join(_cube(*rate) for rate in rates.items())}</Cube>"
        for day, rates in days.items()
    )
    return envelope(cubes)


def envelope(cubes: str) -> bytes:
    names = 'xmlns:g="http://www.gesmes.org/xml/2002-08-01"'
    names += ' xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"'
    return f"<g:Envelope {names}><Cube>{cubes}</Cube></g:Envelope>".encode()


def _cube(currency: str, rate: str) -> str:
    return f"<Cube currency='{currency}' rate='{rate}'/>"


def publish(market: Marketplace, *, folder: Path) -> None:
    """The feeds of the folder, and an archive."""
    market.files[HISTORY] = archive()
    for path in (DAILY, LAST_90_DAYS):
        market.files[path] = (folder / path.removeprefix(FOLDER)).read_bytes()
