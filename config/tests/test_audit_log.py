"""Every act of the staff is in the audit log, which nobody changes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import audit
from accounts.models import User
from catalog.models import Rarity
from catalog.tests.factories import CardSetFactory, GameFactory
from config.tests import staff_rows
from pricing.tests.queue import own_queue

ClientFor = Callable[[User], Client]
LOG = "/admin/admin/logentry/"
# Actions that change nothing, each with the reason.
READS: set[str] = set()


@pytest.fixture
def staff(carla: User, client_for: ClientFor, settings: Settings) -> Client:
    settings.USERSESSIONS_TRACK_ACTIVITY = False
    return client_for(carla)


def actions() -> Iterator[tuple[type[Model], str]]:
    """Those of every registered admin, without Django's own deletion."""
    for model, model_admin in admin.site._registry.items():
        for entry in model_admin.actions or ():
            yield model, entry if isinstance(entry, str) else entry.__name__


def page(model: type[Model]) -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


def perform(client: Client, model: type[Model], action: str, rows: list[Any]) -> None:
    """Choose the rows and the action; a page that asks before is answered and confirmed."""
    form = {"action": action, "_selected_action": [row.pk for row in rows]}
    answer = client.post(page(model), form)
    if answer.status_code == 200:
        form |= {"asked": "1", **staff_rows.answers(model, action, rows)}
        shape = client.post(page(model), form).context["shape"]
        answer = client.post(page(model), {**form, "confirmed": "1", "foreseen": shape})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("model", "action"), list(actions()), ids=[f"{model.__name__}.{name}" for model, name in actions()]
)
def test_every_action_leaves_a_line_of_who_did_what(
    model: type[Model], action: str, staff: Client, carla: User, alice: User
) -> None:
    label = model._meta.label
    assert label in staff_rows.MAKERS, f"say in staff_rows how to make a row for the actions of {label}"
    rows = staff_rows.MAKERS[label](action, alice)
    before = staff_rows.fingerprint()
    with own_queue() as sent:
        perform(staff, model, action, rows)
        is_done = bool(sent()) or staff_rows.fingerprint() != before
    lines = LogEntry.objects.filter(user=carla)
    if f"{label}.{action}" in READS:
        assert not is_done
    else:
        assert is_done, "the row was made so that the action has something to do"
        assert lines.exists()
        assert all(lines.values_list("change_message", flat=True))


def test_a_deletion_in_a_list_leaves_a_line(staff: Client) -> None:
    rarity = Rarity.objects.create(game=GameFactory.create(), name="Rare")
    form = {"action": "delete_selected", "_selected_action": [rarity.pk], "post": "yes"}
    staff.post("/admin/catalog/rarity/", form)
    assert not Rarity.objects.filter(pk=rarity.pk).exists()
    assert LogEntry.objects.get().object_repr == "Rare"


def noted(user: User) -> LogEntry:
    audit.note(user, CardSetFactory.create(name="Fossil"), "Published.")
    return LogEntry.objects.latest("pk")


def test_the_log_says_who_did_what_to_what_in_words(staff: Client, carla: User) -> None:
    entry = noted(carla)
    shown = staff.get(LOG).content.decode()
    for word in (carla.email, "Published.", "Fossil", f"/admin/catalog/cardset/{entry.object_id}/change/"):
        assert word in shown
    assert staff.get(f"{LOG}{entry.pk}/change/").status_code == 200


def test_a_line_can_neither_be_added_nor_changed_nor_deleted(staff: Client, carla: User) -> None:
    entry = noted(carla)
    assert staff.get(f"{LOG}add/").status_code == 403
    assert staff.post(f"{LOG}{entry.pk}/change/", {"change_message": "x"}).status_code == 403
    assert staff.post(f"{LOG}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    staff.post(LOG, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    assert LogEntry.objects.get().change_message == "Published."


def test_a_person_who_has_a_line_is_not_deleted_with_it(staff: Client, bob: User) -> None:
    noted(bob)
    assert staff.post(f"/admin/accounts/user/{bob.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=bob.pk).exists()


@pytest.mark.parametrize("query", ["user={bob}", "model={kind}", "action_flag__exact=2", "q={key}"])
def test_the_log_is_filtered(query: str, staff: Client, carla: User, bob: User) -> None:
    wanted = noted(bob)
    other = GameFactory.create()
    audit.note(carla, other, "Added.", flag=audit.ADDITION)
    known = {"bob": bob.pk, "kind": wanted.content_type_id, "key": wanted.object_id}
    assert wanted.action_flag == CHANGE
    found = list(staff.get(f"{LOG}?{query.format(**known)}").context["cl"].result_list)
    assert wanted in found
    assert len(found) < 2 or wanted.object_id == str(other.pk)


def test_the_log_costs_the_same_with_one_line_and_with_three(
    staff: Client, carla: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    noted(carla)
    staff.get(LOG)
    with django_assert_num_queries(4):
        staff.get(LOG)
    noted(carla)
    noted(carla)
    with django_assert_num_queries(4):
        staff.get(LOG)
