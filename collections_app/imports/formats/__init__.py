"""The apps whose files are understood, and the way to read the file of any other."""

from collections.abc import Mapping, Sequence

from collections_app.imports.formats import albums, magic, own, pricecharting, tcgplayer
from collections_app.imports.formats.layout import Format
from collections_app.imports.formats.mapper import FIELDS, guess_columns, mapped
from collections_app.imports.sheets import column

__all__ = ["FIELDS", "FORMATS", "Format", "guess_columns", "mapped", "recognise"]

KNOWN = (
    own.OWN,
    tcgplayer.APP,
    tcgplayer.SELLER,
    tcgplayer.PULL_SHEET,
    pricecharting.PRICECHARTING,
    *albums.FORMATS,
    *magic.FORMATS,
)
FORMATS: Mapping[str, Format] = {known.slug: known for known in KNOWN}


def recognise(header: Sequence[str]) -> Format | None:
    """The app that writes these columns, in whatever order and with whatever others: the closest one."""
    columns = {column(name) for name in header}
    fitting = [known for known in FORMATS.values() if known.signature <= columns]
    return max(fitting, key=lambda known: len(known.signature), default=None)
