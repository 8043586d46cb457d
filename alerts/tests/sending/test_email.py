"""Mails as a mail server gets them."""

import socket
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import get_connection
from pytest_django import Settings

from accounts.models import User
from alerts import unsubscribing
from alerts.sending import email
from alerts.tests import factories, hostile, letters
from alerts.tests.letters import ID, refusal, send
from alerts.tests.receiver import Postbox
from alerts.wording import line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(settings: Settings) -> None:
    settings.SITE_URL = "https://cards.example"


def part(letter: EmailMessage, kind: str) -> str:
    found = letter.get_body((kind,))
    assert found is not None
    text = found.get_content()
    assert isinstance(text, str)
    return text


class _Reader(HTMLParser):
    """What a mail program shows of HTML, and every tag and address in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.shown, self.tags, self.links = "", set[str](), list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.shown += data


def test_a_mail_has_text_html_and_the_headers_that_mail_programs_want(
    postbox: Postbox, alice: User, settings: Settings
) -> None:
    channel = factories.channel(alice)
    answer = send(channel)
    (letter,) = postbox.letters
    stop = unsubscribing.url(channel, alert_id=3)
    assert answer.code == 250
    assert postbox.recipients == ["alice@example.org"]
    assert (letter["To"], letter["From"]) == ("alice@example.org", settings.DEFAULT_FROM_EMAIL)
    assert letter["Subject"] == "Charizard 4/102 (Holofoil): $95.00"
    assert letter["Message-ID"] == f"<{ID}@cards.example>"
    assert letter["List-Unsubscribe"].strip() == f"<{stop}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "multipart/alternative"
    assert stop.startswith("https://cards.example/alerts/unsubscribe/")
    # A mail program that does not unfold or decode it must still find the address.
    assert f" <{stop}>\r\n".encode() in postbox.raw[0]


def test_both_parts_say_the_same(postbox: Postbox, alice: User) -> None:
    channel = factories.channel(alice)
    send(channel)
    text, reader = part(postbox.letters[0], "plain"), _Reader(part(postbox.letters[0], "html"))
    said = ["Charizard 4/102 (Holofoil): $95.00", "Before: $120.00", "2 Mar 2026, TCGplayer"]
    for words in [*said, "tell you this at alice@example.org"]:
        assert words in text
        assert words in reader.shown
    links = {"https://cards.example/cards/7/charizard/", "https://cards.example/alerts/3/"}
    links |= {unsubscribing.url(channel, alert_id=3)}
    assert all(link in text for link in links)
    assert set(reader.links) == links | {"https://cards.example/"}
    assert reader.tags.isdisjoint({"script", "img", "form", "table", "iframe"})


def test_a_digest_has_a_heading_and_counts_what_it_does_not_list(postbox: Postbox, alice: User) -> None:
    about = letters.message(letters.item("Pikachu: $1.00"), letters.item("Mew: $2.00"), more=1234)
    channel = factories.channel(alice)
    send(channel, about)
    text, reader = part(postbox.letters[0], "plain"), _Reader(part(postbox.letters[0], "html"))
    assert "h1" in reader.tags
    for words in ("Pikachu: $1.00", "Mew: $2.00", "And 1,234 more"):
        assert words in reader.shown
        assert words in text
    assert "2 price alerts" in reader.shown
    assert unsubscribing.url(channel, alert_id=None) in text


@pytest.mark.parametrize("name", hostile.NAMES)
def test_whatever_a_name_is_it_is_text(postbox: Postbox, alice: User, name: str) -> None:
    about = letters.named(name)
    send(factories.channel(alice), about)
    (letter,) = postbox.letters
    assert letter["Subject"].strip() == line(about.title, limit=150).replace("=?", "= ?")
    assert sorted(set(letter.keys())) == sorted(letter.keys())
    assert "Bcc" not in letter
    assert about.title in part(letter, "plain")
    reader = _Reader(part(letter, "html"))
    assert about.title in reader.shown
    assert reader.tags.isdisjoint({"script", "img", "b"})
    assert postbox.recipients == ["alice@example.org"]


def test_every_attempt_is_the_same_mail(postbox: Postbox, alice: User) -> None:
    channel = factories.channel(alice)
    for _ in range(2):
        send(channel)
    first, second = postbox.letters
    assert first["Message-ID"] == second["Message-ID"]
    assert part(first, "plain") == part(second, "plain")


@pytest.mark.parametrize(
    ("step", "said", "verdict"),
    [
        ("RCPT", "550 5.1.1 No such user", "gone"),
        ("RCPT", "550 5.1.10 Recipient address has null MX", "gone"),
        ("RCPT", "550 5.2.1 Mailbox disabled", "gone"),
        ("RCPT", "550 No such user here", "gone"),
        ("RCPT", "550 5.4.1 Recipient address rejected", "permanent"),
        ("RCPT", "550 5.7.1 Your host is on a list", "later"),
        ("RCPT", "550 5.7.26 Sender is not authenticated", "later"),
        ("RCPT", "554 5.7.1 Relay access denied", "later"),
        ("RCPT", "553 5.1.1 Mailbox name not allowed", "permanent"),
        ("RCPT", "552 5.2.2 Mailbox full", "permanent"),
        ("RCPT", "451 4.7.1 Greylisted", "later"),
        ("DATA", "554 5.7.1 Looks like spam", "permanent"),
        ("DATA", "421 4.3.2 Shutting down", "later"),
        # About us, whose mistake can be mended.
        ("MAIL", "550 5.7.1 Sender rejected", "later"),
        ("MAIL", "451 4.3.0 Try later", "later"),
    ],
)
def test_a_refusal_is_for_now_or_for_good(
    postbox: Postbox, alice: User, step: str, said: str, verdict: str
) -> None:
    postbox.refusals = {step: said}
    error = refusal(factories.channel(alice))
    assert (error.permanent, error.gone, error.code) == (verdict != "later", verdict == "gone", int(said[:3]))
    assert said[4:] in str(error)


def test_a_mail_server_that_is_down_is_tried_again(alice: User, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    error = refusal(factories.channel(alice))
    assert (error.permanent, str(error)) == (
        False,
        "The mail server could not be reached (ConnectionRefusedError).",
    )


def test_a_mail_server_that_dawdles_is_left(
    alice: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line comes within EMAIL_TIMEOUT, all of them do not within the deadline."""
    monkeypatch.setattr(email, "DEADLINE", 0.5)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.getsockname()
        error = refusal(factories.channel(alice))
    assert (error.permanent, str(error)) == (False, "The mail server could not be reached (TimeoutError).")


def _greet(server: socket.socket, said: bytes) -> None:
    server.settimeout(60)
    connection, _ = server.accept()
    with connection:
        connection.sendall(said)


def test_what_is_no_mail_server_at_all_has_no_code(alice: User, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.getsockname()
        greeting = pool.submit(_greet, server, b"SSH-2.0-OpenSSH\r\n")
        error = refusal(factories.channel(alice))
        greeting.result()
    assert (error.permanent, error.gone, error.code) == (False, False, None)


def test_each_step_with_the_mail_server_is_bounded(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    connection: Any = get_connection()
    assert connection.timeout == settings.EMAIL_TIMEOUT == 10


def test_an_address_that_is_no_longer_the_owners_gets_nothing(
    postbox: Postbox, alice: User, bob: User
) -> None:
    channel = factories.channel(alice)
    own = EmailAddress.objects.filter(email=alice.email)
    for change in ({"verified": False}, {"verified": True, "primary": False, "user": bob}):
        own.update(**change)
        assert refusal(channel).gone
    assert postbox.letters == []


@pytest.mark.parametrize(
    ("site", "host"),
    [
        ("https://cards.example:8443/x", "cards.example"),
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("http://[::1]:8000", "[IPv6:::1]"),
    ],
)
def test_the_message_id_names_the_site(
    postbox: Postbox, alice: User, settings: Settings, site: str, host: str
) -> None:
    settings.SITE_URL = site
    send(factories.channel(alice))
    assert postbox.letters[0]["Message-ID"] == f"<{ID}@{host}>"
