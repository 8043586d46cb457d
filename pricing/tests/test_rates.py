"""Conversions are exact, carry the last rate forward and never look ahead; rates are recorded once."""

import zipfile
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from currency_converter import CURRENCY_FILE
from django.conf import settings as site
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from integrations.ecb import packaged
from integrations.errors import MarketError
from integrations.quotes import Rate
from integrations.tests import ecb
from integrations.tests.marketplace import Marketplace
from pricing import rates
from pricing.formats import digits
from pricing.models import ExchangeRate
from pricing.rates import Rates, rounded
from pricing.tests.bank import on
from pricing.tests.market import DAY, later
from pricing.tests.rates import says

MONEY = ("USD", "GBP", "JPY", "ISK", "EUR")

Table = dict[str, dict[date, Decimal]]
days = st.integers(0, 12).map(later)
amounts = st.decimals("0.00000001", "9999999999", places=8)
tables = st.fixed_dictionaries(
    {currency: st.dictionaries(days, amounts, max_size=5) for currency in MONEY if currency != "EUR"}
)
currencies = st.sampled_from(MONEY)


def loaded(table: Table) -> Rates:
    return Rates({currency: sorted(said.items()) for currency, said in table.items()})


def slowly(table: Table, amount: int, source: str, target: str, *, day: date) -> Fraction | None:
    """Day by day back to a rate, through whole units of money and the euro."""
    if source == target:
        return Fraction(amount)
    found = {}
    for currency in (source, target):
        said = {date.min: Decimal(1)} if currency == "EUR" else table[currency]
        known = [one for one in said if one <= day]
        if not known:
            return None
        found[currency] = Fraction(said[max(known)])
    units = Fraction(amount, 10 ** digits(source))
    return units / found[source] * found[target] * Fraction(10) ** digits(target)


@given(table=tables, amount=st.integers(-(2**63), 2**63), source=currencies, target=currencies, day=days)
def test_converting_is_exactly_what_the_slow_way_gives(
    table: Table, amount: int, source: str, target: str, day: date
) -> None:
    expected = slowly(table, amount, source, target, day=day)
    assert loaded(table).convert(amount, source, target, day=day) == expected


@given(table=tables, source=currencies, target=currencies, through=currencies, day=days)
def test_there_and_back_and_through_a_third_currency_nothing_is_lost(
    table: Table, source: str, target: str, through: str, day: date
) -> None:
    known = loaded(table)
    there, back = known.factor(source, target, day=day), known.factor(target, source, day=day)
    first, second = known.factor(source, through, day=day), known.factor(through, target, day=day)
    assert (there is None) == (back is None)
    if there and back:
        assert there * back == 1
    if there and first and second:
        assert first * second == there


@given(table=tables, source=currencies, target=currencies, day=days, news=amounts)
def test_no_rate_of_a_later_day_counts(
    table: Table, source: str, target: str, day: date, news: Decimal
) -> None:
    told = {currency: said | {day + timedelta(days=1): news} for currency, said in table.items()}
    assert loaded(told).factor(source, target, day=day) == loaded(table).factor(source, target, day=day)


@given(st.decimals(-(10**12), 10**12, places=3))
def test_halves_are_rounded_away_from_zero(amount: Decimal) -> None:
    assert rounded(Fraction(amount)) == int(amount.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("amount", "expected"), [("1/2", 1), ("-1/2", -1), ("3/2", 2), ("-5/2", -3), ("1/3", 0)]
)
def test_rounding(amount: str, expected: int) -> None:
    assert rounded(Fraction(amount)) == expected


def test_money_without_minor_units_is_converted_in_whole_units() -> None:
    known = Rates(
        {"USD": [(DAY, Decimal("1.25"))], "JPY": [(DAY, Decimal(175))], "ISK": [(DAY, Decimal(140))]}
    )
    assert known.convert(1000, "USD", "JPY", day=DAY) == 1400  # $10.00 is ¥1,400
    assert known.convert(1400, "JPY", "USD", day=DAY) == 1000
    assert known.convert(175, "JPY", "ISK", day=DAY) == 140
    assert known.convert(100, "EUR", "ISK", day=DAY) == 140


def test_a_day_without_a_rate_has_the_last_one_and_says_from_when_it_is() -> None:
    friday, sunday, monday = date(2026, 11, 20), date(2026, 11, 22), date(2026, 11, 23)
    known = Rates(
        {
            "USD": [(friday, Decimal("1.10")), (monday, Decimal("1.20"))],
            "GBP": [(monday, Decimal("0.80"))],
            "RUB": [(date(2022, 3, 1), Decimal("117.201"))],
        }
    )
    assert (
        known.factor("EUR", "USD", day=friday) == known.factor("EUR", "USD", day=sunday) == Fraction(11, 10)
    )
    assert known.factor("EUR", "USD", day=monday) == Fraction(12, 10)
    assert known.factor("EUR", "USD", day=date(2026, 11, 19)) is None
    assert known.as_of("USD", day=sunday) == known.as_of("USD", "EUR", day=sunday) == friday
    assert known.as_of("USD", "GBP", day=monday) == monday
    assert known.as_of("USD", "RUB", day=monday) == date(2022, 3, 1)
    assert known.as_of("EUR", day=monday) is None
    assert known.as_of("GBP", day=friday) is None


def test_a_currency_that_was_not_loaded_is_no_unknown_rate() -> None:
    with pytest.raises(KeyError, match="GBP"):
        Rates({"USD": [(DAY, Decimal(1))]}).factor("USD", "GBP", day=DAY)


@pytest.mark.django_db
def test_reading_takes_one_statement_and_none_for_a_single_currency(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    says(DAY, USD="1.1", GBP="0.85", JPY="175")
    with django_assert_num_queries(1):
        assert Rates.load(["USD", "EUR"]).factor("EUR", "USD", day=DAY) == Fraction(11, 10)
    with django_assert_num_queries(1):
        known = Rates.load(["USD", "GBP", "JPY", "XXX"], since=DAY)
        assert known.factor("GBP", "USD", day=DAY) == Fraction(110, 85)
        assert known.factor("GBP", "XXX", day=DAY) is None
    with django_assert_num_queries(0):
        for asked in ([], ["EUR"], ["USD", "USD"]):
            assert Rates.load(asked).factor("USD", "USD", day=DAY) == 1


@pytest.mark.django_db
def test_reading_since_a_day_converts_on_every_later_day_as_reading_all_would() -> None:
    for back, per_euro in ((0, "1.10"), (3, "1.20"), (4, "1.30"), (9, "1.40")):
        says(later(back), USD=per_euro)
    says(later(4), GBP="0.80")
    everything = Rates.load(["USD", "GBP", "EUR"], since=date.min)
    for first in range(-2, 12):
        known = Rates.load(["USD", "GBP", "EUR"], since=later(first))
        for day in map(later, range(first, 12)):
            for source, target in (("USD", "EUR"), ("GBP", "USD")):
                expected = everything.factor(source, target, day=day)
                assert known.factor(source, target, day=day) == expected
            assert known.as_of("USD", "GBP", day=day) == everything.as_of("USD", "GBP", day=day)


@pytest.mark.django_db
def test_without_a_day_only_the_newest_rates_are_read() -> None:
    says(DAY, USD="1.10", GBP="0.85")
    says(later(1), USD="1.20")
    known = Rates.load(["USD", "GBP", "EUR"])
    assert known.factor("EUR", "USD", day=later(9)) == Fraction(12, 10)
    assert known.factor("EUR", "GBP", day=later(9)) == Fraction(85, 100)
    assert known.as_of("USD", "GBP", day=later(9)) == DAY
    assert known.factor("EUR", "USD", day=DAY) is None


@pytest.mark.django_db
def test_recording_counts_what_is_new_or_corrected_and_keeps_the_last_of_two() -> None:
    assert says(DAY, USD="1.10", GBP="0.85", EUR="1") == 2
    assert says(DAY, USD="1.10", GBP="0.85") == 0
    assert says(DAY, USD="1.11", GBP="0.85", JPY="175") == 2
    twice = [Rate(currency="USD", day=DAY, per_euro=Decimal(value)) for value in ("1.2", "1.3")]
    assert rates.record(twice) == 1
    assert rates.record([]) == 0
    stored = dict(ExchangeRate.objects.values_list("currency", "per_euro"))
    assert stored == {"USD": Decimal("1.3"), "GBP": Decimal("0.85"), "JPY": Decimal(175)}


@pytest.mark.django_db
@pytest.mark.parametrize(("currency", "per_euro"), [("USD", 0), ("USD", -1), ("EUR", 1)])
def test_the_database_refuses_a_rate_that_cannot_be(currency: str, per_euro: int) -> None:
    with pytest.raises(IntegrityError, match="exchangerate_sane"):
        ExchangeRate.objects.create(currency=currency, day=DAY, per_euro=per_euro)


@pytest.mark.django_db
def test_currencies_are_those_still_quoted_the_usual_ones_first(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    assert rates.currencies() == rates.known_currencies() == ["EUR"]
    assert rates.newest_day() is None
    says(later(-30), HRK="7.5", USD="1")
    says(later(-29), CHF="0.9")
    says(DAY, USD="1.1", AUD="1.6", JPY="175", GBP="0.85")
    with django_assert_num_queries(1):
        assert rates.currencies() == ["USD", "EUR", "GBP", "JPY", "AUD", "CHF"]
    with django_assert_num_queries(1):
        assert rates.known_currencies() == ["USD", "EUR", "GBP", "JPY", "AUD", "CHF", "HRK"]
    assert rates.newest_day() == DAY


@pytest.fixture
def thinned_history(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> set[Rate]:
    """The package's newest thirty days and every fiftieth before them: to write all takes seconds."""
    with zipfile.ZipFile(CURRENCY_FILE) as whole:
        header, *rows = whole.read(whole.namelist()[0]).decode().splitlines()
    archive = tmp_path / "thinned.zip"
    archive.write_bytes(ecb.archive("\n".join([header, *rows[:30], *rows[30::50]])))
    monkeypatch.setattr(packaged, "CURRENCY_FILE", str(archive))
    return set(packaged.history())


@pytest.mark.django_db
def test_the_packaged_history_is_loaded_once_and_quotes_every_currency_we_offer(
    thinned_history: set[Rate], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert rates.load_history() == len(thinned_history) > 4_000
    rows = ExchangeRate.objects.values_list("currency", "day", "per_euro")
    assert {Rate(currency=one, day=day, per_euro=said) for one, day, said in rows} == thinned_history
    assert rates.newest_day() == packaged.newest_day()
    assert rates.currencies() == list(site.DISPLAY_CURRENCIES)
    assert {"HRK", "RUB", "BGN"} <= set(rates.known_currencies()) - set(rates.currencies())
    with django_assert_num_queries(1):
        assert rates.load_history() == 0


@pytest.mark.django_db
def test_without_any_rate_the_history_comes_first_and_then_what_is_new(bank: Marketplace) -> None:
    with on("2026-11-23"):
        assert rates.fetch() == 10 + 4
        assert rates.fetch() == 0
    assert list(bank.hits) == [ecb.DAILY]
    assert Rates.load(["USD", "EUR"]).factor("EUR", "USD", day=date(2026, 11, 23)) == Fraction("1.125")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("newest", "today", "asked"),
    [
        ("2026-11-20", "2026-11-23", ecb.DAILY),  # Friday's, on Monday
        ("2026-11-20", "2026-11-22", ecb.DAILY),  # Friday's, on Sunday
        ("2026-11-20", "2026-11-21", ecb.DAILY),
        ("2026-11-23", "2026-11-23", ecb.DAILY),
        ("2026-11-23", "2026-11-24", ecb.DAILY),
        ("2026-11-20", "2026-11-24", ecb.LAST_90_DAYS),
        ("2026-11-19", "2026-11-23", ecb.LAST_90_DAYS),
        ("2026-08-30", "2026-11-23", ecb.LAST_90_DAYS),
        ("2026-08-29", "2026-11-23", ecb.HISTORY),
    ],
)
def test_the_smallest_file_that_leaves_no_gap_is_asked_for(
    newest: str, today: str, asked: str, bank: Marketplace
) -> None:
    says(date.fromisoformat(newest), USD="1.1")
    says(date(2020, 1, 2), USD="1.1")
    bank.files[ecb.DAILY] = bank.files[ecb.LAST_90_DAYS] = ecb.feed(d2026_11_20={"USD": "1.12"})
    with on(today):
        rates.fetch()
    assert list(bank.hits) == [asked]


@pytest.mark.django_db
def test_a_gap_of_days_is_filled(bank: Marketplace) -> None:
    says(date(2026, 11, 18), USD="1.1")
    with on("2026-11-23"):
        assert rates.fetch() == 11
    assert ExchangeRate.objects.filter(currency="USD", day__gt="2026-11-18").count() == 3


@pytest.mark.django_db
def test_a_bank_that_cannot_be_reached_leaves_the_history(bank: Marketplace) -> None:
    bank.misbehave("*", "status", status=404)
    with on("2026-11-23"), pytest.raises(MarketError, match="status 404"):
        rates.fetch()
    assert rates.newest_day() == date(2026, 11, 20)


@pytest.mark.django_db
def test_a_rate_of_a_day_to_come_is_refused(bank: Marketplace) -> None:
    bank.files[ecb.DAILY] = ecb.feed(d2026_11_20={"USD": "1.1"}, d2026_11_24={"USD": "1.1"})
    with on("2026-11-23"), pytest.raises(MarketError, match="of a day to come") as caught:
        rates.fetch()
    assert caught.value.permanent is True
    assert rates.newest_day() == date(2026, 11, 20)
