"""A back-test as it is shown: in words, with its last days and the chart of its series."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from alerts import drawing, phrases, rules
from alerts.backtest import Trial, TrialDay, TrialFire
from alerts.drawing import Drawn
from alerts.editing import Facts
from catalog.models import Printing
from pricing import formats

DAYS_LISTED: Final = 12
CARDS_LISTED: Final = 5
LATE: Final = timedelta(days=14)  # prices that begin this much later than the year are worth a word
SAID: Final = {1: "once", 2: "twice"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A card on a day; its name is "" where it could be no other."""

    name: str
    url: str
    price: int
    before: int | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FiredDay:
    """`more` cards besides those named."""

    day: date
    fires: tuple[Fired, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The newest days first, `earlier` left out. Warnings say that the rule may not be what was meant."""

    rule: str
    summary: str
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    days: tuple[FiredDay, ...]
    earlier: int
    drawn: Drawn | None
    is_demo: bool


def shown(facts: Facts, trial: Trial) -> Shown:
    drawn = _drawn(facts, trial)
    listed = trial.days[: -DAYS_LISTED - 1 : -1]
    return Shown(
        rule=phrases.rule(facts),
        summary=summary(facts, trial),
        notes=tuple(notes(facts, trial)),
        warnings=tuple(warnings(facts, trial, level=drawn.level if drawn else None)),
        days=_days(listed, named=_printings(listed) if facts.printing_id is None else {}),
        earlier=len(trial.days) - len(listed),
        drawn=drawn,
        is_demo=trial.is_demo,
    )


def _drawn(facts: Facts, trial: Trial) -> Drawn | None:
    if trial.single is None:
        return None
    level, currency = facts.threshold, facts.currency
    days = [one.day for one in trial.days]
    return drawing.of_series(trial.single, until=trial.until, level=level, currency=currency, days=days)


def _printings(days: Iterable[TrialDay]) -> dict[int, Printing]:
    keys = {fire.printing_id for one in days for fire in one.fires[:CARDS_LISTED]}
    return Printing.objects.select_related("card__card_set", "finish").in_bulk(keys)


def _days(days: Iterable[TrialDay], *, named: Mapping[int, Printing]) -> tuple[FiredDay, ...]:
    return tuple(
        FiredDay(
            day=one.day,
            fires=tuple(_fired(fire, named.get(fire.printing_id)) for fire in one.fires[:CARDS_LISTED]),
            more=max(0, len(one.fires) - CARDS_LISTED),
        )
        for one in days
    )


def _fired(fire: TrialFire, printing: Printing | None) -> Fired:
    return Fired(
        name=f"{printing.card.name} ({printing.finish.name})" if printing else "",
        url=printing.card.get_absolute_url() if printing else "",
        price=fire.price,
        before=fire.before,
        currency=fire.currency,
    )


def summary(facts: Facts, trial: Trial) -> str:
    """Such as “Over the last year it would have fired 12 times, about once a month.”."""
    since = trial.known_since
    is_late = since is not None and since > trial.since + LATE
    period = f"Since {formats.day(since)}, when its prices begin," if is_late else "Over the last year"
    if not trial.count:
        return f"{period} it would not have fired."
    times = SAID.get(trial.count, f"{trial.count:,} times")
    many = f" on {len(trial.days):,} days" if facts.printing_id is None and trial.count > 1 else ""
    often = frequency(trial.count, days=(trial.until - (since or trial.since)).days)
    return f"{period} it would have fired {times}{many}{often and f', {often}'}."


def frequency(count: int, *, days: int) -> str:
    """How often that is; "" for what is too seldom to say."""
    if count < 3:
        return ""
    each = days / count
    if each > 45:
        return f"about every {round(each / 30)} months"
    words = ((20, "about once a month"), (10, "about every two weeks"), (5, "about once a week"))
    found = next((said for least, said in words if each >= least), "")
    return found or ("every few days" if each >= 1.5 else f"about {_a_day(count / max(days, 1))} a day")


def _a_day(rate: float) -> str:
    return "once" if rate < 1.5 else f"{round(rate):,} times"


def notes(facts: Facts, trial: Trial) -> Iterator[str]:
    """What is good to know."""
    if trial.count > 1 and not facts.rearms:
        yield (
            "Each card counts once: of these days only its first would have told you."
            if facts.printing_id is None
            else "It counts once: only the first of these days would have told you."
        )
    if facts.search_id:
        yield "Tried on what the search finds now."
    if trial.tried < trial.series:
        yield f"Tried on the {trial.tried:,} dearest of {trial.series:,} prices."
    if trial.met and facts.kind != "back":
        yield _met(facts, trial)


def _met(facts: Facts, trial: Trial) -> str:
    """The rule begins on the far side."""
    here, there = ("below", "above") if facts.kind in rules.UNDER else ("above", "below")
    if facts.printing_id is None:
        return (
            f"{trial.met:,} of {trial.tried:,} prices meet it already: "
            "for each the rule waits until it has been back."
        )
    if facts.threshold:
        return f"The price is {here} already: the rule waits until it has been {there}."
    went = "fallen" if facts.kind in rules.UNDER else "risen"
    return f"The price has {went} that far already: the rule waits until it has been back."


def warnings(facts: Facts, trial: Trial, *, level: int | None) -> Iterator[str]:
    """What makes the rule unlikely to be what was meant."""
    if not trial.series:
        yield "No source has a price for this yet. The rule waits for the first one."
    elif trial.known_since is None:
        yield "There was no price in the last year. The rule waits for the next one."
    if level is None or trial.lowest is None or trial.highest is None:
        return
    lowest, highest = (formats.money(one, trial.currency) for one in (trial.lowest, trial.highest))
    if facts.kind == "below" and level < trial.lowest:
        yield f"The lowest in the year was {lowest}: it never came so far down."
    if facts.kind == "above" and level > trial.highest:
        yield f"The highest in the year was {highest}: it never came so far up."
