"""The files a collection can be taken away in."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.text import slugify

from collections_app.exports import apps, holdings, own
from collections_app.exports.holdings import HELD, MAGIC, RAW
from collections_app.models import Collection, Lot

CSV = "text/csv; charset=utf-8"
NO_GRADES = "It has no grades: graded copies are left out."


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """`note` says in a sentence or two what the file cannot say; `holds` are the lots that are in it."""

    slug: str
    label: str
    note: str
    lines: Callable[[Collection, Iterable[Any]], Iterator[str]]
    holds: Q = field(default_factory=lambda: HELD & RAW)
    media_type: str = CSV
    extension: str = "csv"

    def write(self, collection: Collection) -> Iterator[str]:
        """The file, piece by piece; a fixed number of statements however many lots there are."""
        return self.lines(collection, holdings.read([collection.pk], only=self.holds))

    def filename(self, collection: Collection) -> str:
        """Plain letters only, whatever the collection is called."""
        name = slugify(collection.name)[:50] or "collection"
        return f"{name}-{self.slug}-{datetime.now(UTC).date()}.{self.extension}"


ALL = (
    Export(
        slug="csv",
        label="Our CSV",
        note="Everything you entered, closed lots and sales too, for any spreadsheet. Importing it here "
        "brings it all back. Photos are in the download of your account.",
        lines=own.csv,
        holds=Q(),
    ),
    Export(
        slug="json",
        label="Our JSON",
        note="The same for programs, and for restoring the collection with its name and settings.",
        lines=own.as_json,
        holds=Q(),
        media_type="application/json",
        extension="json",
    ),
    Export(
        slug="tcgplayer",
        label="TCGplayer app",
        note=f"With the product numbers of TCGplayer, without costs, days and notes. {NO_GRADES}",
        lines=apps.tcgplayer,
    ),
    Export(
        slug="collectr",
        label="Collectr",
        note="Costs are in your currency, at the rates of the days you acquired the cards; a cost of 0 "
        "cannot be told from an unknown one there.",
        lines=apps.collectr,
        holds=HELD,
    ),
    Export(
        slug="manabox",
        label="ManaBox",
        note=f"Magic only, without days and notes. {NO_GRADES}",
        lines=apps.manabox,
        holds=HELD & RAW & MAGIC,
    ),
    Export(
        slug="moxfield",
        label="Moxfield",
        note="Magic only, without days and notes; costs are in your currency, at the rates of the days you "
        f"acquired the cards. {NO_GRADES}",
        lines=apps.moxfield,
        holds=HELD & RAW & MAGIC,
    ),
)
FORMATS: Mapping[str, Export] = {export.slug: export for export in ALL}


def counts(collection: Collection) -> dict[str, int]:
    """How many lots each format holds, by its slug; one statement."""
    numbers = {slug: Count("pk", filter=export.holds or None) for slug, export in FORMATS.items()}
    return Lot.objects.filter(collection=collection).aggregate(**numbers)
