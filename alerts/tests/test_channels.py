"""A person's channels: only what is theirs or public, no secret in the clear, and tests that are counted."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, cast

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import connection
from pytest_django import Settings

from accounts.models import User
from alerts import channels, switching
from alerts.channels import MOST, MOST_SECRETS, MOST_TESTS, ChannelError, Facts, add, default_channels, edit
from alerts.models import Channel, Delivery
from alerts.sealing import secrets_of
from alerts.sending import push
from alerts.tests import factories
from alerts.tests.receiver import Receiver

pytestmark = pytest.mark.django_db
HOOK = "https://hook.example/T0/secret"
P256DH = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"
AUTH = "tBHItJI5svbpez7KI4CCXg"  # both of RFC 8291, appendix A
FACTS = {
    "email": Facts(kind="email", address="alice@example.org"),
    "webhook": Facts(kind="webhook", address=HOOK),
    "discord": Facts(kind="discord", address="https://discord.com/api/webhooks/1/secret"),
    "slack": Facts(kind="slack", address="https://hooks.slack.com/services/T0/B0/secret"),
    "ntfy": Facts(kind="ntfy", address="https://ntfy.example/secret-topic", token="tk_1"),
    "push": Facts(kind="push", address="https://push.example/secret", p256dh=P256DH, auth=AUTH),
}


@pytest.fixture(autouse=True)
def with_push(settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = push.new_key()


def refusal(owner: User, **facts: Any) -> tuple[str, str]:
    with pytest.raises(ChannelError) as caught:
        add(owner, Facts(**facts))
    assert not Channel.objects.exists()
    return caught.value.field, caught.value.message


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("email", "alice@example.org"),
        ("webhook", "Webhook (hook.example)"),
        ("discord", "Discord (discord.com)"),
        ("slack", "Slack (hooks.slack.com)"),
        ("ntfy", "ntfy (ntfy.example)"),
        ("push", "This browser (push.example)"),
    ],
)
def test_every_kind_can_be_added_and_has_a_name_without_its_secret(alice: User, kind: str, name: str) -> None:
    made = add(alice, FACTS[kind])
    assert (made.owner, made.kind, made.address, made.is_on) == (alice, kind, FACTS[kind].address, True)
    assert made.name == name
    assert set(FACTS) == set(Channel.Kind.values)


def test_a_name_of_ones_own_is_kept_as_one_line(alice: User) -> None:
    assert add(alice, Facts(kind="webhook", address=HOOK, name=" My\r\nhook ")).name == "My hook"


def test_no_secret_stands_in_the_database(alice: User) -> None:
    for facts in FACTS.values():
        add(alice, facts)
    rows = str(list(Channel.objects.values_list("sealed", flat=True)))
    for secret in (P256DH, AUTH, "tk_1", "whsec_"):
        assert secret not in rows
    assert secrets_of(Channel.objects.get(kind="push")) == {"p256dh": P256DH, "auth": AUTH}
    assert secrets_of(Channel.objects.get(kind="ntfy")) == {"token": "tk_1"}
    assert Channel.objects.get(kind="email").sealed == ""


@pytest.mark.parametrize(
    ("kind", "address", "said"),
    [
        ("email", "bob@example.org", "addresses that you have confirmed"),
        ("email", "new@example.org", "addresses that you have confirmed"),
        ("email", "", "addresses that you have confirmed"),
        ("webhook", "http://127.0.0.1/hook", "not an address of the public internet"),
        ("webhook", "http://localhost/hook", "not a name of the public internet"),
        ("webhook", "http://2130706433/", "not an address of the public internet"),
        ("webhook", "ftp://hook.example/", "must begin with https:// or http://"),
        ("webhook", "https://user:pass@hook.example/", "user name or password"),
        ("webhook", "https://hook.example/é", "as %C3%A9"),
        ("webhook", "https://hook.example/" + "x" * 2000, "more than 2000 characters"),
        ("webhook", "", "must begin with"),
        ("discord", "http://discord.com/api/webhooks/1/secret", "from Discord"),
        ("discord", "https://discord.com.evil.example/api/webhooks/1/x", "from Discord"),
        ("discord", "https://evil.example/https://discord.com/api/webhooks/1/x", "from Discord"),
        ("discord", "https://discord.com/api/users/1", "from Discord"),
        ("slack", "https://slack.com/services/T0", "from Slack"),
        ("slack", "https://hooks.slack.com.evil.example/services/x", "from Slack"),
        ("ntfy", "https://ntfy.example/", "server and the topic"),
        ("ntfy", "https://ntfy.example/a/b", "server and the topic"),
        ("ntfy", "https://ntfy.example/topic?x=1", "server and the topic"),
    ],
)
def test_an_address_that_does_not_suit_is_refused_with_the_reason(
    alice: User, bob: User, kind: str, address: str, said: str
) -> None:
    EmailAddress.objects.create(user=alice, email="new@example.org", verified=False)
    field, message = refusal(alice, kind=kind, address=address)
    assert field == "address"
    assert said in message
    assert "secret" not in message


@pytest.mark.parametrize("host", ["discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com"])
def test_discord_has_several_doors(alice: User, host: str) -> None:
    for place in ("api/webhooks/12/a-B_c", "api/v10/webhooks/12/a-B_c?thread_id=5"):
        assert add(alice, Facts(kind="discord", address=f"https://{host}/{place}")).pk


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "ümlaut"])
def test_a_token_must_fit_into_a_header(alice: User, token: str) -> None:
    assert refusal(alice, kind="ntfy", address="https://ntfy.example/topic", token=token)[0] == "token"


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [("", ""), (P256DH, ""), (P256DH, "AAAA"), (P256DH[:-2], AUTH), ("B" + "A" * 86, AUTH)],
)
def test_a_subscription_needs_both_its_keys(alice: User, p256dh: str, auth: str) -> None:
    facts = {"address": "https://push.example/x", "p256dh": p256dh, "auth": auth}
    assert "Subscribe again" in refusal(alice, kind="push", **facts)[1]


def test_push_is_only_there_with_a_key_of_ours(alice: User, settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    field, _ = refusal(alice, kind="push", address="https://push.example/x", p256dh=P256DH, auth=AUTH)
    assert field == "kind"


def test_there_are_no_other_kinds(alice: User) -> None:
    assert refusal(alice, kind="pigeon", address=HOOK)[0] == "kind"


def test_an_address_is_written_as_it_was_confirmed(alice: User) -> None:
    assert add(alice, Facts(kind="email", address=" ALICE@example.org ")).address == "alice@example.org"


def test_the_same_address_twice_is_refused_but_may_be_somebody_elses_too(alice: User, bob: User) -> None:
    add(alice, FACTS["webhook"])
    with pytest.raises(ChannelError, match="already"):
        add(alice, FACTS["webhook"])
    assert add(bob, FACTS["webhook"]).owner == bob


def test_a_browser_that_subscribes_again_keeps_its_channel(alice: User) -> None:
    made = add(alice, FACTS["push"])
    switching.off(made, reason="Gone: 410")
    again = add(alice, Facts(kind="push", address=made.address, p256dh=P256DH, auth="A" * 22, name="Phone"))
    assert (again.pk, again.is_on, again.off_reason, again.name) == (made.pk, True, "", "Phone")
    assert secrets_of(Channel.objects.get(pk=made.pk))["auth"] == "A" * 22


def test_and_the_name_that_its_owner_gave(alice: User) -> None:
    made = add(alice, replace(FACTS["push"], name="Kitchen"))
    assert add(alice, FACTS["push"]).name == "Kitchen"
    assert Channel.objects.get(pk=made.pk).name == "Kitchen"


def test_a_browser_tells_only_the_account_that_subscribed_it_last(alice: User, bob: User) -> None:
    hers, elsewhere = (
        add(alice, FACTS["push"]),
        add(alice, replace(FACTS["push"], address="https://push.example/2")),
    )
    waiting = factories.delivery(factories.event(factories.alert(alice)), hers)
    his = add(bob, FACTS["push"])
    hers.refresh_from_db()
    assert (hers.is_on, hers.off_reason) == (False, "This browser belongs to another account now")
    assert Delivery.objects.get(pk=waiting.pk).status == "dropped"
    assert set(Channel.objects.filter(is_on=True)) == {his, elsewhere}
    edit(hers, replace(FACTS["push"], name="Not mine"))
    his.refresh_from_db()
    assert his.is_on
    assert add(alice, FACTS["push"]).is_on
    his.refresh_from_db()
    assert not his.is_on


def test_the_alerts_there_are_use_a_new_channel_unless_told_otherwise(alice: User, bob: User) -> None:
    first, second = factories.alert(alice), factories.alert(alice, to=(factories.channel(alice),))
    factories.alert(bob)
    assert set(add(alice, FACTS["webhook"]).alerts.all()) == {first, second}
    assert not add(alice, FACTS["slack"], use_for_alerts=False).alerts.exists()
    browser = add(alice, FACTS["push"], use_for_alerts=False)
    assert not add(alice, FACTS["push"]).alerts.exists()  # it is known already
    assert browser.pk


def test_twenty_are_enough(alice: User, bob: User) -> None:
    for n in range(MOST):
        add(alice, Facts(kind="webhook", address=f"{HOOK}{n}"))
    with pytest.raises(ChannelError, match="20 channels already"):
        add(alice, FACTS["webhook"])
    assert add(bob, FACTS["webhook"]).pk


@pytest.mark.django_db(transaction=True)
def test_nor_can_requests_at_once_make_more(alice: User) -> None:
    for n in range(MOST - 2):
        factories.channel(alice, "webhook", address=f"{HOOK}{n}")

    def one(n: int) -> bool:
        try:
            return bool(add(alice, Facts(kind="webhook", address=f"{HOOK}/again/{n}")).pk)
        except ChannelError:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, range(8))) == 2
    assert Channel.objects.filter(owner=alice).count() == MOST


def test_editing_changes_all_but_the_kind_and_the_secret(alice: User) -> None:
    made = add(alice, FACTS["webhook"])
    secret = channels.secret_of(made)
    changed = edit(made, Facts(kind="webhook", address=f"{HOOK}/new", name="New"))
    assert (changed.address, changed.name, channels.secret_of(changed)) == (f"{HOOK}/new", "New", secret)
    with pytest.raises(ChannelError, match="stays of its kind"):
        edit(made, FACTS["slack"])
    with pytest.raises(ChannelError, match="public internet"):
        edit(made, Facts(kind="webhook", address="http://10.0.0.1/"))
    assert Channel.objects.get(pk=made.pk).address == f"{HOOK}/new"


def test_an_edit_that_began_earlier_changes_only_what_it_is_about(alice: User) -> None:
    made = add(alice, FACTS["webhook"])
    stale = Channel.objects.get(pk=made.pk)
    switching.off(made, reason="Gone: 410")
    secret = channels.rotate(made)
    Channel.objects.filter(pk=made.pk).update(failures=3)
    edit(stale, Facts(kind="webhook", address=HOOK, name="New"))
    made.refresh_from_db()
    assert (made.name, made.is_on, made.off_reason, made.failures) == ("New", False, "Gone: 410", 3)
    assert channels.secret_of(made) == secret


def test_what_was_removed_meanwhile_does_not_come_back(alice: User) -> None:
    made = add(alice, FACTS["webhook"])
    stale = Channel.objects.get(pk=made.pk)
    channels.remove(made)
    with pytest.raises(ChannelError, match="removed meanwhile"):
        edit(stale, FACTS["webhook"])
    with pytest.raises(ChannelError, match="removed meanwhile"):
        channels.rotate(stale)
    assert not Channel.objects.exists()


@pytest.mark.parametrize(
    ("token", "expected"), [(None, {"token": "tk_1"}), ("tk_2", {"token": "tk_2"}), ("", {})]
)
def test_a_token_stays_is_changed_or_is_dropped(
    alice: User, token: str | None, expected: dict[str, str]
) -> None:
    made = add(alice, FACTS["ntfy"])
    edit(made, Facts(kind="ntfy", address=made.address, token=token))
    assert secrets_of(Channel.objects.get(pk=made.pk)) == expected


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_what_is_known_of_a_channel_changes_nothing_when_it_is_saved(alice: User, kind: str) -> None:
    made = add(alice, FACTS[kind])
    before = Channel.objects.values().get(pk=made.pk)
    secrets = secrets_of(made)
    edit(made, channels.facts_of(made))
    after = Channel.objects.get(pk=made.pk)
    assert secrets_of(after) == secrets
    assert Channel.objects.values().get(pk=made.pk) | {"sealed": ""} == before | {"sealed": ""}


def test_removing_takes_what_was_sent_with_it(alice: User) -> None:
    made = factories.channel(alice)
    alert = factories.alert(alice, to=(made,))
    factories.delivery(factories.event(alert), made)
    channels.remove(made)
    assert not Channel.objects.exists()
    assert not Delivery.objects.exists()
    assert alert.channels.count() == 0


def test_switching_off_drops_what_waits_and_on_again_forgets_why(alice: User) -> None:
    made = factories.channel(alice, failures=4, failing_since=factories.NOW)
    alert = factories.alert(alice)
    events = [factories.event(alert, day) for day in (factories.DAY, factories.NOW.date().replace(day=3))]
    kept = [
        factories.delivery(event, made, status=status)
        for event, status in zip(events, ("pending", "held"), strict=True)
    ]
    channels.switch(made, on=False)
    assert {one.status for one in Delivery.objects.filter(pk__in=[one.pk for one in kept])} == {"dropped"}
    switching.off(made, reason="too late to matter")
    made.refresh_from_db()
    assert (made.is_on, made.off_reason) == (False, "")
    channels.switch(made, on=True)
    made.refresh_from_db()
    assert (made.is_on, made.off_reason, made.failures, made.failing_since) == (True, "", 0, None)
    assert not Delivery.objects.filter(status="pending").exists()


def test_a_secret_is_told_and_replaced_for_webhooks_only(alice: User) -> None:
    made, other = add(alice, FACTS["webhook"]), add(alice, FACTS["slack"])
    old = channels.secret_of(made)
    new = channels.rotate(made)
    assert new != old
    assert channels.secret_of(Channel.objects.get(pk=made.pk)) == new
    for ask in (channels.secret_of, channels.rotate):
        with pytest.raises(ChannelError, match="Only a webhook"):
            ask(other)


def test_no_more_secrets_sign_than_fit_into_a_header(alice: User) -> None:
    made = add(alice, FACTS["webhook"])
    for _ in range(MOST_SECRETS - 1):
        channels.rotate(made)
    last = channels.secret_of(made)
    with pytest.raises(ChannelError, match="10 secrets already"):
        channels.rotate(made)
    assert channels.secret_of(Channel.objects.get()) == last


def test_who_has_no_channel_by_mail_gets_one_to_the_primary_address(alice: User) -> None:
    EmailAddress.objects.create(user=alice, email="new@example.org", verified=False)
    for _ in range(2):
        assert [(one.kind, one.address) for one in default_channels(alice)] == [
            ("email", "alice@example.org")
        ]


def test_but_not_to_one_that_is_not_confirmed_and_none_besides_another(alice: User, bob: User) -> None:
    EmailAddress.objects.filter(user=alice).update(verified=False)
    assert default_channels(alice) == []
    mine = factories.channel(bob, address="other@example.org", is_on=False)
    assert default_channels(bob) == [mine]


# ---- tests ----


def test_a_test_says_what_came_of_it(receiver: Receiver, alice: User) -> None:
    made = receiver.channel(alice)
    attempt = channels.test(made)
    assert (attempt.outcome, attempt.code, attempt.answer) == ("sent", 200, "ok")
    (said,) = receiver.bodies()
    assert said["type"] == "alert.test"
    assert Delivery.objects.get().status == "sent"


def test_one_that_fails_is_told_and_not_repeated(receiver: Receiver, alice: User) -> None:
    made = receiver.channel(alice)
    receiver.says(500, body=b"oops")
    attempt = channels.test(made)
    assert (attempt.outcome, attempt.code, attempt.answer) == ("refused", 500, "oops")
    assert Delivery.objects.get().status == "dead"
    assert made.failures == 1


def test_one_that_finds_nobody_switches_the_channel_off(receiver: Receiver, alice: User) -> None:
    made = receiver.channel(alice)
    receiver.says(410)
    channels.test(made)
    assert (made.is_on, made.off_reason) == (False, "Gone: 410")


def test_ten_an_hour_are_enough_for_a_person(receiver: Receiver, alice: User, bob: User) -> None:
    hers = [receiver.channel(alice), receiver.channel(alice, "slack")]
    for n in range(MOST_TESTS):
        channels.test(hers[n % 2])
    with pytest.raises(ChannelError, match="10 times an hour"):
        channels.test(hers[0])
    assert len(receiver.requests) == MOST_TESTS
    assert channels.test(receiver.channel(bob)).outcome == "sent"
    assert 3500 < cast("Any", cache).ttl(f"alerts.tests.{alice.pk}") <= 3600


@pytest.fixture
def no_cache(settings: Settings) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}


def test_what_cannot_be_counted_is_not_done(receiver: Receiver, alice: User, no_cache: None) -> None:
    with pytest.raises(ChannelError, match="Please wait"):
        channels.test(receiver.channel(alice))
    assert receiver.requests == []
