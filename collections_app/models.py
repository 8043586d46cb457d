"""What people own and wish for: collections of lots, their sales, what they were worth on each day, imports.

Amounts are integer minor units of the currency beside them; NULL is unknown. A day is a UTC date. A lot is
some copies of one printing that were acquired together; what is known of a past day follows from the lots as
they are now, so whoever changes a lot also asks for its collection's history anew (`stale_from`).
"""

import secrets
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import FileSystemStorage
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from catalog.models import Game, Printing
from pricing.models import CONDITIONS, PriceSeries

RAW_CONDITIONS = [choice for choice in CONDITIONS if choice[0]]
GRADERS = ["PSA", "BGS", "CGC", "SGC", "TAG", "ACE", "AGS", "GMA", "HGA"]
LANGUAGES = [
    ("en", "English"),
    ("ja", "Japanese"),
    ("de", "German"),
    ("fr", "French"),
    ("it", "Italian"),
    ("es", "Spanish"),
    ("pt", "Portuguese"),
    ("ko", "Korean"),
    ("zh-CN", "Chinese, simplified"),
    ("zh-TW", "Chinese, traditional"),
    ("ru", "Russian"),
    ("nl", "Dutch"),
    ("pl", "Polish"),
    ("cs", "Czech"),
    ("hu", "Hungarian"),
    ("id", "Indonesian"),
    ("th", "Thai"),
    ("la", "Latin"),
    ("grc", "Ancient Greek"),
    ("ar", "Arabic"),
    ("he", "Hebrew"),
    ("sa", "Sanskrit"),
    ("qya", "Phyrexian"),
]
MOST_COPIES = 1_000_000  # in one lot
LARGEST_AMOUNT = 10**12  # minor units: ten billion dollars for one card
currency_code = RegexValidator(r"^[A-Z]{3}\Z", "Three capital letters, such as USD.")


def new_token() -> str:
    return secrets.token_urlsafe(16)


def private_files() -> FileSystemStorage:
    """Photos and uploads: never under a public address; a view that knows the owner hands them out."""
    return FileSystemStorage(location=settings.MEDIA_ROOT / "private", base_url=None)


class Collection(models.Model):
    """A binder, a box, a wish list: what one person keeps together."""

    class Kind(models.TextChoices):
        OWNED = "owned", "Owned"
        WISH = "wish", "Wish list"

    class Visibility(models.TextChoices):
        PRIVATE = "private", "Private: only you"
        UNLISTED = "unlisted", "Unlisted: whoever has the link"
        PUBLIC = "public", "Public: listed for everyone"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="collections")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.OWNED)
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.PRIVATE)
    token = models.CharField(max_length=24, unique=True, default=new_token, editable=False)
    shows_cost = models.BooleanField(default=False, help_text="Visitors see what you paid and gained.")
    created_at = models.DateTimeField(auto_now_add=True)
    stale_from = models.DateField(
        null=True, editable=False, help_text="Snapshots from this day on are being made anew."
    )

    class Meta:
        ordering = ["kind", Lower("name")]
        constraints = [
            models.UniqueConstraint("owner", Lower("name"), name="collection_name_of_owner_unique"),
            models.CheckConstraint(condition=~Q(name=""), name="collection_named"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("collections:collection", args=[self.pk])


class Multiplier(models.Model):
    """What a condition or grade is worth in percent of the market price, where no source prices it itself.

    A row for a game counts before one for all games, one for a grader (PSA 10) before one for the grade (10).
    """

    game = models.ForeignKey(Game, models.CASCADE, null=True, blank=True, related_name="+")
    condition = models.CharField(max_length=3, blank=True, choices=RAW_CONDITIONS)
    grade = models.CharField(max_length=20, blank=True, help_text="10 for any grader, or PSA 10.")
    percent = models.DecimalField(
        max_digits=7, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )

    class Meta:
        ordering = ["game", "condition", "grade"]
        constraints = [
            models.UniqueConstraint(
                fields=["game", "condition", "grade"], nulls_distinct=False, name="multiplier_unique"
            ),
            models.CheckConstraint(
                condition=Q(condition="", grade__gt="") | Q(condition__gt="", grade=""),
                name="multiplier_condition_or_grade",
            ),
            models.CheckConstraint(condition=Q(percent__gt=0), name="multiplier_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.condition or self.grade}: {self.percent} %"


class ColumnMapping(models.Model):
    """Which columns of a file mean what: remembered for the next file with the same header."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="column_mappings")
    header = models.CharField(max_length=64, help_text="SHA-256 of the column names.")
    columns = models.JSONField(help_text="Our field to the file's column.")
    game = models.ForeignKey(Game, models.CASCADE, null=True, related_name="+")
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "header"], name="columnmapping_unique")]

    def __str__(self) -> str:
        return f"mapping {self.pk}"


class ImportBatch(models.Model):
    """One uploaded file on its way into a collection."""

    class Status(models.TextChoices):
        UNMAPPED = "unmapped", "Waiting for its columns to be named"
        READING = "reading", "Being read"
        PREVIEW = "preview", "Ready to look at"
        IMPORTING = "importing", "Being imported"
        DONE = "done", "Imported"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"
        FAILED = "failed", "Could not be read"

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="imports")
    file = models.FileField(upload_to="imports", storage=private_files, max_length=200)
    filename = models.CharField(max_length=200, help_text="As it was called where it came from.")
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of its bytes: the same file is noticed.")
    format = models.SlugField(max_length=30, blank=True)
    header = ArrayField(models.TextField(), default=list)
    columns = models.JSONField(default=dict, help_text="Our field to the file's column, where it was mapped.")
    game = models.ForeignKey(Game, models.PROTECT, null=True, related_name="+")
    currency = models.CharField(max_length=3, blank=True, help_text="Of prices that name none.")
    encoding = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.READING)
    error = models.TextField(blank=True)
    total = models.PositiveIntegerField(default=0, help_text="Rows of the file.")
    progress = models.PositiveIntegerField(default=0, help_text="Rows that the present step has behind it.")
    created_at = models.DateTimeField(auto_now_add=True)
    imported_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["collection", "digest"], name="importbatch_same_file")]

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("collections:import", args=[self.pk])


class Lot(models.Model):
    """Some copies of one printing, acquired together.

    `quantity` is what is held, `disposed` what was sold or given away since; a lot of which nothing is left
    stays, for its sales belong to it. `series` is the price that values it now, taken `percent`; both are
    written by `collections_app.repricing` alone.
    """

    class Basis(models.TextChoices):
        OWN = "own", "The source's price of exactly this"
        MULTIPLIER = "multiplier", "Market price times our multiplier"
        LANGUAGE = "language", "Price of another language"
        NONE = "none", "No price known"

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="lots")
    printing = models.ForeignKey(Printing, models.PROTECT, related_name="lots")
    condition = models.CharField(max_length=3, blank=True, choices=RAW_CONDITIONS, default="NM")
    grader = models.CharField(max_length=12, blank=True)
    grade = models.CharField(max_length=7, blank=True)
    language = models.CharField(max_length=5, choices=LANGUAGES)
    quantity = models.PositiveIntegerField()
    disposed = models.PositiveIntegerField(default=0)
    unit_cost = models.BigIntegerField(null=True, help_text="Paid for one copy; NULL is unknown, 0 a gift.")
    currency = models.CharField(max_length=3, validators=[currency_code])
    acquired_on = models.DateField()
    notes = models.TextField(blank=True, max_length=2000)
    photo = models.ImageField(upload_to="photos", storage=private_files, blank=True, max_length=200)
    batch = models.ForeignKey(ImportBatch, models.SET_NULL, null=True, related_name="lots")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    series = models.ForeignKey(PriceSeries, models.SET_NULL, null=True, editable=False, related_name="lots")
    percent = models.DecimalField(max_digits=7, decimal_places=2, default=Decimal(100), editable=False)
    basis = models.CharField(max_length=10, choices=Basis, default=Basis.NONE, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=0, disposed__gte=0)
                & (Q(quantity__gt=0) | Q(disposed__gt=0))
                & Q(quantity__lte=MOST_COPIES, disposed__lte=MOST_COPIES),
                name="lot_has_copies",
            ),
            models.CheckConstraint(
                condition=Q(unit_cost=None) | Q(unit_cost__gte=0, unit_cost__lte=LARGEST_AMOUNT),
                name="lot_cost_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(condition__gt="", grader="", grade="")
                | Q(condition="", grader__gt="", grade__gt=""),
                name="lot_raw_or_graded",
            ),
            # A series that is deleted leaves a lot behind that only looks priced until it is repriced.
            models.CheckConstraint(condition=Q(series=None) | ~Q(basis="none"), name="lot_priced_somehow"),
        ]
        indexes = [
            models.Index(fields=["collection", "id"], name="lot_in_collection"),
            models.Index(fields=["printing", "collection"], name="lot_of_printing"),
        ]

    def __str__(self) -> str:
        return f"lot {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("collections:lot", args=[self.pk])


class Sale(models.Model):
    """Copies that left a collection together. Without a price they were given away or lost."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="sales")
    sold_on = models.DateField()
    unit_price = models.BigIntegerField(null=True, help_text="Received for one copy, before fees.")
    fees = models.BigIntegerField(default=0, help_text="Of the whole sale: commission, postage.")
    currency = models.CharField(max_length=3, validators=[currency_code])
    notes = models.TextField(blank=True, max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-sold_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit_price=None) | Q(unit_price__gte=0, unit_price__lte=LARGEST_AMOUNT),
                name="sale_price_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(fees__gte=0, fees__lte=LARGEST_AMOUNT), name="sale_fees_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["collection", "sold_on"], name="sale_in_collection")]

    def __str__(self) -> str:
        return f"sale {self.pk}"


class Disposal(models.Model):
    """What a sale took of one lot."""

    sale = models.ForeignKey(Sale, models.CASCADE, related_name="disposals")
    lot = models.ForeignKey(Lot, models.CASCADE, related_name="disposals")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sale", "lot"], name="disposal_unique"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="disposal_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of lot {self.lot_id}"


class ValueSnapshot(models.Model):
    """What a collection was worth at the end of a day, in its owner's currency.

    `added` and `removed` are the market values of what came and went on the day; with them the return
    without deposits is `value - added + removed` over the value of the day before. `recorded` is the value
    as the nightly run first wrote it: the difference to `value` is what was corrected since.
    """

    pk = models.CompositePrimaryKey("collection_id", "day")
    collection = models.ForeignKey(Collection, models.CASCADE, db_index=False, related_name="snapshots")
    day = models.DateField()
    currency = models.CharField(max_length=3)
    quantity = models.IntegerField(help_text="Copies held.")
    missing = models.IntegerField(help_text="Copies of which no price was known.")
    value = models.BigIntegerField(help_text="Of all copies with a price, fresh or stale.")
    stale = models.BigIntegerField(help_text="The part of the value that rests on stale prices.")
    cost = models.BigIntegerField(help_text="Of all copies whose cost is known, at the rates of their days.")
    costless = models.IntegerField(help_text="Copies whose cost is unknown.")
    added = models.BigIntegerField()
    removed = models.BigIntegerField()
    realised = models.BigIntegerField(help_text="Gain of all sales up to the day.")
    recorded = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.collection_id} on {self.day}"


class ImportRow(models.Model):
    """One row of an uploaded file: once imported a lot, or in the tray, or put aside there."""

    class Verdict(models.TextChoices):
        EXACT = "exact", "Matched"
        AMBIGUOUS = "ambiguous", "Ambiguous"
        UNMATCHED = "unmatched", "Not found"
        UNREADABLE = "unreadable", "Not readable"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(help_text="In the file, the header is 1.")
    raw = models.JSONField(help_text="The row as it stood in the file.")
    entry = models.JSONField(null=True, help_text="What was understood of it.")
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.TextField(blank=True)
    printing = models.ForeignKey(Printing, models.SET_NULL, null=True, related_name="+")
    candidates = ArrayField(models.IntegerField(), default=list)
    lot = models.OneToOneField(Lot, models.SET_NULL, null=True, related_name="row")
    is_dismissed = models.BooleanField(default=False, help_text="Its owner decided against it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "line"], name="importrow_unique"),
            models.CheckConstraint(
                condition=~Q(is_dismissed=True) | Q(lot=None), name="importrow_lot_or_not"
            ),
        ]
        indexes = [models.Index(fields=["batch", "verdict", "line"], name="importrow_by_verdict")]

    def __str__(self) -> str:
        return f"line {self.line}"


class Report(models.Model):
    """A statement of value as it was printed: what is verified is what was said then."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="reports")
    code = models.CharField(max_length=24, unique=True, default=new_token, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)
    currency = models.CharField(max_length=3)
    quantity = models.PositiveIntegerField()
    value = models.BigIntegerField()
    missing = models.PositiveIntegerField(help_text="Copies without a known price, not in the value.")
    content = models.JSONField(help_text="Every line as printed.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"report {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("collections:report", args=[self.code])
