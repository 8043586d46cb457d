"""Makes, changes, pauses and deletes alerts."""

from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from alerts import channels, levelling, watching
from alerts.models import (
    LONGEST_LOOK_BACK,
    LONGEST_WINDOW,
    MOST_MARGIN,
    MOST_PERCENT,
    Alert,
    Channel,
    Watch,
)
from catalog.models import CardSet, Printing
from pricing import saving, worker

MOST_ALERTS: Final = 1_000  # of one person
AT_ONCE: Final = 50  # watches; more are levelled by the worker, and awake until then
CATCH_UP: Final = "alerts.catch_up"
LARGEST: Final = 10**13  # minor units
# What changes nothing about when it fires.
MANNERS: Final = ("name", "timing")
TARGET: Final = ("printing_id", "card_set_id", "collection_id", "search_id", "condition", "grade")
Kind = Alert.Kind


class AlertError(ValueError):
    """What was asked of an alert is impossible; str() says why, `field` of which fact."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a person says of an alert: exactly one of printing, set, collection and saved search, and what
    its kind needs.

    `threshold` and `least` are minor units of `currency`. Without `channel_ids` it uses all channels.
    """

    kind: str
    currency: str
    printing_id: int | None = None
    condition: str = ""
    grade: str = ""
    card_set_id: int | None = None
    collection_id: int | None = None
    search_id: int | None = None
    threshold: int | None = None
    percent: Decimal | None = None
    days: int | None = None
    least: int | None = None
    rearms: bool = False
    margin: Decimal = Decimal(0)
    timing: str = Alert.Timing.QUIET
    expires_on: date | None = None
    name: str = ""
    channel_ids: tuple[int, ...] | None = None


def rule_facts(facts: Facts) -> dict[str, Any]:
    """The columns of an alert."""
    return {name: value for name, value in asdict(facts).items() if name != "channel_ids"}


def facts_of(alert: Alert) -> Facts:
    names = {one.name for one in fields(Facts)} - {"channel_ids"}
    chosen = tuple(sorted(alert.channels.values_list("pk", flat=True)))
    return Facts(**{name: getattr(alert, name) for name in names}, channel_ids=chosen)


@transaction.atomic
def create(owner: User, facts: Facts) -> Alert:
    """Raises AlertError. A rule that is met already waits until the price has been on the other side."""
    watching.share()
    check(owner, facts)
    if Alert.objects.filter(owner=owner).count() >= MOST_ALERTS:
        raise AlertError("kind", f"There are {MOST_ALERTS:,} alerts already; delete one first.")
    alert = Alert.objects.create(owner=owner, **rule_facts(facts))
    alert.channels.set(_channels(owner, facts))
    _begin(alert)
    _refuse_trouble(alert)
    return alert


@transaction.atomic
def edit(alert: Alert, facts: Facts) -> Alert:
    """Raises AlertError. A rule that becomes another starts anew with the prices of now."""
    watching.share()
    known = Alert.objects.select_for_update().get(pk=alert.pk)
    check(alert.owner, facts, known=known)
    changed = {name for name, value in rule_facts(facts).items() if getattr(known, name) != value}
    for name, value in rule_facts(facts).items():
        setattr(known, name, value)
    if starts_anew := bool(changed - set(MANNERS)):
        known.finished_on = None
    known.save()
    known.channels.set(_channels(known.owner, facts))
    if starts_anew:
        _begin(known)
    if changed & set(TARGET):
        _refuse_trouble(known)
    return known


def _refuse_trouble(alert: Alert) -> None:
    """What its search cannot find now is no beginning."""
    alert.refresh_from_db(fields=["trouble"])
    if alert.trouble:
        raise AlertError("search", alert.trouble)


@transaction.atomic
def follow(search_id: int) -> None:
    """Lets the alerts on a saved search that asks for something else begin anew with what it finds now."""
    watching.share()
    for alert in Alert.objects.filter(search=search_id).order_by("pk"):
        _begin(alert)


@transaction.atomic
def pause(alert: Alert) -> None:
    """It sees nothing until it is resumed."""
    watching.share()
    Alert.objects.filter(pk=alert.pk).update(is_paused=True, updated_at=timezone.now())
    watching.choose([alert.pk], today=today())


@transaction.atomic
def resume(alert: Alert) -> None:
    """From now on, also after it was finished or expired: what happened meanwhile is not made up for."""
    watching.share()
    known = Alert.objects.select_for_update().get(pk=alert.pk)
    known.is_paused, known.finished_on = False, None
    if known.expires_on and known.expires_on < today():
        known.expires_on = None
    known.save()
    _begin(known)


@transaction.atomic
def delete(alert: Alert) -> None:
    """With its events and what is still on its way."""
    watching.share()
    alert.delete()


def today() -> date:
    return timezone.now().date()


def _begin(alert: Alert) -> None:
    added = watching.begin_anew(alert, today=today())
    if len(added) > AT_ONCE:
        transaction.on_commit(lambda: worker.ask(CATCH_UP))
        return
    for day in (
        Watch.objects.filter(pk__in=added).order_by("since").values_list("since", flat=True).distinct()
    ):
        same = Watch.objects.filter(pk__in=added, since=day)
        levelling.level(same.values_list("pk", flat=True), day=day)


def _channels(owner: User, facts: Facts) -> list[Channel]:
    if facts.channel_ids is None:
        return channels.default_channels(owner)
    found = list(Channel.objects.filter(owner=owner, pk__in=facts.channel_ids))
    if len(found) != len(set(facts.channel_ids)):
        raise AlertError("channels", "One of these channels is not yours.")
    return found


def check(owner: User, facts: Facts, *, known: Alert | None = None) -> None:
    """Raises AlertError for what no alert can be. What `known` is about, and its last day, may stay."""
    if known is None or any(getattr(known, name) != getattr(facts, name) for name in TARGET):
        _check_target(owner, facts)
    _check_rule(facts)
    if facts.currency not in settings.DISPLAY_CURRENCIES:
        raise AlertError("currency", f"{facts.currency} is not a currency that values are shown in.")
    if facts.least is not None and not 0 < facts.least <= LARGEST:
        raise AlertError("least", "The least price is an amount above zero.")
    if not 0 <= facts.margin <= MOST_MARGIN:
        raise AlertError("margin", f"The margin is between 0 and {MOST_MARGIN} percent.")
    if facts.timing not in Alert.Timing.values:
        raise AlertError("timing", "There is no such timing.")
    kept = known is not None and known.expires_on == facts.expires_on
    if facts.expires_on and facts.expires_on < today() and not kept:
        raise AlertError("expires_on", "This day is over already.")


def _check_target(owner: User, facts: Facts) -> None:
    targets = (facts.printing_id, facts.card_set_id, facts.collection_id, facts.search_id)
    if sum(target is not None for target in targets) != 1:
        raise AlertError("printing", "An alert is about one printing, set, collection or saved search.")
    if facts.printing_id and not _exists(
        Printing.objects.filter(card__card_set__is_published=True), facts.printing_id
    ):
        raise AlertError("printing", "This printing is not in the catalogue.")
    if facts.card_set_id and not _exists(CardSet.objects.filter(is_published=True), facts.card_set_id):
        raise AlertError("card_set", "This set is not in the catalogue.")
    if facts.collection_id and not _exists(owner.collections.all(), facts.collection_id):
        raise AlertError("collection", "This collection is not yours.")
    if facts.search_id and not _exists(saving.of(owner), facts.search_id):
        raise AlertError("search", "This saved search is not yours.")
    if (facts.condition or facts.grade) and not facts.printing_id:
        raise AlertError("condition", "A condition or grade is of one printing only.")
    if facts.condition and facts.grade:
        raise AlertError("grade", "A graded card has no condition.")


def _exists(found: Any, pk: int) -> bool:
    return bool(found.filter(pk=pk).exists())


# Which facts each kind needs, and up to what.
NEEDS: Final[dict[str, dict[str, Any]]] = {
    Kind.BELOW: {"threshold": LARGEST},
    Kind.ABOVE: {"threshold": LARGEST},
    Kind.FALLS: {"percent": Decimal("99.99"), "days": LONGEST_WINDOW},
    Kind.RISES: {"percent": MOST_PERCENT, "days": LONGEST_WINDOW},
    Kind.LOW: {"days": LONGEST_LOOK_BACK},
    Kind.HIGH: {"days": LONGEST_LOOK_BACK},
    Kind.BACK: {"days": LONGEST_WINDOW},
    Kind.FOUND: {},
}
WORDS: Final = {"threshold": "the price", "percent": "the percentage", "days": "the number of days"}


def _check_rule(facts: Facts) -> None:
    if facts.kind not in Kind.values:
        raise AlertError("kind", "There is no such rule.")
    if facts.kind == Kind.FOUND and not facts.search_id:
        raise AlertError("kind", "Only a saved search newly finds cards.")
    needed = NEEDS[Kind(facts.kind)]
    for name, word in WORDS.items():
        value: Any = getattr(facts, name)
        if name not in needed and value is not None:
            raise AlertError(name, f"This rule has no use for {word}.")
        if name in needed and (value is None or not 0 < value <= needed[name]):
            raise AlertError(name, f"Say {word}: above 0 and at most {needed[name]:,}.")


def expire(day: date) -> int:
    """Lets go of what alerts watched whose last day is over; how many alerts."""
    over = Alert.objects.filter(expires_on__lt=day - watching.GRACE, watches__isnull=False).distinct()
    expired = list(over.values_list("pk", flat=True))
    for some in watching.batches(expired):
        watching.choose(some, today=day)
    return len(expired)
