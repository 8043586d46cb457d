"""Channels and hours: added, tried, changed, switched, removed, and the worker of pushed messages."""

import re
from datetime import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from accounts.tests.pages import Page
from alerts import channels, queries
from alerts.models import Channel, Hours
from alerts.sealing import secrets_of
from alerts.sending import push
from alerts.tests import factories
from alerts.tests.receiver import Receiver
from collections_app.tests.pages import body, posted

pytestmark = pytest.mark.django_db
Queries = DjangoAssertNumQueries
LIST = "/alerts/channels/"
HOURS = "/alerts/hours/"


@pytest.fixture
def client(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def with_push(settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = push.new_key()


@pytest.fixture
def without_push(settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = ""


def at(channel: Channel, part: str = "") -> str:
    return f"{LIST}{channel.pk}/{part}"


def test_without_a_channel_the_page_says_what_will_be_one(client: Client) -> None:
    page = body(client, LIST)
    assert "With your first alert your confirmed e-mail address becomes one." in page
    for kind in ("email", "discord", "slack", "ntfy", "webhook"):
        assert f'href="/alerts/channels/new/{kind}/"' in page


def test_each_channel_says_how_it_is(client: Client, alice: User) -> None:
    mail = factories.channel(alice, name="Mail")
    factories.channel(alice, "webhook", name="Script", is_on=False, off_reason="It answered 410.")
    factories.channel(alice, "ntfy", name="Phone", failures=2)
    factories.alert(alice, to=(mail,))
    page = body(client, LIST)
    for words in (
        "E-mail · 1 alert uses it",
        "Webhook · 0 alerts use it",
        "Switched off by itself: It answered 410.",
        "The last 2 tries failed.",
        f'formaction="{at(mail, "test/")}"',
    ):
        assert words in page
    assert Page(page).blocked == []
    assert Page(page).unheard == []


def test_mail_goes_to_an_address_that_is_confirmed(client: Client, alice: User) -> None:
    for address, verified in (("alice@work.example", True), ("alice@new.example", False)):
        EmailAddress.objects.create(user=alice, email=address, verified=verified)
    page = body(client, f"{LIST}new/email/")
    assert page.index("alice@example.org") < page.index("alice@work.example")
    assert "alice@new.example" not in page
    leads_to = posted(client, f"{LIST}new/email/", address="alice@work.example", name="Work")
    made = Channel.objects.get()
    assert (leads_to, made.address, made.name) == (at(made), "alice@work.example", "Work")
    assert "“Work” is added." in body(client, leads_to)
    posted(client, f"{LIST}new/email/", status=400, address="alice@new.example")


@pytest.mark.parametrize(
    ("kind", "address", "complaint"),
    [
        ("webhook", "http://127.0.0.1/", None),
        ("discord", "https://discord.example/", "Copy the webhook&#x27;s address from Discord"),
        ("slack", "https://slack.example/", "Copy the webhook&#x27;s address from Slack"),
        ("ntfy", "https://ntfy.example/", "Give the server and the topic"),
        ("webhook", "", "This field is required."),
    ],
)
def test_an_address_that_cannot_be_called_is_refused_in_place(
    client: Client, kind: str, address: str, complaint: str | None
) -> None:
    page = client.post(f"{LIST}new/{kind}/", {"address": address, "name": "Mine"})
    assert page.status_code == 400
    text = page.content.decode()
    assert "errorlist" in text
    assert (complaint or "") in text
    assert 'value="Mine"' in text
    assert not Channel.objects.exists()


def test_a_kind_that_is_not_there_is_not_found(client: Client, without_push: None) -> None:
    for kind in ("fax", "push"):
        body(client, f"{LIST}new/{kind}/", status=404)


def test_too_many_channels_are_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "MOST", 0)
    page = posted(client, f"{LIST}new/email/", status=400, address="alice@example.org")
    assert "You have 0 channels already." in page


def test_a_browser_is_offered_where_push_is_set_up(client: Client, with_push: None) -> None:
    page = body(client, LIST)
    assert f'data-push="{push.public_key()}" hidden' in page
    wrong = posted(client, f"{LIST}new/push/", status=400)
    assert "Let this browser subscribe with the button" in wrong
    said = {"address": "https://push.example/1", "p256dh": "AAAA", "auth": "AAAA"}
    assert (
        "The browser&#x27;s subscription is incomplete"
        in client.post(f"{LIST}new/push/", said).content.decode()
    )


def test_without_a_key_no_browser_is_offered(client: Client, without_push: None) -> None:
    page = body(client, LIST)
    assert "data-push" not in page
    assert "push.js" not in page


def test_a_test_shows_the_answer(client: Client, alice: User, receiver: Receiver) -> None:
    hook = receiver.channel(alice, name="Script")
    assert posted(client, at(hook, "test/")) == at(hook)
    page = body(client, at(hook))
    assert "The test went to “Script” in" in page
    assert "The answer: 200 ok" in page
    receiver.says(500, body=b"out of order")
    posted(client, at(hook, "test/"))
    assert "The test did not reach “Script”" in (page := body(client, at(hook)))
    assert "500 out of order" in page


def test_tests_are_counted(client: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "MOST_TESTS", 0)
    hook = factories.channel(alice, "webhook")
    posted(client, at(hook, "test/"))
    assert "You can try channels 0 times an hour." in body(client, at(hook))


def test_a_channel_is_changed(client: Client, alice: User, receiver: Receiver) -> None:
    hook = receiver.channel(alice, name="Script")
    assert f'value="{receiver.url}"' in body(client, at(hook))
    posted(client, at(hook), name="Robot", address=receiver.url + "2")
    hook.refresh_from_db()
    assert (hook.name, hook.address) == ("Robot", receiver.url + "2")
    wrong = posted(client, at(hook), status=400, name="Other", address="ftp://x.example/")
    assert 'value="Other"' in wrong
    assert '<h1 class="page-title">Robot</h1>' in wrong


def test_a_token_is_never_shown_again(client: Client, alice: User, receiver: Receiver) -> None:
    phone = receiver.channel(alice, "ntfy", address=receiver.market.url + "/topic", secrets={"token": "tk_1"})
    page = body(client, at(phone))
    assert "tk_1" not in page
    assert "Use no token" in page
    posted(client, at(phone), name="Phone", address=phone.address)
    assert secrets_of(Channel.objects.get()) == {"token": "tk_1"}
    posted(client, at(phone), name="Phone", address=phone.address, drops_token="on")
    assert secrets_of(Channel.objects.get()) == {}


def test_a_secret_is_shown_when_asked_for_and_made_anew(client: Client, alice: User) -> None:
    hook = factories.channel(alice, "webhook")
    assert "whsec_" not in body(client, at(hook))
    assert factories.WEBHOOK_SECRET in body(client, at(hook, "secret/"))
    assert channels.secret_of(Channel.objects.get()) == factories.WEBHOOK_SECRET
    assert posted(client, at(hook, "secret/")) == at(hook, "secret/")  # to load it again changes nothing
    page = body(client, at(hook, "secret/"))
    assert "For a day messages are signed with the old secret too." in page
    assert factories.WEBHOOK_SECRET not in page
    assert channels.secret_of(Channel.objects.get()) in page
    mail = factories.channel(alice)
    assert client.get(at(mail, "secret/")).status_code == 404
    assert client.post(at(mail, "secret/")).status_code == 404


def test_too_many_secrets_in_a_day_are_refused(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "MOST_SECRETS", 1)
    hook = factories.channel(alice, "webhook")
    page = body(client, posted(client, at(hook, "secret/")))
    assert "Messages are signed with 1 secrets already." in page
    assert factories.WEBHOOK_SECRET in page


@pytest.mark.parametrize(("ticked", "uses"), [({"use_for_alerts": "on"}, 1), ({}, 0)])
def test_a_new_channel_is_used_by_the_alerts_there_are_if_ticked(
    client: Client, alice: User, ticked: dict[str, Any], uses: int
) -> None:
    alert = factories.alert(alice)
    page = body(client, f"{LIST}new/ntfy/")
    assert re.search(r'name="use_for_alerts"[^>]* checked', page)
    assert "Use it for the alerts I have" in page
    posted(client, f"{LIST}new/ntfy/", address="https://ntfy.example/topic", **ticked)
    assert alert.channels.count() == uses
    assert "use_for_alerts" not in body(client, at(Channel.objects.get()))


def test_a_browser_is_asked_the_same(client: Client, with_push: None) -> None:
    assert re.search(r'name="use_for_alerts"[^>]* checked', body(client, LIST))


def test_a_channel_is_switched_off_and_on(client: Client, alice: User) -> None:
    mail = factories.channel(alice, name="Mail")
    assert posted(client, at(mail, "switch/")) == LIST
    assert not queries.channel(alice, mail.pk).is_on
    assert "“Mail” is switched off. What waited for it is not sent." in body(client, LIST)
    posted(client, at(mail, "switch/"), on="1")
    assert queries.channel(alice, mail.pk).is_on


def test_removing_asks_first(client: Client, alice: User) -> None:
    mail = factories.channel(alice, name="Mail")
    assert "Remove “Mail”?" in body(client, at(mail, "remove/"))
    assert Channel.objects.exists()
    assert posted(client, at(mail, "remove/")) == LIST
    assert not Channel.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_channels_cost_three_queries(
    client: Client, alice: User, rows: int, django_assert_num_queries: Queries
) -> None:
    for _ in range(rows):
        factories.alert(alice, to=(factories.channel(alice, "ntfy"),))
    body(client, "/alerts/new/")  # the visitor is seen, and the games of the header are known
    with django_assert_num_queries(3):  # visitor, channels, unread
        body(client, LIST)


def said_hours(**said: str) -> dict[str, Any]:
    plain = {"time_zone": "Europe/Paris", "quiet_from": "23:00", "quiet_until": "06:30", "digest_at": "09:00"}
    return plain | said


def test_hours_are_kept(client: Client, alice: User) -> None:
    first = body(client, HOURS)
    assert "data-guess-zone" in first
    assert 'value="22:00"' in first
    assert posted(client, HOURS, **said_hours()) == HOURS
    kept = Hours.objects.get(owner=alice)
    assert (kept.time_zone, kept.quiet_from, kept.quiet_until) == ("Europe/Paris", time(23), time(6, 30))
    page = body(client, HOURS)
    assert "data-guess-zone" not in page
    assert '<option value="Europe/Paris" selected>' in page
    assert Page(page).unheard == []


@pytest.mark.parametrize("said", [{"time_zone": "Mars/Base"}, {"digest_at": "noon"}, {"quiet_from": ""}])
def test_wrong_hours_say_so_in_place(client: Client, said: dict[str, str]) -> None:
    page = posted(client, HOURS, status=400, **said_hours(**said))
    assert "Not saved yet." in page
    assert Page(page).unheard == []
    assert not Hours.objects.exists()


def test_the_worker_is_a_script_for_the_whole_site(client: Client) -> None:
    answer = Client().get("/push-worker.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert b"showNotification" in answer.content
