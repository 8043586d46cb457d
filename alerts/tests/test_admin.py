"""Staff see what could not be sent and send it again; what people own stays theirs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from alerts.models import Alert, AlertEvent, Attempt, Channel, Delivery
from alerts.tests import factories
from alerts.tests.factories import DAY, NOW
from pricing.tests.queue import Sent, own_queue

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
LISTS = ("channel", "alert", "alertevent", "delivery")
SECRET = "hush-hush"


@pytest.fixture
def staff(carla: User, client_for: ClientFor, settings: Settings) -> Client:
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # its statements are not the admin's
    client = client_for(carla)
    client.get("/admin/")
    return client


def address(model: str, *parts: Any) -> str:
    return "/".join(["/admin/alerts", model, *map(str, parts), ""])


def hook(owner: User) -> Channel:
    return factories.channel(
        owner, "webhook", address=f"https://hook{owner.pk}.example/{SECRET}?key={SECRET}"
    )


def dead(owner: User, **said: Any) -> Delivery:
    to = said.pop("to", None) or hook(owner)
    event = factories.event(factories.alert(owner, to=(to,)))
    one = factories.delivery(event, to, **{"status": "dead", "attempts": 10} | said)
    facts = {"at": NOW, "milliseconds": 12, "code": 500}
    Attempt.objects.create(delivery=one, outcome="later", answer="busy", **facts)
    Attempt.objects.create(delivery=one, outcome="refused", answer="go away", **facts)
    return one


def listed(client: Client, **filters: str) -> list[Any]:
    return list(client.get(address("delivery"), filters).context["cl"].queryset)


def act(client: Client, *rows: Delivery, status: str = "") -> list[str]:
    """Choose rows and "Send again", as the page does; what the page then says."""
    form = {"action": "send_again", "_selected_action": [str(row.pk) for row in rows]}
    query = f"?status={status}" if status else ""
    answer = client.post(address("delivery") + query, form, follow=True)
    return [str(message) for message in answer.context["messages"]]


@pytest.mark.parametrize("model", LISTS)
def test_bob_is_refused_every_list(model: str, bob: User, client_for: ClientFor) -> None:
    answer = client_for(bob).get(address(model))
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={address(model)}")


@pytest.mark.parametrize(
    ("model", "queries"), [("channel", 3), ("alert", 3), ("alertevent", 4), ("delivery", 3)]
)
def test_a_list_costs_the_same_however_long_it_is(
    staff: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries, model: str, queries: int
) -> None:
    to = hook(alice)
    for rows in (1, 2, 3):
        dead(alice, to=to)
        factories.channel(alice, "ntfy")
        with django_assert_num_queries(queries):
            answer = staff.get(address(model))
        assert len(answer.context["cl"].result_list) >= rows


@pytest.mark.parametrize("model", LISTS)
def test_no_page_shows_a_secret(staff: Client, alice: User, model: str) -> None:
    one = dead(alice)
    pk = {"channel": one.channel_id, "delivery": one.pk}.get(model, one.event and one.event.pk)
    pk = one.event.alert_id if model == "alert" and one.event else pk
    for where in (address(model), address(model, pk, "change")):
        answer = staff.get(where)
        assert answer.status_code == 200
        page = answer.content.decode()
        assert SECRET not in page
        assert "whsec" not in page
        assert one.channel.sealed not in page


def test_an_address_is_shown_without_its_path(staff: Client, alice: User) -> None:
    to = hook(alice)
    factories.channel(alice)
    page = staff.get(address("channel")).content.decode()
    assert f"https://hook{alice.pk}.example/…" in page
    assert "alice@example.org" in page
    assert (
        f"https://hook{alice.pk}.example/…" in staff.get(address("channel", to.pk, "change")).content.decode()
    )


@pytest.mark.parametrize("model", LISTS)
def test_nobody_adds_edits_or_deletes(staff: Client, alice: User, model: str) -> None:
    one = dead(alice)
    rows: dict[str, Any] = {"channel": one.channel, "delivery": one, "alertevent": one.event}
    row = rows.get(model) or Alert.objects.get()
    assert staff.get(address(model, "add")).status_code == 403
    for page in ("change", "delete"):
        assert staff.post(address(model, row.pk, page), {"name": "x", "post": "yes"}).status_code == 403
    counts = [each.objects.count() for each in (Channel, Alert, AlertEvent, Delivery)]
    assert counts == [1, 1, 1, 1]


def test_a_person_can_still_be_deleted_with_all_that_is_theirs(staff: Client, alice: User) -> None:
    dead(alice)
    where = f"/admin/accounts/user/{alice.pk}/delete/"
    assert "permission" not in staff.get(where).content.decode()
    assert staff.post(where, {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=alice.pk).exists()
    assert not Delivery.objects.exists()


def test_what_was_given_up_comes_first(staff: Client, alice: User) -> None:
    to = hook(alice)
    gone = dead(alice, to=to)
    waiting, dropped = dead(alice, to=to, status="pending"), dead(alice, to=to, status="dropped")
    factories.delivery(None, to, status="dead")  # a test that failed
    assert listed(staff) == [gone]
    assert listed(staff, status="pending") == [waiting]
    assert listed(staff, status="dropped") == [dropped]
    assert listed(staff, channel__kind="email") == []
    page = staff.get(address("delivery")).content.decode()
    for fact in ("alice@example.org", "go away", "Given up"):
        assert fact in page


def test_a_status_that_there_is_not_is_as_none(staff: Client, alice: User) -> None:
    gone = dead(alice)
    for status in ("\x00", "lost"):
        assert listed(staff, status=status) == [gone]


def test_a_delivery_shows_every_answer(staff: Client, alice: User) -> None:
    page = staff.get(address("delivery", dead(alice).pk, "change")).content.decode()
    assert page.index("busy") < page.index("go away")


def test_staff_send_again_what_was_given_up(
    staff: Client, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    one = dead(alice)
    with own_queue("alerts") as sent:
        with django_capture_on_commit_callbacks(execute=True):
            assert act(staff, one) == ["1 will be sent again."]
        assert sent() == [Sent("alerts.deliver", [], {})]
    one.refresh_from_db()
    assert (one.status, one.attempts) == ("pending", 0)


def test_they_are_told_what_was_not(staff: Client, alice: User) -> None:
    one, other = dead(alice, status="dropped"), dead(alice, status="dropped", to=factories.channel(alice))
    Channel.objects.filter(pk=one.channel_id).update(is_on=False)
    with own_queue("alerts"):
        assert act(staff, one, other, status="dropped") == [
            "1 will be sent again.",
            "1 are not: they are on their way, or their channel is off or unused.",
        ]


def test_only_who_may_change_deliveries_sends_them_again(
    carla: User, alice: User, client_for: ClientFor
) -> None:
    one = dead(alice)
    User.objects.filter(pk=carla.pk).update(is_superuser=False)
    carla.user_permissions.add(Permission.objects.get(codename="view_delivery"))
    client = client_for(User.objects.get(pk=carla.pk))
    assert "send_again" not in client.get(address("delivery")).content.decode()
    client.post(address("delivery"), {"action": "send_again", "_selected_action": [str(one.pk)]})
    one.refresh_from_db()
    assert one.status == "dead"


def test_alerts_and_channels_are_found_by_their_owner_events_by_their_card(
    staff: Client, alice: User, bob: User
) -> None:
    for who in (alice, bob):
        dead(who)
    for model in ("alert", "channel"):
        found = staff.get(address(model), {"q": "alice@"}).context["cl"].queryset
        assert {row.owner for row in found} == {alice}
    event = AlertEvent.objects.first()
    assert event is not None
    found = staff.get(address("alertevent"), {"q": "nothing like it"}).context["cl"].queryset
    assert list(found) == []
    factories.event(event.alert, DAY + timedelta(days=1))
    assert staff.get(address("alertevent")).context["cl"].result_count == 3
