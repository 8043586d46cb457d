"""Who wants to know what, and how they are told: rules, the series they watch, events, channels, deliveries.

Prices are integer minor units of their series' currency, thresholds of the alert's; NULL is unknown. A day is
a UTC date.
"""

import uuid
from datetime import time
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from alerts.constraints import about, needs
from catalog.models import CardSet, Game, Printing
from pricing.models import CONDITIONS, PriceCorrection, PriceSeries, SavedSearch, Source

LONGEST_WINDOW = 90  # days, of a change in percent and of a gap
LONGEST_LOOK_BACK = 3650  # days; stands for "ever"
MOST_PERCENT = Decimal(1000)
MOST_MARGIN = Decimal(90)


class Channel(models.Model):
    """One way to reach a person besides the inbox."""

    class Kind(models.TextChoices):
        EMAIL = "email", "E-mail"
        PUSH = "push", "Push to a browser"
        WEBHOOK = "webhook", "Webhook"
        DISCORD = "discord", "Discord"
        SLACK = "slack", "Slack"
        NTFY = "ntfy", "ntfy"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="channels")
    kind = models.CharField(max_length=7, choices=Kind)
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=2000, help_text="An e-mail address, or the URL that is called.")
    sealed = models.TextField(blank=True, help_text="Its secrets as JSON, encrypted (accounts.vault).")
    is_on = models.BooleanField(default=True)
    off_reason = models.CharField(max_length=200, blank=True, help_text="Why it was switched off by itself.")
    failures = models.PositiveIntegerField(default=0, help_text="Failed attempts in a row.")
    failing_since = models.DateTimeField(null=True, editable=False, help_text="The first of them.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "kind", "address"], name="channel_unique"),
            models.CheckConstraint(
                condition=Q(is_on=False) | Q(off_reason=""), name="channel_off_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Hours(models.Model):
    """When a person wants to be told. Times are of their time zone; equal times mean no quiet hours."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="hours"
    )
    time_zone = models.CharField(max_length=64, default="UTC")
    quiet_from = models.TimeField(default=time(22))
    quiet_until = models.TimeField(default=time(7))
    digest_at = models.TimeField(default=time(8))

    def __str__(self) -> str:
        return f"hours of {self.owner_id}"


class Alert(models.Model):
    """A rule: what has to happen to which prices, how often it counts, and how its owner is told.

    It is about one printing, every printing of a set, every holding of a collection or wish list, or all that
    a saved search of its owner's finds. Which series that means is written down in its watches
    (`alerts.watching`).
    """

    class Kind(models.TextChoices):
        BELOW = "below", "Falls to a price or below"
        ABOVE = "above", "Rises to a price or above"
        FALLS = "falls", "Loses so many percent"
        RISES = "rises", "Gains so many percent"
        LOW = "low", "Reaches a new low"
        HIGH = "high", "Reaches a new high"
        BACK = "back", "Has a price again after a gap"
        FOUND = "found", "Is newly found"

    class Timing(models.TextChoices):
        QUIET = "quiet", "At once, but not in quiet hours"
        URGENT = "urgent", "At once, at any hour"
        DIGEST = "digest", "In the daily digest"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="alerts")
    name = models.CharField(max_length=120, blank=True, help_text="Your own words for it.")
    kind = models.CharField(max_length=5, choices=Kind)
    printing = models.ForeignKey(Printing, models.PROTECT, null=True, blank=True, related_name="alerts")
    condition = models.CharField(max_length=3, blank=True, choices=CONDITIONS)
    grade = models.CharField(max_length=20, blank=True, help_text="Grader and grade, such as PSA 10.")
    card_set = models.ForeignKey(CardSet, models.PROTECT, null=True, blank=True, related_name="alerts")
    # By its name: collections and alerts share a schema, not code.
    collection = models.ForeignKey(
        "collections_app.Collection", models.CASCADE, null=True, blank=True, related_name="alerts"
    )
    search = models.ForeignKey(
        SavedSearch, models.CASCADE, null=True, blank=True, db_index=False, related_name="alerts"
    )
    threshold = models.BigIntegerField(null=True, blank=True)
    percent = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Window, look-back or gap.")
    least = models.BigIntegerField(null=True, blank=True, help_text="Cheaper cards do not count.")
    currency = models.CharField(max_length=3, help_text="Of threshold and least.")
    rearms = models.BooleanField(default=False)
    margin = models.DecimalField(
        max_digits=4,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0), MaxValueValidator(MOST_MARGIN)],
        help_text="How far, in percent, a price has to go back across before the rule counts again.",
    )
    timing = models.CharField(max_length=6, choices=Timing, default=Timing.QUIET)
    channels = models.ManyToManyField(Channel, blank=True, related_name="alerts")
    expires_on = models.DateField(null=True, blank=True, help_text="The last day on which it may fire.")
    is_paused = models.BooleanField(default=False)
    finished_on = models.DateField(null=True, editable=False, help_text="It fired and does not count again.")
    # Why its search finds nothing.
    trouble = models.CharField(max_length=600, blank=True, default="", db_default="", editable=False)
    is_stale = models.BooleanField(default=True, editable=False, help_text="Its watches are to be made anew.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=about("printing") | about("card_set") | about("collection") | about("search"),
                name="alert_about_one_thing",
            ),
            models.CheckConstraint(condition=Q(condition="") | Q(grade=""), name="alert_graded_or_not"),
            models.CheckConstraint(
                condition=needs("below", "above", threshold__gt=0)
                | needs("falls", percent__gt=0, percent__lt=100, days__range=(1, LONGEST_WINDOW))
                | needs("rises", percent__gt=0, percent__lte=MOST_PERCENT, days__range=(1, LONGEST_WINDOW))
                | needs("low", "high", days__range=(1, LONGEST_LOOK_BACK))
                | needs("back", days__range=(1, LONGEST_WINDOW))
                | needs("found", search__isnull=False),
                name="alert_rule_complete",
            ),
            models.CheckConstraint(
                condition=Q(margin__gte=0, margin__lte=MOST_MARGIN), name="alert_margin_sane"
            ),
            models.CheckConstraint(condition=Q(least=None) | Q(least__gt=0), name="alert_least_positive"),
        ]
        indexes = [
            models.Index(fields=["search"], name="alert_search", condition=Q(search__isnull=False)),
            models.Index(fields=["id"], name="alert_stale", condition=Q(is_stale=True)),
            models.Index(
                fields=["expires_on"],
                name="alert_expiring",
                condition=Q(expires_on__isnull=False, finished_on=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"alert {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("alerts:alert", args=[self.pk])


class Watch(models.Model):
    """One series that an alert looks at, and the prices between which nothing can happen to it.

    Levels are in the series' currency, and cautious: at `fire_down` or less, or `fire_up` or more, the rule
    *may* be met, so it is judged exactly (`alerts.rules`). At `floor` or less, at `ceiling` or more, or after
    `sure_until` the levels themselves hold no longer and are set anew. NULL: no such level. So a price that
    stays within costs an alert nothing, however many alerts there are.
    """

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="watches")
    series = models.ForeignKey(PriceSeries, models.CASCADE, db_index=False, related_name="+")
    since = models.DateField(
        help_text="The last day before it counts: what a price was then is where it starts."
    )
    fire_down = models.IntegerField(null=True)
    fire_up = models.IntegerField(null=True)
    floor = models.IntegerField(null=True)
    ceiling = models.IntegerField(null=True)
    wakes_on_return = models.BooleanField(
        default=False, help_text="Judged when its series has a price again."
    )
    sure_until = models.DateField(null=True)
    levelled_on = models.DateField(null=True, help_text="The last day whose price the levels have seen.")
    is_new = models.BooleanField(
        default=False, db_default=False, help_text="A search began to find its card; its next run tells."
    )
    found_on = models.DateField(null=True, help_text="The day of that run.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "alert"], name="watch_unique")]
        indexes = [
            models.Index(
                fields=["series", name], name=f"watch_{name}", condition=Q(**{f"{name}__isnull": False})
            )
            for name in ("fire_down", "fire_up", "floor", "ceiling")
        ] + [
            models.Index(fields=["series"], name="watch_returns", condition=Q(wakes_on_return=True)),
            models.Index(fields=["sure_until"], name="watch_unsure", condition=Q(sure_until__isnull=False)),
            models.Index(fields=["levelled_on"], name="watch_levelled"),
            models.Index(fields=["series"], name="watch_new", condition=Q(is_new=True)),
        ]

    def __str__(self) -> str:
        return f"watch of alert {self.alert_id} on series {self.series_id}"


class AlertEvent(models.Model):
    """A day on which a rule was met by a price change: at most one for an alert, series and day.

    An event is never deleted when its price turns out wrong: it says what it was corrected to, and whether
    the rule would still have been met.
    """

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="events")
    # Repeated from the alert, for the inbox.
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    series = models.ForeignKey(PriceSeries, models.SET_NULL, null=True, related_name="+")
    printing = models.ForeignKey(Printing, models.PROTECT, related_name="+")
    # The rule as it was then: it may be another by now.
    kind = models.CharField(max_length=5, choices=Alert.Kind)
    days = models.PositiveSmallIntegerField(null=True)
    rule = models.CharField(max_length=200, help_text="In words.")
    day = models.DateField()
    price = models.IntegerField()
    before = models.IntegerField(null=True)
    currency = models.CharField(max_length=3, help_text="Of price and before.")
    # What the price was held against: a threshold, the price some days before, the last low or high.
    level = models.BigIntegerField(null=True)
    level_currency = models.CharField(max_length=3, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    corrections = models.PositiveSmallIntegerField(default=0, help_text="How often its price was corrected.")
    corrected_to = models.IntegerField(null=True, help_text="What the price really was; NULL: it had none.")
    is_withdrawn = models.BooleanField(default=False, help_text="At the right price the rule is not met.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["alert", "series", "day"], name="alertevent_unique"),
            models.CheckConstraint(condition=Q(price__gt=0), name="alertevent_priced"),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="alertevent_inbox"),
            models.Index(fields=["owner"], name="alertevent_unread", condition=Q(read_at=None)),
            models.Index(fields=["day", "series"], name="alertevent_of_day"),
        ]

    def __str__(self) -> str:
        return f"alert {self.alert_id} on {self.day}"


class Delivery(models.Model):
    """The outbox: one message on its way to one channel. Its id is the message's own, in every attempt.

    `edition` 0 tells that the rule was met, n of the n-th correction. Without an event it is a digest of
    others, or a test.
    """

    class Kind(models.TextChoices):
        EVENT = "event", "Event"
        DIGEST = "digest", "Daily digest"
        TEST = "test", "Test"

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting to be sent"
        HELD = "held", "Waiting for the daily digest"
        FOLDED = "folded", "Part of a daily digest"
        SENT = "sent", "Sent"
        DROPPED = "dropped", "Not sent: the channel was switched off"
        DEAD = "dead", "Given up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.EVENT)
    event = models.ForeignKey(AlertEvent, models.CASCADE, null=True, related_name="deliveries")
    edition = models.PositiveSmallIntegerField(default=0)
    digest = models.ForeignKey("self", models.CASCADE, null=True, related_name="parts")
    status = models.CharField(max_length=7, choices=Status, default=Status.PENDING)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, help_text="A worker is at it until then.")
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["event", "channel", "edition"], name="delivery_unique"),
            models.CheckConstraint(
                condition=Q(kind="event", event__isnull=False) | (~Q(kind="event") & Q(event=None)),
                name="delivery_of_an_event_or_not",
            ),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False) | (~Q(status="sent") & Q(sent_at=None)),
                name="delivery_sent_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="folded") | Q(digest__isnull=False), name="delivery_folded_into_one"
            ),
        ]
        indexes = [
            models.Index(
                fields=["attempts", "due_at", "created_at", "edition"],
                name="delivery_due",
                condition=Q(status="pending"),
            ),
            models.Index(fields=["channel", "due_at"], name="delivery_held", condition=Q(status="held")),
            models.Index(fields=["status", "-created_at"], name="delivery_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Attempt(models.Model):
    """One try to send a delivery, and what the other side answered."""

    class Outcome(models.TextChoices):
        SENT = "sent", "Sent"
        LATER = "later", "Failed, to be tried again"
        REFUSED = "refused", "Refused for good"

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="log")
    at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    outcome = models.CharField(max_length=7, choices=Outcome)
    code = models.PositiveSmallIntegerField(null=True, help_text="HTTP or SMTP status.")
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class Progress(models.Model):
    """How far the prices of one game at one source are evaluated. Whoever evaluates holds its row."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="+")
    game = models.ForeignKey(Game, models.CASCADE, related_name="+")
    judged_run = models.BigIntegerField(default=0, help_text="Rules were judged up to this run,")
    levelled_run = models.BigIntegerField(default=0, help_text="and levels set up to this one.")
    newest_series = models.BigIntegerField(default=0, help_text="Alerts know the series up to this one.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "game"], name="progress_unique")]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.game_id} up to {self.judged_run}"


class HeardCorrection(models.Model):
    """A correction of a price whose consequences for alerts are drawn."""

    correction = models.OneToOneField(PriceCorrection, models.CASCADE, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return f"correction {self.correction_id}"


class RateBand(models.Model):
    """The exchange rate that the levels of thresholds in another currency were set at.

    They hold while the rate stays near it (`alerts.levels.BAND`); then all of that pair are set anew.
    """

    currency = models.CharField(max_length=3, help_text="Of the threshold.")
    series_currency = models.CharField(max_length=3)
    factor = models.DecimalField(max_digits=24, decimal_places=12, help_text="Series minor units for one.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["currency", "series_currency"], name="rateband_unique")
        ]

    def __str__(self) -> str:
        return f"{self.currency} in {self.series_currency}"
