"""What it costs: series, their latest price, their changes, and the runs that brought them.

Prices are integer minor units (cents) of the series' currency; NULL is unknown. A day is a UTC date.
"""

from decimal import Decimal

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Least
from django.db.models.lookups import Exact, GreaterThan

from catalog.models import Game, Printing

CONDITIONS = [("", "Market"), ("NM", "Near Mint"), ("LP", "Lightly Played"), ("MP", "Moderately Played")]
CONDITIONS += [("HP", "Heavily Played"), ("DMG", "Damaged")]


class Source(models.Model):
    """Where prices come from, and what its terms allow us to do with them."""

    slug = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    url = models.URLField(blank=True)
    attribution = models.CharField(max_length=200, blank=True, help_text="Shown wherever its prices are.")
    currency = models.CharField(max_length=3, help_text="Prices in any other currency go to review.")
    keeps_history = models.BooleanField(default=True, help_text="Its terms let us store what it said before.")
    is_blended = models.BooleanField(default=True, help_text="Its terms let us mix it into our own price.")
    origin = models.SlugField(
        max_length=20, blank=True, help_text="The market whose prices it passes on; empty for its own."
    )
    shown_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Its terms let us show what it said for so long; empty for ever."
    )
    is_demo = models.BooleanField(default=False, help_text="Generated prices, labelled as such everywhere.")
    fresh_hours = models.PositiveSmallIntegerField(default=48, help_text="Older prices are shown as stale.")
    rank = models.PositiveSmallIntegerField(default=100, help_text="Of several sources, the lowest is shown.")

    class Meta:
        ordering = ["rank", "slug"]

    def __str__(self) -> str:
        return self.name


class PriceSeries(models.Model):
    """One line in a chart: a printing at one source in one condition or grade, language and currency."""

    printing = models.ForeignKey(Printing, models.PROTECT, related_name="series")
    source = models.ForeignKey(Source, models.PROTECT, related_name="series")
    # Repeated from the card: an ingest reads one game of one source at a time.
    game = models.ForeignKey(Game, models.PROTECT, related_name="+")
    condition = models.CharField(max_length=3, blank=True, choices=CONDITIONS)
    grade = models.CharField(max_length=20, blank=True, help_text="Grader and grade, such as PSA 10.")
    language = models.CharField(max_length=5)
    currency = models.CharField(max_length=3)

    class Meta:
        verbose_name_plural = "price series"
        constraints = [
            models.UniqueConstraint(
                fields=["printing", "source", "condition", "grade", "language", "currency"],
                name="priceseries_unique",
            ),
            models.CheckConstraint(condition=Q(condition="") | Q(grade=""), name="priceseries_graded_or_not"),
        ]
        indexes = [models.Index(fields=["source", "game"], name="priceseries_shelf")]

    def __str__(self) -> str:
        return f"series {self.pk}"


class LatestPrice(models.Model):
    """The newest price of a series. No amount is indexed, so that updates stay in their page (HOT)."""

    series = models.OneToOneField(PriceSeries, models.PROTECT, primary_key=True, related_name="latest")
    # Repeated from the series: an ingest reads the prices of one game at one source without a join.
    source = models.ForeignKey(Source, models.PROTECT, db_index=False, related_name="+")
    game = models.ForeignKey(Game, models.PROTECT, db_index=False, related_name="+")
    market = models.IntegerField(null=True)
    low = models.IntegerField(null=True)
    mid = models.IntegerField(null=True)
    high = models.IntegerField(null=True)
    direct_low = models.IntegerField(null=True)
    previous_market = models.IntegerField(null=True)
    changed_on = models.DateField()
    missing_since = models.DateField(null=True, help_text="The first day its source no longer listed it.")

    class Meta:
        constraints = [
            # LEAST passes over unknown amounts; one constraint is checked in a fifth of the time of five.
            models.CheckConstraint(
                condition=GreaterThan(Least("market", "low", "mid", "high", "direct_low"), 0),
                name="latestprice_positive",
            )
        ]
        indexes = [models.Index(fields=["source", "game"], name="latestprice_shelf")]

    def __str__(self) -> str:
        return f"latest of {self.series_id}"


class PriceChange(models.Model):
    """A day on which a series changed. Days without a change have no row.

    The primary key covers market, low, mid and previous_market (see the migration), so a chart reads
    the index alone. `series` has no foreign key in the database: checking one per row would cost more
    than writing the day, and only this app's verbs write here, with ids they hold.
    """

    pk = models.CompositePrimaryKey("series_id", "day")
    series = models.ForeignKey(
        PriceSeries, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    day = models.DateField()
    market = models.IntegerField(null=True)
    low = models.IntegerField(null=True)
    mid = models.IntegerField(null=True)
    previous_market = models.IntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.series_id} on {self.day}"


class PriceHistory(models.Model):
    """All changes of a series up to and with the day `through`, packed (pricing.packing)."""

    series = models.OneToOneField(
        PriceSeries, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    through = models.DateField()
    data = models.BinaryField()

    class Meta:
        verbose_name_plural = "price histories"

    def __str__(self) -> str:
        return f"history of {self.series_id}"


class PriceDay(models.Model):
    """Every market price of one game at one source on one day, as two packed arrays (pricing.packing)."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    game = models.ForeignKey(Game, models.PROTECT, related_name="+")
    day = models.DateField()
    size = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "game", "day"], name="priceday_unique")]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.game_id} on {self.day}"


class IngestRun(models.Model):
    """One attempt to bring one game's prices of one day from one source."""

    class Status(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        CORRECTED = "corrected", "Corrected the same day"
        UNCHANGED = "unchanged", "Already recorded"
        HELD = "held", "Held for review"
        FAILED = "failed", "Failed"

    source = models.ForeignKey(Source, models.PROTECT, related_name="runs")
    adapter = models.SlugField(max_length=20)
    game = models.ForeignKey(Game, models.PROTECT, related_name="runs")
    day = models.DateField(null=True, help_text="The UTC day the prices are of.")
    status = models.CharField(max_length=9, choices=Status, default=Status.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    progress = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    products = models.PositiveIntegerField(default=0, help_text="Products the source listed.")
    rows = models.PositiveIntegerField(default=0, help_text="Price rows the source listed.")
    new_series = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0, help_text="Price rows written.")
    reviewed = models.PositiveIntegerField(default=0, help_text="Rows put aside for review.")
    unmatched = models.PositiveIntegerField(default=0, help_text="Price rows of products it does not list.")
    unmatched_ids = models.JSONField(default=list, help_text="The first hundred of them.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "game", "day"], condition=Q(status="done"), name="ingestrun_one_done_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | Q(day__isnull=False, finished_at__isnull=False),
                name="ingestrun_done_has_day",
            ),
        ]
        indexes = [
            BrinIndex(fields=["started_at"], name="ingestrun_started"),
            models.Index(fields=["source", "finished_at"], name="ingestrun_heard"),
        ]

    def __str__(self) -> str:
        return f"{self.adapter} {self.game} {self.day or ''}".strip()


class PriceReview(models.Model):
    """A price that looked wrong. It reaches no page until a person accepts it."""

    class Reason(models.TextChoices):
        NEGATIVE = "negative", "Negative price"
        ABSURD = "absurd", "Absurdly high price"
        CURRENCY = "currency", "Unexpected currency"
        JUMP = "jump", "Moved more than tenfold"
        COLLAPSE = "collapse", "Far fewer rows than the day before"

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"
        FIXED = "fixed", "Fixed: another price recorded"

    run = models.ForeignKey(IngestRun, models.PROTECT, related_name="reviews")
    series = models.ForeignKey(PriceSeries, models.PROTECT, null=True, related_name="reviews")
    day = models.DateField()
    reason = models.CharField(max_length=8, choices=Reason)
    quote = models.JSONField(help_text="What the source said, in minor units.")
    known = models.JSONField(null=True, help_text="What we knew before, in minor units.")
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "reason"], condition=Q(status="open"), name="pricereview_one_open"
            ),
            models.CheckConstraint(
                condition=Q(status="open") | Q(decided_at__isnull=False), name="pricereview_decided"
            ),
        ]
        indexes = [models.Index(fields=["status", "-id"], name="pricereview_queue")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} on {self.day}"


class PriceCorrection(models.Model):
    """A market price that was recorded and told of, and turned out to be another. Stays on record.

    `pricing.corrections` and `pricing.review` write it together with the price itself.
    """

    series = models.ForeignKey(PriceSeries, models.PROTECT, related_name="corrections")
    day = models.DateField(help_text="The day of the change that was corrected.")
    was = models.IntegerField(null=True)
    now = models.IntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    corrected_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    corrected_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=GreaterThan(Least("was", "now"), 0), name="pricecorrection_positive"
            ),
            # Unknown is told apart from every price as 0, which no price can be.
            models.CheckConstraint(
                condition=~Exact(Coalesce("was", 0), Coalesce("now", 0)), name="pricecorrection_differs"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} on {self.day}"


class MissedDay(models.Model):
    """A day a scheduled source said nothing about a game; staff are told once."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="missed_days")
    game = models.ForeignKey(Game, models.PROTECT, related_name="missed_days")
    day = models.DateField()
    noticed_at = models.DateTimeField()
    filled_at = models.DateTimeField(null=True, help_text="When a later sync brought the day after all.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "game", "day"], name="missedday_unique")]

    def __str__(self) -> str:
        return f"{self.source} {self.game} {self.day}"


class Mover(models.Model):
    """A printing that gained or lost much, derived from the day vectors after each ingest."""

    class Direction(models.TextChoices):
        UP = "up", "Gainers"
        DOWN = "down", "Losers"

    source = models.ForeignKey(Source, models.CASCADE, related_name="+")
    game = models.ForeignKey(Game, models.CASCADE, related_name="+")
    series = models.ForeignKey(PriceSeries, models.CASCADE, related_name="+")
    window = models.PositiveSmallIntegerField(help_text="Days looked back.")
    direction = models.CharField(max_length=4, choices=Direction)
    floor = models.IntegerField(help_text="Both prices are at least this much.")
    is_thin = models.BooleanField(help_text="Seldom traded: one sale can move it.")
    day = models.DateField()
    old = models.IntegerField()
    new = models.IntegerField()
    percent = models.DecimalField(max_digits=9, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "game", "window", "direction", "floor", "is_thin", "series"],
                name="mover_unique",
            ),
            models.CheckConstraint(
                condition=Q(old__gt=0, new__gt=0, percent__gt=Decimal(-100)), name="mover_sane"
            ),
        ]
        indexes = [
            models.Index(
                fields=["window", "direction", "floor", "is_thin", "-percent"], name="mover_ranking"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.percent}%"


class Disagreement(models.Model):
    """A printing that two sources price far apart; derived anew after each ingest (pricing.disagreements).

    Staff who looked at one see it no more until it changes: `seen_ratio` is what it was then.
    """

    printing = models.OneToOneField(Printing, models.CASCADE, primary_key=True, related_name="+")
    game = models.ForeignKey(Game, models.CASCADE, db_index=False, related_name="+")
    lowest = models.ForeignKey(PriceSeries, models.CASCADE, db_index=False, related_name="+")
    highest = models.ForeignKey(PriceSeries, models.CASCADE, db_index=False, related_name="+")
    low = models.BigIntegerField(help_text="The lowest price in cents of a euro.")
    high = models.BigIntegerField()
    sources = models.PositiveSmallIntegerField(help_text="How many sources price it.")
    ratio = models.DecimalField(max_digits=12, decimal_places=2, help_text="The highest over the lowest.")
    exposed = models.PositiveIntegerField(help_text="People who hold it or wait for its price.")
    seen_ratio = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    seen_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(low__gt=0, ratio__gte=1, high__gte=models.F("low")), name="disagreement_sane"
            ),
            models.CheckConstraint(
                condition=Q(seen_ratio=None, seen_at=None) | Q(seen_ratio__gt=0, seen_at__isnull=False),
                name="disagreement_seen_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-exposed", "-ratio", "printing"],
                condition=Q(seen_ratio=None),
                name="disagreement_board",
            ),
            models.Index(
                fields=["game", "-exposed", "-ratio", "printing"],
                condition=Q(seen_ratio=None),
                name="disagreement_game_board",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.printing_id}: {self.ratio} times"


class ExchangeRate(models.Model):
    """What one euro cost on a day, as the ECB quoted it, in units of `currency`. Only `pricing.rates` writes.

    Days without a quotation have no row, and the euro has none: it costs 1. A composite key would keep it
    out of the admin.
    """

    currency = models.CharField(max_length=3)
    day = models.DateField()
    per_euro = models.DecimalField(max_digits=18, decimal_places=8)

    class Meta:
        constraints = [
            # It covers the rate, so conversions read the index alone.
            models.UniqueConstraint(
                fields=["currency", "day"], include=["per_euro"], name="exchangerate_unique"
            ),
            models.CheckConstraint(
                condition=Q(per_euro__gt=0) & ~Q(currency="EUR"), name="exchangerate_sane"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} on {self.day}"
