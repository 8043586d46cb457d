"""Channels and hours by API. A secret is shown when it is made, and never again."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings
from standardwebhooks import Webhook

from accounts.models import User
from accounts.tests.api import Api, errors
from alerts import sealing
from alerts.models import Channel, Hours
from alerts.tests import factories
from alerts.tests.receiver import Receiver

pytestmark = pytest.mark.django_db
NTFY = "https://ntfy.sh/my-topic"
DISCORD = "https://discord.com/api/webhooks/162/q5X0jT3uWd8"
# The keys of a browser in RFC 8291, appendix A.
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
VAPID = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"


@pytest.fixture
def hook(api: Api, receiver: Receiver) -> dict[str, Any]:
    """A webhook as it is answered when it is made."""
    answer = api.post("channels/", {"kind": "webhook", "address": receiver.url, "name": "My server"})
    assert answer.status_code == 201
    found: dict[str, Any] = answer.json()
    return found


def test_a_webhook_is_made_with_a_secret_that_is_shown_once(
    api: Api, alice: User, receiver: Receiver, hook: dict[str, Any]
) -> None:
    made = Channel.objects.get(owner=alice)
    secret = hook.pop("secret")
    assert secret == sealing.secrets_of(made)["secret"]
    assert hook == {
        "id": made.pk,
        "kind": "webhook",
        "name": "My server",
        "address": receiver.url,
        "is_on": True,
        "off_reason": "",
        "failures": 0,
        "alerts": 0,
        "created_at": made.created_at.isoformat(),
    }
    address = f"channels/{made.pk}/"
    answers = [
        api.get(address),
        api.get("channels/"),
        api.patch(address, name="Mine"),
        api.post(f"{address}test/"),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert not [answer for answer in answers if b"whsec_" in answer.content]


def test_a_test_is_signed_with_the_secret_that_was_shown(
    api: Api, receiver: Receiver, hook: dict[str, Any]
) -> None:
    receiver.says(202, body=b"thanks")
    found = api.post(f"channels/{hook['id']}/test/").json()
    assert (found["outcome"], found["code"], found["answer"]) == ("sent", 202, "thanks")
    assert set(found) == {"id", "at", "milliseconds", "outcome", "code", "answer"}
    (request,) = receiver.requests
    headers = {name.lower(): value for name, value in request.headers.items()}
    said: Any = Webhook(hook["secret"]).verify(request.body.decode(), headers)
    assert said["type"] == "alert.test"


def test_a_new_secret_signs_from_now_on(api: Api, receiver: Receiver, hook: dict[str, Any]) -> None:
    found = api.post(f"channels/{hook['id']}/rotate/").json()
    assert set(found) == {"secret"}
    assert found["secret"] != hook["secret"]
    api.post(f"channels/{hook['id']}/test/")
    (request,) = receiver.requests
    headers = {name.lower(): value for name, value in request.headers.items()}
    for secret in (found["secret"], hook["secret"]):  # for a day both do
        assert Webhook(secret).verify(request.body.decode(), headers)


def test_a_test_that_fails_says_so(api: Api, receiver: Receiver, hook: dict[str, Any]) -> None:
    receiver.says(410)
    found = api.post(f"channels/{hook['id']}/test/").json()
    assert (found["outcome"], found["code"]) == ("refused", 410)


def test_tests_are_counted(api: Api, hook: dict[str, Any]) -> None:
    for _ in range(10):
        assert api.post(f"channels/{hook['id']}/test/").status_code == 200
    assert set(errors(api.post(f"channels/{hook['id']}/test/"))) == {"channel"}


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ({"kind": "email", "address": "alice@example.org"}, "alice@example.org"),
        ({"kind": "discord", "address": DISCORD}, DISCORD),
        (
            {"kind": "slack", "address": "https://hooks.slack.com/services/T0/B0/x"},
            "https://hooks.slack.com/services/T0/B0/x",
        ),
        ({"kind": "ntfy", "address": NTFY, "token": "tk_secret"}, NTFY),
    ],
)
def test_every_kind_can_be_made(api: Api, said: dict[str, Any], address: str) -> None:
    answer = api.post("channels/", said)
    found = answer.json()
    assert (answer.status_code, found["kind"], found["address"]) == (201, said["kind"], address)
    assert found["name"]
    assert b"tk_secret" not in answer.content
    assert "secret" not in found


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({}, {"kind", "address"}),
        ({"kind": "pigeon", "address": "x"}, {"kind"}),
        ({"kind": "email", "address": "bob@example.org"}, {"address"}),
        ({"kind": "email", "address": ""}, {"address"}),
        ({"kind": "webhook", "address": "http://10.0.0.1/"}, {"address"}),
        ({"kind": "webhook", "address": "ftp://example.org/"}, {"address"}),
        ({"kind": "webhook", "address": "https://example.org/\x00"}, {"address"}),
        ({"kind": "webhook", "address": "https://example.org/" + "x" * 2000}, {"address"}),
        ({"kind": "discord", "address": "https://example.org/api/webhooks/1/x"}, {"address"}),
        ({"kind": "slack", "address": "https://example.org/"}, {"address"}),
        ({"kind": "ntfy", "address": "https://ntfy.sh/"}, {"address"}),
        ({"kind": "ntfy", "address": NTFY, "token": "not a token"}, {"token"}),
        ({"kind": "discord", "address": DISCORD, "name": "x" * 81}, {"name"}),
        ({"kind": "discord", "address": DISCORD, "is_on": "maybe", "secret": "x"}, {"is_on", "secret"}),
        ([], {"body"}),
    ],
)
def test_each_wrong_value_is_a_400_that_names_it(api: Api, alice: User, said: Any, wrong: set[str]) -> None:
    assert set(errors(api.post("channels/", said))) == wrong
    assert not Channel.objects.filter(owner=alice).exists()


@pytest.mark.parametrize(("said", "uses"), [({}, 1), ({"use_for_alerts": False}, 0)])
def test_the_alerts_there_are_use_a_new_one(api: Api, alice: User, said: dict[str, Any], uses: int) -> None:
    factories.alert(alice)
    made = api.post("channels/", {"kind": "ntfy", "address": NTFY, **said}).json()
    assert made["alerts"] == uses
    again = api.patch(f"channels/{made['id']}/", use_for_alerts=True)
    assert set(errors(again)) == {"use_for_alerts"}  # of one that is known each alert says it
    wrong = {"kind": "ntfy", "address": NTFY + "2", "use_for_alerts": "maybe"}
    assert set(errors(api.post("channels/", wrong))) == {"use_for_alerts"}


def test_browsers_are_pushed_to_where_the_site_has_a_key(api: Api, settings: Settings) -> None:
    said = {"kind": "push", "address": "https://push.example.com/1"}
    settings.VAPID_PRIVATE_KEY = ""
    assert set(errors(api.post("channels/", said | KEYS))) == {"kind"}
    settings.VAPID_PRIVATE_KEY = VAPID
    assert set(errors(api.post("channels/", said))) == {"address"}
    assert api.post("channels/", said | KEYS).status_code == 201
    assert api.post("channels/", said | KEYS).status_code == 201  # a browser that subscribes again
    assert Channel.objects.count() == 1


def test_an_address_is_a_channel_once(api: Api) -> None:
    assert api.post("channels/", {"kind": "ntfy", "address": NTFY}).status_code == 201
    assert set(errors(api.post("channels/", {"kind": "ntfy", "address": NTFY}))) == {"address"}


def test_a_person_has_up_to_twenty(api: Api, alice: User) -> None:
    for _ in range(20):
        factories.channel(alice, "webhook")
    assert set(errors(api.post("channels/", {"kind": "ntfy", "address": NTFY}))) == {"channel"}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_two_queries(
    api: Api, alice: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(rows):
        hook = factories.channel(alice, "webhook")
        for _ in range(place):
            factories.alert(alice, to=(hook,))
    with django_assert_num_queries(2):  # user, channels
        found = api.get("channels/").json()["results"]
    assert [row["alerts"] for row in found] == list(range(rows))


def facts(channel: Channel) -> dict[str, Any]:
    known = Channel.objects.get(pk=channel.pk)
    secrets = sealing.secrets_of(known)
    return {"name": known.name, "address": known.address, "is_on": known.is_on} | secrets


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ({}, {}),
        ({"name": "Phone"}, {"name": "Phone"}),
        ({"address": "https://ntfy.sh/other"}, {"address": "https://ntfy.sh/other"}),
        ({"token": "tk_new"}, {"token": "tk_new"}),
        ({"is_on": False}, {"is_on": False}),
        ({"is_on": True, "name": "Phone"}, {"name": "Phone"}),
    ],
)
def test_a_patch_changes_only_what_was_sent(
    api: Api, alice: User, said: dict[str, Any], changed: dict[str, Any]
) -> None:
    known = factories.channel(alice, "ntfy", address=NTFY, secrets={"token": "tk_old"})
    before = facts(known)
    answer = api.patch(f"channels/{known.pk}/", **said)
    assert answer.status_code == 200
    assert facts(known) == before | changed
    assert answer.json()["is_on"] == facts(known)["is_on"]


def test_a_browser_keeps_its_keys_when_it_is_renamed(api: Api, alice: User, settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = VAPID
    known = api.post("channels/", {"kind": "push", "address": "https://push.example.com/1", **KEYS}).json()
    assert api.patch(f"channels/{known['id']}/", name="My laptop").json()["name"] == "My laptop"
    assert sealing.secrets_of(Channel.objects.get(owner=alice)) == KEYS


def test_a_channel_that_switched_itself_off_is_switched_on(api: Api, alice: User) -> None:
    known = factories.channel(alice, "webhook", is_on=False, off_reason="It is gone", failures=9)
    found = api.patch(f"channels/{known.pk}/", is_on=True).json()
    assert (found["is_on"], found["off_reason"], found["failures"]) == (True, "", 0)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"kind": "discord"}, {"kind"}),
        ({"address": "https://ntfy.sh/a/b"}, {"address"}),
        ({"name": None}, {"name"}),
        ({"failures": 0, "off_reason": ""}, {"failures", "off_reason"}),
    ],
)
def test_a_wrong_patch_changes_nothing(api: Api, alice: User, said: dict[str, Any], wrong: set[str]) -> None:
    known = factories.channel(alice, "ntfy", address=NTFY)
    before = facts(known)
    assert set(errors(api.patch(f"channels/{known.pk}/", **said))) == wrong
    assert facts(known) == before


def test_only_a_webhook_has_a_secret_to_change(api: Api, alice: User) -> None:
    known = factories.channel(alice)
    assert set(errors(api.post(f"channels/{known.pk}/rotate/"))) == {"kind"}


def test_a_channel_is_removed(api: Api, alice: User) -> None:
    known = factories.channel(alice)
    assert api.delete(f"channels/{known.pk}/").status_code == 204
    assert api.get(f"channels/{known.pk}/").status_code == 404


# When messages may come.

USUAL = {"time_zone": "UTC", "quiet_from": "22:00", "quiet_until": "07:00", "digest_at": "08:00"}
LATE = {"time_zone": "Asia/Tokyo", "quiet_from": "23:30", "quiet_until": "08:15", "digest_at": "09:00"}


def test_hours_are_as_usual_until_they_are_said(api: Api, alice: User) -> None:
    assert api.get("hours/").json() == USUAL
    for said in (LATE, USUAL):
        assert api.put("hours/", said).json() == said
        assert api.get("hours/").json() == said
    assert Hours.objects.filter(owner=alice).count() == 1


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"time_zone": "Atlantis/Centre"}, {"time_zone"}),
        ({"time_zone": "../etc"}, {"time_zone"}),
        ({"quiet_from": "25:00", "digest_at": None}, {"quiet_from", "digest_at"}),
        ({"quiet_until": "soon"}, {"quiet_until"}),
        ({"owner": 1}, {"owner"}),
    ],
)
def test_wrong_hours_are_not_kept(api: Api, said: dict[str, Any], wrong: set[str]) -> None:
    assert set(errors(api.put("hours/", LATE | said))) == wrong
    assert not Hours.objects.exists()


def test_hours_are_said_as_a_whole(api: Api) -> None:
    assert set(errors(api.put("hours/", {"time_zone": "UTC"}))) == {"quiet_from", "quiet_until", "digest_at"}
