"""Pages and data that are kept are those of this moment, the same for everybody, and sent to nobody twice."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from catalog.models import Card, CardSet, Game, Rarity
from catalog.tests.factories import CardSetFactory
from collections_app.tests.factories import collection, lot
from pricing import corrections, review
from pricing.models import IngestRun, PriceReview
from pricing.tests.factories import SourceFactory
from pricing.tests.market import Shop, later
from pricing.tests.rates import says

Queries = DjangoAssertNumQueries
ClientFor = Callable[[User], Client]


@pytest.fixture
def shop(db: None) -> Shop:
    shop = Shop(source=SourceFactory.create(), game=Game.objects.get(slug="pokemon"))
    shop.says({"1": 1_000, "2": 2_000})
    return shop


def addresses(shop: Shop) -> list[str]:
    """One of each kind that shows something of the first card of the shop."""
    series = shop.series("1")
    card, printing = series.printing.card, series.printing_id
    place = f"{shop.game.slug}/{card.card_set.slug}/"
    pages = ["/", "/methodology/", "/search/", f"/games/{shop.game.slug}/", f"/games/{place}", "/movers/"]
    pages += [card.get_absolute_url(), f"/cards/{card.pk}/chart/", f"/printings/{printing}/evidence/"]
    data = ["games/", f"games/{shop.game.slug}/sets/", f"sets/{place}", f"cards/{card.pk}/", "search/?q=card"]
    data += [f"cards/{card.pk}/history/", f"printings/{printing}/evidence/", "movers/", "sources/"]
    data += ["search/suggest/?q=card"]
    return pages + ["/search/suggest/?q=card"] + [f"/api/v1/{path}" for path in data]


def read(client: Client, paths: list[str]) -> dict[str, bytes]:
    answers = {path: client.get(path) for path in paths}
    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 200} == {}
    return {path: answer.content for path, answer in answers.items()}


def made_anew(client: Client, paths: list[str]) -> dict[str, bytes]:
    caches["default"].delete_pattern("*kept:*")  # type: ignore[attr-defined]
    return read(client, paths)


def edit_card(shop: Shop, _: User) -> None:
    Card.objects.filter(pk=shop.series("1").printing.card_id).update(name="Another name")


def edit_set(shop: Shop, _: User) -> None:
    CardSet.objects.filter(game=shop.game).update(name="Another set", code="AS")


def edit_menu(_: Shop, __: User) -> None:
    Game.objects.filter(slug="lorcana").update(name="Another game")


def add_set(shop: Shop, _: User) -> None:
    CardSetFactory.create(game=shop.game, name="New set")


def name_rarity(_: Shop, __: User) -> None:
    Rarity.objects.update(name="Another rarity")


def change_prices(shop: Shop, _: User) -> None:
    shop.says({"1": 1_100, "2": 2_000}, day=later(1))


def same_prices_next_day(shop: Shop, _: User) -> None:
    shop.says({"1": 1_000, "2": 2_000}, day=later(1))


def doubt_price(shop: Shop, carla: User) -> None:
    shop.says({"1": 90_000, "2": 2_000}, day=later(1))
    review.accept(PriceReview.objects.get(status="open"), by=carla)


def correct_price(shop: Shop, carla: User) -> None:
    corrections.correct(shop.series("1"), day=later(0), market=1_234, by=carla)


def rename_source(shop: Shop, _: User) -> None:
    shop.source.name, shop.source.fresh_hours = "Another shop", 1
    shop.source.save()


CHANGES = [edit_card, edit_set, edit_menu, add_set, name_rarity, change_prices, same_prices_next_day]
CHANGES += [doubt_price, correct_price, rename_source]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_after_any_change_no_answer_is_an_old_one(
    change: Callable[[Shop, User], None], shop: Shop, client: Client, carla: User
) -> None:
    paths = addresses(shop)
    before = read(client, paths)
    assert read(client, paths) == before
    change(shop, carla)
    kept = read(client, paths)
    assert kept == made_anew(client, paths)
    assert kept != before


def test_the_clock_changes_answers_at_whole_hours(shop: Shop, client: Client) -> None:
    paths = addresses(shop)
    last = later(0) + timedelta(
        hours=shop.source.fresh_hours
    )  # a day's prices are fresh until its end, and then
    with time_machine.travel(datetime.combine(last, time(23, 50), UTC), tick=False) as clock:
        before = read(client, paths)
        clock.shift(timedelta(minutes=11))
        assert before != read(client, paths) == made_anew(client, paths)


def test_a_price_that_may_be_shown_for_hours_goes_at_its_minute(shop: Shop, client: Client) -> None:
    shop.source.shown_hours = 6
    shop.source.save()
    heard = IngestRun.objects.get()
    assert heard.finished_at
    printing = shop.series("1").printing_id
    paths = [f"/printings/{printing}/evidence/", f"/api/v1/printings/{printing}/evidence/"]
    with time_machine.travel(heard.finished_at + timedelta(hours=6, seconds=-1), tick=False) as clock:
        shown = read(client, paths)
        clock.shift(2)
        gone = read(client, paths)
        assert all(shown[path] != gone[path] for path in paths)
        assert gone == made_anew(client, paths)


def test_an_answer_that_is_kept_costs_one_query(
    shop: Shop, client: Client, django_assert_num_queries: Queries
) -> None:
    paths = [path for path in addresses(shop) if "cards/" not in path and "printings/" not in path]
    read(client, paths)
    with django_assert_num_queries(len(paths)):
        read(client, paths)


def test_a_reader_who_has_it_is_told_so_before_anything_is_asked(
    shop: Shop, client: Client, django_assert_num_queries: Queries
) -> None:
    path = f"/games/{shop.game.slug}/"
    tag = client.get(path)["ETag"]
    caches["default"].clear()
    with django_assert_num_queries(1):
        answer = client.get(path, headers={"If-None-Match": f'"other", {tag}'})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)
    assert "max-age=60" in answer["Cache-Control"]
    assert set(answer["Vary"].split(", ")) >= {"Cookie", "Accept-Encoding"}


def test_a_tag_ends_with_what_it_stood_for(shop: Shop, client: Client) -> None:
    for path in addresses(shop):
        tag = client.get(path)["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304, path
    shop.says({"1": 1_100}, day=later(1))
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("tag", ["*", "", "W/", '"', 'W/"000000000000000000000000"'])
def test_other_tags_are_answered_in_full(tag: str, shop: Shop, client: Client) -> None:
    assert client.get("/movers/", headers={"If-None-Match": tag}).status_code == 200


def test_head_is_answered_as_get(shop: Shop, client: Client) -> None:
    for _ in range(2):
        answer = client.head("/movers/")
        assert (answer.status_code, answer.content) == (200, b"")
    assert client.get("/movers/").content


def test_a_visitors_page_brings_no_cookie(shop: Shop, client: Client) -> None:
    for path in addresses(shop):
        answer = client.get(path)
        assert (path, dict(answer.cookies)) == (path, {})
        assert "public" in answer["Cache-Control"], path


def test_a_members_page_is_their_own(shop: Shop, client: Client, client_for: ClientFor, alice: User) -> None:
    for path in addresses(shop)[:7]:
        visitors = client.get(path).content
        own = client_for(alice).get(path)
        assert alice.email in own.content.decode()
        assert "private" in own["Cache-Control"]
        assert client.get(path).content == visitors


def test_what_a_member_owns_is_told_to_nobody_else(
    shop: Shop, client: Client, client_for: ClientFor, alice: User, bob: User
) -> None:
    lot(collection(alice), shop.series("1").printing)
    path = "/api/v1/search/?q=owned:yes"
    for reader, count in ((client_for(alice), 1), (client_for(bob), 0), (client_for(alice), 1)):
        answer = reader.get(path)
        assert len(answer.json()["results"]) == count
        assert "private" in answer["Cache-Control"]
    assert client.get(path).status_code == 400


def test_a_stranger_cookie_of_a_session_is_not_answered_from_what_is_kept(shop: Shop, client: Client) -> None:
    client.cookies["sessionid"] = "nobody's"
    assert "private" in client.get("/movers/")["Cache-Control"]


def test_each_theme_has_pages_of_its_own(shop: Shop, client: Client) -> None:
    seen = {}
    for theme in ("light", "dark", "light", "dark"):
        client.cookies["theme"] = theme
        answer = client.get("/movers/")
        assert f'data-theme="{theme}"' in answer.content.decode()
        seen[theme] = answer["ETag"]
    assert seen["light"] != seen["dark"]


def test_each_host_has_answers_of_its_own(shop: Shop, client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    for number in range(70):
        Card.objects.create(
            game=shop.game, card_set=CardSet.objects.get(), name=f"Card {number}", slug="c", folded="card",
            number=str(number), number_key=str(number), words="card",
        )  # fmt: skip
    for host in ("one.example", "two.example", "one.example"):
        answer = client.get("/api/v1/search/", headers={"Host": host}).json()
        assert answer["next"].startswith(f"http://{host}/")


@pytest.mark.parametrize(
    "path", ["/games/nothing/", "/movers/?window=x", "/cards/999999/x/", "/search/?game=x"]
)
def test_what_is_wrong_is_never_kept(path: str, shop: Shop, client: Client) -> None:
    answers = [client.get(path) for _ in range(2)]
    assert [answer.status_code for answer in answers] in ([404, 404], [400, 400])
    assert not any("ETag" in answer for answer in answers)
    assert not list(caches["default"].iter_keys("kept:*"))  # type: ignore[attr-defined]


def test_an_address_without_end_is_answered_and_not_kept(shop: Shop, client: Client) -> None:
    answer = client.get("/search/?q=card&x=" + "x" * 1_000)
    assert answer.status_code == 200
    assert not list(caches["default"].iter_keys("kept:search:*"))  # type: ignore[attr-defined]


def test_rates_change_what_is_shown_in_another_currency(shop: Shop, client: Client) -> None:
    path = f"/api/v1/cards/{shop.series('1').printing.card_id}/?currency=EUR"
    before = client.get(path).content
    says(later(0), USD="1.25")
    assert client.get(path).content == made_anew(client, [path])[path] != before
