"""Unsubscribing without a login: by a mail program with one request, or by hand on our page."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from alerts import unsubscribing
from alerts.models import Alert, Channel
from alerts.tests import factories

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def channel(alice: User) -> Channel:
    return factories.channel(alice)


@pytest.fixture
def alert(alice: User, channel: Channel) -> Alert:
    return factories.alert(alice, to=(channel,), name="<b>Mew</b>")


@pytest.fixture
def stranger() -> Client:
    """A browser that never was here, as a mail program's request; CSRF counts."""
    return Client(enforce_csrf_checks=True)


def address(channel: Channel, alert: Alert | None = None) -> str:
    token = unsubscribing.token(channel, alert_id=alert.pk if alert else None)
    return reverse("alerts:unsubscribe", args=[token])


def state(channel: Channel, alert: Alert) -> tuple[bool, bool]:
    """Whether the address still gets alerts, and this one."""
    channel.refresh_from_db()
    return channel.is_on, alert.channels.contains(channel)


def press(client: Client, where: str, button: str) -> Any:
    """One of the page's buttons, as a browser does."""
    page = client.get(where).content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found
    assert f'name="{button}"' in page
    return client.post(where, {"csrfmiddlewaretoken": found[1], button: "1"}, follow=True)


@pytest.mark.parametrize("multipart", [True, False])
def test_a_mail_program_unsubscribes_with_one_request(
    stranger: Client, channel: Channel, alert: Alert, multipart: bool
) -> None:
    form = "application/x-www-form-urlencoded"
    for _ in range(2):
        answer = (
            stranger.post(address(channel, alert), ONE_CLICK)
            if multipart
            else stranger.post(address(channel, alert), "List-Unsubscribe=One-Click", content_type=form)
        )
        assert (answer.status_code, answer.content) == (200, b"You are unsubscribed.")
    assert state(channel, alert) == (False, True)
    assert channel.off_reason == "Unsubscribed by mail"


@pytest.mark.parametrize("form", [{}, {"all": "1"}, {"rule": "1"}, {"List-Unsubscribe": "Two-Click"}])
def test_no_other_request_is_taken_without_its_csrf_token(
    stranger: Client, channel: Channel, alert: Alert, form: dict[str, str]
) -> None:
    assert stranger.post(address(channel, alert), form).status_code == 403
    assert state(channel, alert) == (True, True)


def test_looking_changes_nothing(stranger: Client, channel: Channel, alert: Alert) -> None:
    for method in (stranger.get, stranger.head):
        answer = method(address(channel, alert))
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
    assert state(channel, alert) == (True, True)


def test_the_page_offers_both_and_shows_a_name_as_text(
    stranger: Client, channel: Channel, alert: Alert
) -> None:
    page = stranger.get(address(channel, alert)).content.decode()
    assert "alice@example.org" in page
    assert "&lt;b&gt;Mew&lt;/b&gt;: falls to $100.00 or below" in page
    assert "Stop mailing this alert" in page
    assert "Stop all alerts by mail" in page


def test_one_button_stops_the_alert(stranger: Client, channel: Channel, alert: Alert) -> None:
    answer = press(stranger, address(channel, alert), "rule")
    assert state(channel, alert) == (True, False)
    assert "This alert is no longer mailed." in answer.content.decode()
    assert answer.redirect_chain == [(address(channel, alert), 302)]


def test_the_other_stops_them_all(stranger: Client, channel: Channel, alert: Alert) -> None:
    answer = press(stranger, address(channel, alert), "all")
    assert state(channel, alert) == (False, True)
    assert "You are unsubscribed." in answer.content.decode()


def test_a_mail_of_several_alerts_offers_to_stop_them_all(
    stranger: Client, channel: Channel, alert: Alert
) -> None:
    page = stranger.get(address(channel)).content.decode()
    assert "Stop mailing this alert" not in page
    press(stranger, address(channel), "all")
    assert state(channel, alert) == (False, True)


def test_what_is_gone_is_as_good_as_stopped(stranger: Client, channel: Channel, alert: Alert) -> None:
    where = address(channel, alert)
    channel.delete()
    assert "You are unsubscribed." in stranger.get(where).content.decode()
    assert stranger.post(where, ONE_CLICK).status_code == 200


def test_a_mail_to_an_address_that_was_replaced_stops_nothing(
    stranger: Client, channel: Channel, alert: Alert
) -> None:
    where = address(channel, alert)
    Channel.objects.update(address="alice@new.example")
    page = stranger.get(where)
    assert page.status_code == 404
    assert "Alerts no longer go to the address that this mail was sent to." in page.content.decode()
    assert stranger.post(where, ONE_CLICK).status_code == 404
    assert state(channel, alert) == (True, True)


@pytest.mark.parametrize("token", ["x", "WzEsMV0.AAAA", "%3Cscript%3E"])
def test_a_wrong_token_is_a_page_that_is_not_there(stranger: Client, db: None, token: str) -> None:
    for answer in (stranger.get(f"/alerts/unsubscribe/{token}/"),):
        assert answer.status_code == 404
        assert "Copy it whole from the mail." in answer.content.decode()
    assert stranger.post(f"/alerts/unsubscribe/{token}/", ONE_CLICK).status_code == 404


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(stranger: Client, channel: Channel, method: str) -> None:
    assert getattr(stranger, method)(address(channel)).status_code in {403, 405}


def test_the_page_costs_few_statements(
    client: Client, channel: Channel, alert: Alert, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/methodology/")
    with django_assert_num_queries(4):
        client.get(address(channel, alert))
