"""The inbox: what happened, what was put right since, and what was read."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.pages import Page
from alerts.models import AlertEvent
from alerts.tests import factories
from alerts.tests.factories import DAY
from catalog.tests.factories import PrintingFactory
from collections_app.tests.pages import body, posted
from pricing.tests.factories import SeriesFactory, SourceFactory

pytestmark = pytest.mark.django_db
Queries = DjangoAssertNumQueries
INBOX = "/inbox/"


@pytest.fixture
def client(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def unread() -> int:
    return AlertEvent.objects.filter(read_at=None).count()


def test_an_empty_inbox_says_what_will_be_in_it(client: Client) -> None:
    assert "Nothing has happened yet" in body(client, INBOX)


def test_an_event_says_what_was_met_by_which_price(client: Client, alice: User) -> None:
    printing = PrintingFactory.create(card__name="Charizard", card__number="4/102")
    alert = factories.alert(alice, printing, name="Buy it")
    factories.event(alert)
    page = body(client, INBOX)
    for words in (
        "1 event, 1 unread",
        "(1) Inbox",
        "Charizard",
        "4/102",
        "<b>$95.00</b>",
        "−20.8%",
        "from $120.00",
        f'<a href="/alerts/{alert.pk}/">Buy it</a>: falls to $100.00 or below',
        '<time datetime="2026-03-02">2 Mar 2026</time>',
        ">New<",
    ):
        assert words in page
    assert Page(page).blocked == []
    assert Page(page).unheard == []


@pytest.mark.parametrize(
    ("corrected_to", "is_withdrawn", "words"),
    [
        (80_00, True, "Corrected: was told $8.00, really was $80.00; the rule would not have fired."),
        (9_00, False, "Corrected: was told $8.00, really was $9.00."),
        (None, True, "Corrected: was told $8.00, really there was no price; the rule would not have fired."),
        (8_00, False, "Checked: $8.00 was right after all."),
    ],
)
def test_what_was_put_right_is_said(
    client: Client, alice: User, corrected_to: int | None, is_withdrawn: bool, words: str
) -> None:
    said: dict[str, Any] = {"corrections": 1, "corrected_to": corrected_to, "is_withdrawn": is_withdrawn}
    factories.event(factories.alert(alice), price=8_00, **said)
    assert words in body(client, INBOX)


def test_demonstration_prices_are_labelled(client: Client, alice: User) -> None:
    alert = factories.alert(alice)
    assert alert.printing
    source = SourceFactory.create(is_demo=True)
    factories.event(alert, series=SeriesFactory.create(printing=alert.printing, source=source))
    page = body(client, INBOX)
    assert "Demonstration prices" in page
    assert "demo-tag" in page


def test_the_newest_stand_first_and_a_page_holds_twenty_five(client: Client, alice: User) -> None:
    alert = factories.alert(alice)
    for back in range(26):
        factories.event(alert, DAY - timedelta(days=26 - back))
    first, second = body(client, INBOX), body(client, f"{INBOX}?page=2")
    assert (first.count('class="event '), second.count('class="event ')) == (25, 1)
    assert first.index("1 Mar 2026") < first.index("28 Feb 2026")
    assert 'rel="next"' in first


def test_looking_marks_nothing_as_read(client: Client, alice: User) -> None:
    event = factories.event(factories.alert(alice))
    for address in (INBOX, event.alert.get_absolute_url()):
        body(client, address)
    assert client.get("/inbox/read/").status_code == 405
    assert unread() == 1


def test_one_is_marked_as_read_or_all(client: Client, alice: User) -> None:
    alert = factories.alert(alice)
    events = [factories.event(alert, DAY - timedelta(days=back)) for back in range(3)]
    assert posted(client, "/inbox/read/", event=events[0].pk) == INBOX
    assert "1 event is marked as read." in body(client, INBOX)
    assert unread() == 2
    posted(client, "/inbox/read/")
    assert "2 events are marked as read." in body(client, INBOX)
    assert unread() == 0


def test_all_of_one_alert_are_marked_as_read(client: Client, alice: User) -> None:
    alert, other = factories.alert(alice), factories.alert(alice)
    for one in (alert, other):
        factories.event(one)
    posted(client, "/inbox/read/", alert=alert.pk)
    assert [event.alert for event in AlertEvent.objects.filter(read_at=None)] == [other]


def test_what_is_no_event_is_a_wrong_request(client: Client) -> None:
    for said in ({"event": "x"}, {"alert": "-1"}):
        assert client.post("/inbox/read/", said).status_code == 400


def test_what_is_somebody_elses_cannot_be_marked(client: Client, bob: User) -> None:
    his = factories.event(factories.alert(bob))
    assert client.post("/inbox/read/", {"event": his.pk}).status_code == 404
    assert client.post("/inbox/read/", {"alert": his.alert_id}).status_code == 404
    posted(client, "/inbox/read/")
    assert unread() == 1


def test_only_what_is_unread_is_shown_when_asked(client: Client, alice: User) -> None:
    alert = factories.alert(alice)
    factories.event(alert, read_at=datetime.now(UTC))
    assert "All read" in body(client, f"{INBOX}?unread=on")
    factories.event(alert, DAY - timedelta(days=1))
    page = body(client, f"{INBOX}?unread=on")
    assert "1 Mar 2026" in page
    assert "2 Mar 2026" not in page


def test_a_wrong_page_says_so_in_place(client: Client) -> None:
    assert "Part of this address could not be understood." in body(client, f"{INBOX}?page=x", status=400)


def test_bobs_inbox_is_his_own(alice: User, bob: User, client_for: Callable[[User], Client]) -> None:
    factories.event(factories.alert(alice, name="Hers"))
    assert "Hers" not in body(client_for(bob), INBOX)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_inbox_costs_five_queries(
    client: Client, alice: User, rows: int, django_assert_num_queries: Queries
) -> None:
    for _ in range(rows):
        factories.event(factories.alert(alice))
    body(client, "/alerts/new/")  # the visitor is seen, and the games of the header are known
    with django_assert_num_queries(5):  # visitor, events (2), unread here and in the header
        body(client, INBOX)
