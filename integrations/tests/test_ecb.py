"""The ECB's files: read exactly, asked for politely, and refused when they are not what they should be."""

import io
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.ecb import client, packaged, parse
from integrations.ecb.client import Client
from integrations.errors import MarketError
from integrations.quotes import Rate
from integrations.tests import ecb
from integrations.tests.conftest import FIXTURES
from integrations.tests.marketplace import Marketplace

BOMB = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><b>&b;</b>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]><b>&a;</b>'
REMOTE = b'<?xml version="1.0"?><!DOCTYPE b SYSTEM "http://127.0.0.1:1/b.dtd"><b/>'


def rate(currency: str, day: date, per_euro: str) -> Rate:
    return Rate(currency=currency, day=day, per_euro=Decimal(per_euro))


@pytest.fixture
def bank(marketplaces: Marketplace) -> Marketplace:
    ecb.publish(marketplaces, folder=FIXTURES / "ecb")
    return marketplaces


def test_the_daily_feed_is_one_day(bank: Marketplace) -> None:
    monday = date(2026, 11, 23)
    assert Client().daily() == [
        rate("USD", monday, "1.1250"),
        rate("JPY", monday, "175.50"),
        rate("GBP", monday, "0.84210"),
        rate("ISK", monday, "136.00"),
    ]
    assert bank.hits == Counter({ecb.DAILY: 1})


def test_the_feed_of_90_days_is_many_and_a_currency_may_be_missing_on_some(bank: Marketplace) -> None:
    found = Client().last_90_days()
    assert Counter(one.day.day for one in found) == {23: 4, 20: 4, 19: 3}
    assert found[-1] == rate("GBP", date(2026, 11, 19), "0.839")
    assert bank.hits == Counter({ecb.LAST_90_DAYS: 1})


def test_the_archive_holds_every_day_and_no_rate_where_none_was_quoted(bank: Marketplace) -> None:
    found = Client().history()
    assert len(found) == 3 + 4 + 3
    assert found[0] == rate("USD", date(2026, 11, 20), "1.12")
    assert [one.day for one in found if one.currency == "HRK"] == [date(2022, 12, 30), date(2022, 12, 29)]
    assert bank.hits == Counter({ecb.HISTORY: 1})


@pytest.mark.parametrize("kind", ["garbage", "html", "truncate", "status", "bomb", "redirect"])
def test_a_bank_that_misbehaves_is_a_market_error(
    kind: str, bank: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "POLICY", replace(client.POLICY, attempts=1))
    bank.misbehave("*", kind)
    for ask in (Client().daily, Client().last_90_days, Client().history):
        with pytest.raises(MarketError):
            ask()


def test_the_bank_is_asked_seldom() -> None:
    assert client.POLICY.min_interval >= 1
    assert 0 < client.POLICY.daily_quota <= 100


@pytest.mark.parametrize("hostile", [BOMB, OUTSIDE, REMOTE])
def test_a_document_type_is_refused_before_it_does_anything(hostile: bytes) -> None:
    with pytest.raises(MarketError, match="is not XML that we read: DTDForbidden") as caught:
        parse.feed(hostile)
    assert caught.value.permanent is True


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"<a>" * 100_000,
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        b'<?xml version="1.0" encoding="utf-7"?><a/>',
        ecb.envelope("").replace(b"</g:Envelope>", b""),
    ],
)
def test_broken_xml_is_refused(broken: bytes) -> None:
    with pytest.raises(MarketError, match="is not XML that we read"):
        parse.feed(broken)


@pytest.mark.parametrize(
    "empty", [b"<a/>", b"<a>" * 9 + b"</a>" * 9, ecb.envelope(""), ecb.feed(d2026_11_23={})]
)
def test_xml_without_rates_is_refused(empty: bytes) -> None:
    with pytest.raises(MarketError, match="has no rates"):
        parse.feed(empty)


@pytest.mark.parametrize(
    "amount", ["", "0", "0.00", "-1", "+1", "1e3", "NaN", "1,1", "٣", "12345678901", "1.123456789"]
)
def test_an_amount_that_is_no_rate_is_refused_and_named(amount: str) -> None:
    with pytest.raises(MarketError, match="as the rate of USD on 2026-11-23"):
        parse.feed(ecb.feed(d2026_11_23={"USD": amount}))


@pytest.mark.parametrize("currency", ["", "usd", "US", "USDT", "US1", "ÄÖÜ"])
def test_what_is_no_currency_is_refused_and_named(currency: str) -> None:
    with pytest.raises(MarketError, match=f"has a rate of '{currency}', which is no currency"):
        parse.feed(ecb.feed(d2026_11_23={currency: "1"}))


@pytest.mark.parametrize("day", ["", "2026-02-30", "yesterday", "20 November 2026"])
def test_what_is_no_day_is_refused_and_named(day: str) -> None:
    with pytest.raises(MarketError, match=f"has '{day}' as a day"):
        parse.feed(ecb.envelope(f"<Cube time='{day}'><Cube currency='USD' rate='1'/></Cube>"))
    with pytest.raises(MarketError, match=f"has '{day}' as a day"):
        parse.history(ecb.archive(f"Date,USD\n{day},1.1\n"))


def two_files() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("a.csv", ecb.TABLE)
        zipped.writestr("b.csv", ecb.TABLE)
    return file.getvalue()


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"PK",
        ecb.TABLE.encode(),
        ecb.archive()[:-30],
        ecb.archive().replace(b"\x00" * 4, b"\xff" * 4),
        two_files(),
    ],
)
def test_what_is_no_archive_of_one_file_is_refused(broken: bytes) -> None:
    with pytest.raises(MarketError, match="is not an archive of one text"):
        parse.history(broken)


def test_an_archive_that_would_fill_the_memory_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "_MOST_BYTES", len(ecb.TABLE) - 1)
    with pytest.raises(MarketError, match=f"would have {len(ecb.TABLE)} bytes"):
        parse.history(ecb.archive())


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ("", "is not a table"),
        ("Date,USD\n", "is not a table"),
        ("Date,USD\n2026-11-20,1,2\n", "is not a table"),
        ("Date,USD\n2026-11-20,1\n\n", "is not a table"),
        ("Date,USD\n2026-11-20,N/A\n", "has no rates"),
        ("Date,USD,\n2026-11-20,1,2\n", "has a rate of ''"),
        ("Date,USD\n2026-11-20," + "1" * 200_000, "is not CSV"),
        ("<html>Sorry,\ncome back later</html>,", "as a day"),
    ],
)
def test_a_strange_table_is_refused(table: str, complaint: str) -> None:
    with pytest.raises(MarketError, match=complaint):
        parse.history(ecb.archive(table))


@given(
    st.one_of(st.binary(), st.binary().map(lambda body: b"<a>" + body + b"</a>"), st.text().map(str.encode))
)
def test_whatever_comes_it_is_rates_or_a_market_error(body: bytes) -> None:
    for read in (parse.feed, parse.history, parse.newest_day):
        with pytest.raises(MarketError):
            read(body)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_whatever_a_table_holds_it_is_rates_or_a_market_error(cells: str) -> None:
    try:
        assert all(one.per_euro > 0 for one in parse.history(ecb.archive(f"Date,USD\n{cells}\n")))
    except MarketError as error:
        assert error.permanent  # noqa: PT017 -- either outcome is right


def test_the_packaged_archive_reaches_from_1999_to_its_newest_day() -> None:
    found = packaged.history()
    days = {one.day for one in found}
    assert (min(days), max(days)) == (date(1999, 1, 4), packaged.newest_day())
    assert packaged.newest_day() >= date(2026, 10, 30)
    assert len(found) > 220_000
    assert rate("USD", date(1999, 1, 4), "1.1789") in found
