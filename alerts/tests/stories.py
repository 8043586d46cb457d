"""Days in the life of a market, told at random: moves, gaps, silence, second looks and corrections."""

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Final

from accounts.models import User
from alerts import editing, evaluation
from alerts.editing import Facts
from alerts.models import Alert, AlertEvent
from alerts.subjects import rule_of
from alerts.tests import reference
from integrations.errors import MarketError
from pricing import corrections, queries, vectors
from pricing.models import PriceChange, PriceDay, PriceSeries
from pricing.steps import number
from pricing.tests.market import Shop, later

CARDS: Final = ("1", "2", "3")
FILLER: Final = "0"  # always listed: a file that lost half of its rows would be held
STEPS: Final = [0] * 5 + [-1, 1, -4, 4, -12, 12, -30, 30]
KINDS: Final = ("below", "above", "falls", "rises", "low", "high", "back")


@dataclass(kw_only=True)
class Story:
    """`shop` lives through `length` days; alerts come and go meanwhile."""

    shop: Shop
    owner: User
    staff: User
    seed: int
    length: int = 45
    today: int = 0
    prices: dict[str, int] = field(default_factory=dict)
    alerts: dict[int, tuple[str, int]] = field(default_factory=dict)  # card and the day it starts with

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.prices = {card: self.chance.randint(70, 130) for card in CARDS}

    def live(self) -> None:
        self._say()
        self._evaluate()
        while self.today < self.length:
            for _ in range(self.chance.choice([0, 0, 1, 2])):
                self._add_alert()
            self._next_day()
        self._evaluate()

    def _next_day(self) -> None:
        self.today += self.chance.choice([1, 1, 1, 1, 2, 4])
        for card in CARDS:
            step = self.chance.choice(STEPS)
            self.prices[card] = min(400, max(40, self.prices[card] + step))
        self._say()
        self._sometimes()

    def _sometimes(self) -> None:
        if self.chance.random() < 0.2:
            self._old_news()
        if self.chance.random() < 0.7:
            self._evaluate()
        if self.chance.random() < 0.25:
            self._second_look()
        if self.chance.random() < 0.25:
            self._correct()
        if self.chance.random() < 0.5:
            self._evaluate()

    def _say(self) -> None:
        """Each card has a price, is listed without one, or is not listed at all."""
        said: dict[str, int | None] = {FILLER: 100}
        for card in CARDS:
            if (luck := self.chance.random()) > 0.15 or not self.today:
                said[card] = self.prices[card]
            elif luck > 0.07:
                said[card] = None
        self.shop.says(said, day=later(self.today), replay=True)

    def _second_look(self) -> None:
        """The source speaks again of the same day."""
        card = self.chance.choice(CARDS)
        self.prices[card] = min(400, max(40, self.prices[card] + self.chance.choice(STEPS)))
        self._say()

    def _old_news(self) -> None:
        """A day that comes too late is refused, so it fires nothing."""
        try:
            self.shop.says({FILLER: 100, "1": 1}, day=later(self.today - 1), replay=True)
        except MarketError:
            return
        raise AssertionError("an older day was recorded")

    def _correct(self) -> None:
        series = self.chance.choice([self.shop.series(card) for card in CARDS])
        days = PriceChange.objects.filter(series_id=series.pk).values_list("day", flat=True)
        day = self.chance.choice(sorted(days)[-6:])
        market = self.chance.choice([None, self.chance.randint(40, 200), self.chance.randint(40, 200)])
        try:
            corrections.correct(series, day=day, market=market, by=self.staff)
        except corrections.CannotCorrectError:
            return

    def _evaluate(self) -> None:
        evaluation.catch_up()
        assert evaluation.catch_up() == evaluation.Evaluated(runs=0, corrections=0, events=0)

    def _add_alert(self) -> None:
        card, kind = self.chance.choice(CARDS), self.chance.choice(KINDS)
        static, change = kind in {"below", "above"}, kind in {"falls", "rises"}
        facts = Facts(
            kind=kind,
            currency="USD",
            printing_id=self.shop.series(card).printing_id,
            threshold=self.chance.randint(60, 150) if static else None,
            percent=self.chance.choice([5, 10, 25]) if change else None,  # type: ignore[arg-type]
            days=None if static else self.chance.choice([1, 2, 3, 7, 10]),
            rearms=self.chance.random() < 0.7,
            margin=self.chance.choice([0, 0, 5]),  # type: ignore[arg-type]
            channel_ids=(),
        )
        alert = editing.create(self.owner, facts)
        self.alerts[alert.pk] = (card, self.today)

    def told(self) -> dict[int, list[date]]:
        """The days of each alert's events that stand."""
        found: dict[int, list[date]] = {pk: [] for pk in self.alerts}
        standing = AlertEvent.objects.filter(is_withdrawn=False).order_by("day")
        for alert, day in standing.values_list("alert_id", "day"):
            found[alert].append(day)
        return found

    def expected(self) -> dict[int, list[date]]:
        """The same as the slow reference says, of the prices as they are now known to have been."""
        return {pk: self._expected(pk, card=card, since=since) for pk, (card, since) in self.alerts.items()}

    def _expected(self, alert: int, *, card: str, since: int) -> list[date]:
        rule = rule_of(Alert.objects.get(pk=alert))
        days = reference.fires(
            rule,
            self._path(self.shop.series(card)),
            since=number(later(since)),
            until=number(later(self.today)),
            listed=self._listed(self.shop.series(card)),
        )
        return [later(day - number(later(0))) for day in days]

    def _path(self, series: PriceSeries) -> dict[int, int]:
        found: dict[int, int] = {}
        points = queries.history([series.pk], since=None)[series.pk]
        for point, following in zip(points, [*points[1:], None], strict=True):
            until = number(following.day) if following else number(later(self.today)) + 1
            if point.market:
                found |= dict.fromkeys(range(number(point.day), until), point.market)
        return found

    def _listed(self, series: PriceSeries) -> frozenset[int]:
        """The days on which it was listed with a price; of a silent day what was said before stands."""
        found: set[int] = set()
        was_listed = False
        recorded = {
            number(day): bool((keys == series.pk).any() and market[keys == series.pk][0] > 0)
            for day, keys, market in vectors.between(
                series.source_id, game_id=series.game_id, since=later(0), until=later(self.today)
            )
        }
        for day in range(number(later(0)), number(later(self.today)) + 1):
            was_listed = recorded.get(day, was_listed)
            if was_listed:
                found.add(day)
        return frozenset(found)


def days_recorded() -> int:
    return PriceDay.objects.count()
