"""Sets and cards as files: looked at first, told by line, all rows or none."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from catalog.models import Card, CardSet, Rarity
from catalog.staff import files, resources
from catalog.tests.factories import CardFactory, CardSetFactory, GameFactory

ClientFor = Callable[[User], Client]


@pytest.fixture
def staff(carla: User, client_for: ClientFor, settings: Settings) -> Client:
    settings.USERSESSIONS_TRACK_ACTIVITY = False
    return client_for(carla)


def look(client: Client, model: str, *lines: str) -> Any:
    file = SimpleUploadedFile("ours.csv", "\n".join(lines).encode())
    form = {"import_file": file, "format": "0", "resource": "0"}
    return client.post(f"/admin/catalog/{model}/import/", form)


def bring(client: Client, model: str, *lines: str) -> list[str]:
    """Look at a file, then confirm it; what the list then says."""
    form = look(client, model, *lines).context["confirm_form"].initial
    client.post(f"/admin/catalog/{model}/process_import/", form)
    return [str(message) for message in client.get(f"/admin/catalog/{model}/").context["messages"]]


def refused(answer: Any) -> str:
    assert "confirm_form" not in answer.context
    return str(answer.content.decode())


def said() -> list[str]:
    return list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))


def test_a_file_is_looked_at_before_anything_changes(staff: Client) -> None:
    card = CardFactory.create(name="Charizrad", number="4")
    page = look(staff, "card", "id,name", f"{card.pk},Charizard").content.decode()
    assert "Confirm import" in page
    card.refresh_from_db()
    assert (card.name, said()) == ("Charizrad", [])


def test_confirmed_rows_change_their_cards_are_kept_found_and_put_on_record(staff: Client) -> None:
    card, same = CardFactory.create(name="Charizrad", number="4"), CardFactory.create(name="Mew")
    told = bring(staff, "card", "id,name", f"{card.pk},Charizard", f"{same.pk},Mew")
    assert told == ["Import finished: 0 new, 1 updated, 0 deleted and 1 skipped cards."]
    card.refresh_from_db()
    assert (card.name, card.slug, card.is_curated) == ("Charizard", "charizard", True)
    assert "charizard" in str(Card.objects.values_list("words", flat=True).get(pk=card.pk))
    assert said() == ["Imported from ours.csv: name: Charizrad → Charizard, is_curated: 0 → 1."]


def test_cards_get_set_rarity_kind_and_image_from_a_file(staff: Client, settings: Settings) -> None:
    settings.IMAGE_HOSTS = ["https://images.example"]
    card = CardFactory.create()
    into = CardSetFactory.create(game=card.game, slug="fossil")
    rare = Rarity.objects.create(game=card.game, name="Rare")
    bring(
        staff,
        "card",
        "id,set,rarity,kind,image_url",
        f"{card.pk},fossil,Rare,sealed,https://images.example/a.jpg",
    )
    card.refresh_from_db()
    assert (card.card_set, card.rarity, card.kind) == (into, rare, "sealed")
    assert card.image_url == "https://images.example/a.jpg"


def test_a_renamed_set_keeps_its_old_address(staff: Client) -> None:
    card = CardFactory.create(card_set__name="Fosil", card_set__slug="fosil")
    bring(staff, "cardset", "id,name,position,is_published", f"{card.card_set_id},Fossil,2,0")
    card_set = CardSet.objects.get()
    assert (card_set.name, card_set.slug, card_set.position) == ("Fossil", "fossil", 2)
    assert not card_set.is_published
    assert list(card_set.redirects.values_list("slug", flat=True)) == ["fosil"]
    assert "fossil" in str(Card.objects.values_list("words", flat=True).get())


def test_rows_without_an_id_are_added(staff: Client) -> None:
    game = GameFactory.create(slug="a-game")
    bring(staff, "cardset", "id,game,name,position", ",a-game,Fossil,0")
    bring(staff, "card", "id,game,set,name,number,kind", ",a-game,fossil,Mew,8,single")
    card = Card.objects.get()
    assert (card.game, card.card_set.name, card.folded, str(card)) == (game, "Fossil", "mew", "Mew 8")
    assert said() == ["Imported from ours.csv: new."] * 2


@pytest.mark.parametrize(
    ("header", "row", "why"),
    [
        ("id,name", "99999999,Mew", "There is no row with the id 99999999."),
        ("id,name", "x,Mew", "There is no row with the id x."),
        ("id,name", "{card},", "This field cannot be blank."),
        ("id,kind", "{card},boxed", "is not a valid choice"),
        ("id,set", "{card},nowhere", "There is no set “nowhere” in the game"),
        ("id,rarity", "{card},Nobody", "has no rarity “Nobody”. Add it first."),
        ("id,image_url", "{card},https://evil.example/a.jpg", "Pages show images of"),
        ("id,game,set,name", ",unheard,of,Mew", "There is no set “of” in the game “unheard”."),
    ],
)
def test_what_is_wrong_is_told_by_row_and_nothing_is_imported(
    header: str, row: str, why: str, staff: Client
) -> None:
    card = CardFactory.create(name="Charizard")
    page = refused(look(staff, "card", header, row.format(card=card.pk)))
    assert why in page.replace("&#x27;", "'")
    assert Card.objects.get().name == "Charizard"


def test_two_sets_of_one_name_are_told_by_row(staff: Client) -> None:
    one, other = CardSetFactory.create_batch(2, game=GameFactory.create())
    page = refused(look(staff, "cardset", "id,name", f"{one.pk},Fossil", f"{other.pk},Fossil"))
    assert "merge the two instead" in page
    assert not CardSet.objects.filter(name="Fossil").exists()


def test_a_card_with_prices_does_not_leave_its_game_through_a_file(staff: Client) -> None:
    card = CardFactory.create(card_set__slug="here")
    CardSetFactory.create(slug="there")
    assert "There is no set “there”" in refused(look(staff, "card", "id,set", f"{card.pk},there"))


def test_too_many_rows_are_refused(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "MOST_ROWS", 1)
    card = CardFactory.create()
    page = refused(look(staff, "card", "id,name", f"{card.pk},A", f"{card.pk},B"))
    assert "The file has 2 rows; at most 1 are imported at once." in page


def test_a_file_that_is_too_large_is_refused(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 5)
    assert "larger than" in refused(look(staff, "card", "id,name"))


def test_what_became_wrong_between_looking_and_confirming_is_not_imported(staff: Client) -> None:
    card_set = CardSetFactory.create()
    form = look(staff, "cardset", "id,name", f"{card_set.pk},Fossil").context["confirm_form"].initial
    CardSetFactory.create(game=card_set.game, name="Fossil")
    answer = staff.post("/admin/catalog/cardset/process_import/", form, follow=True)
    assert "Nothing was imported" in answer.content.decode()
    assert (CardSet.objects.filter(name="Fossil").count(), said()) == (1, [])


def export(client: Client, model: str, query: str = "") -> Any:
    resource = {"card": "cardresource", "cardset": "setresource"}[model]
    form = {"format": "0", "resource": "0", f"{resource}_id": "on", f"{resource}_name": "on"}
    return client.post(f"/admin/catalog/{model}/export/{query}", form)


def test_rows_are_exported_as_filtered_and_can_be_imported_again(staff: Client) -> None:
    card = CardFactory.create(name="Mew")
    CardFactory.create(name="Muk")
    file = export(staff, "card", f"?game__id__exact={card.game_id}").content.decode()
    assert file.split() == ["id,name", f"{card.pk},Mew"]
    page = look(staff, "card", *file.split())
    assert page.context["result"].totals["skip"] == 1


def test_an_export_of_too_much_is_refused(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_EXPORTED", 1)
    CardFactory.create_batch(2)
    answer = staff.get("/admin/catalog/card/export/?kind=single", follow=True)
    assert "At most 1 rows are exported at once: filter or search for fewer." in answer.content.decode()
    assert answer.redirect_chain == [("/admin/catalog/card/?kind=single", 302)]


def test_who_may_only_look_exports_and_imports_nothing(bob: User, client_for: ClientFor) -> None:
    bob.is_staff = True
    bob.save()
    bob.user_permissions.add(Permission.objects.get(codename="view_card"))
    client = client_for(bob)
    assert client.get("/admin/catalog/card/import/").status_code == 403
    assert client.post("/admin/catalog/card/process_import/").status_code == 403
    assert export(client, "card").status_code == 200
    assert client.get("/admin/catalog/cardset/export/").status_code == 403


def test_who_may_change_but_not_add_adds_nothing(bob: User, client_for: ClientFor) -> None:
    bob.is_staff = True
    bob.save()
    bob.user_permissions.set(Permission.objects.filter(codename__in=["view_card", "change_card"]))
    page = refused(look(client_for(bob), "card", "id,name", ",Mew"))
    assert "You may change rows, not add any" in page
