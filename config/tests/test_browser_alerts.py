"""A collector says what to wait for, and is told: in a real browser, with a real mail server."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from alerts import delivering, editing, evaluation
from alerts.editing import Facts
from alerts.models import Alert, AlertEvent, Attempt, Channel
from alerts.sending import push
from alerts.tests import factories
from alerts.tests.receiver import Postbox, mailing
from catalog.models import Game, Printing
from catalog.tests.two_days import TODAY, says
from catalog.words import index_all
from collections_app.models import Collection
from collections_app.tests import factories as holdings
from config.tests.chromium import faults, opened, signed_in
from pricing import saving
from pricing.models import SavedSearch, Source
from pricing.tests.market import Shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def shop(live_server: LiveServer) -> Shop:
    """Charizard from $330.00 to $280.00 and back to $320.00; Pikachu, and a box."""
    shop = Shop(source=Source.objects.get(slug="demo"), game=Game.objects.get(slug="pokemon"))
    for back, price in ((90, 330_00), (60, 280_00), (30, 310_00), (1, 320_00)):
        says(shop, price, 9_00, 500_00, day=TODAY - timedelta(days=back), replay=True)
    index_all()
    evaluation.catch_up()
    return shop


@pytest.fixture
def charizard(shop: Shop) -> Printing:
    return Printing.objects.select_related("card__card_set__game").get(card__name="Charizard")


@pytest.fixture
def postbox(settings: Settings) -> Iterator[Postbox]:
    with mailing(settings) as postbox:
        yield postbox


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, alice: User) -> Iterator[Page]:
    context = opened(browser, live_server, viewport={"width": 1280, "height": 900})
    signed_in(context, alice, live_server)
    yield context.new_page()
    context.close()


@pytest.fixture
def alert(alice: User, shop: Shop, charizard: Printing) -> Alert:
    """Fired, was corrected, and told by mail; beside it rules about a set and a collection."""
    mail = factories.channel(alice, name="Mail")
    gone = "It answered 410: it is gone."
    factories.channel(alice, "webhook", name="Script", is_on=False, off_reason=gone)
    binder = holdings.collection(alice, "Binder")
    holdings.lot(binder, charizard)
    plain: dict[str, Any] = {"currency": "USD", "channel_ids": (mail.pk,)}
    alert = editing.create(
        alice, Facts(kind="below", printing_id=charizard.pk, threshold=300_00, rearms=True, **plain)
    )
    fall: dict[str, Any] = {"kind": "falls", "percent": Decimal(20), "days": 7}
    editing.create(alice, Facts(card_set_id=charizard.card.card_set_id, **fall, **plain))
    editing.pause(editing.create(alice, Facts(kind="high", collection_id=binder.pk, days=365, **plain)))
    for q in ("set:base price>1", "set:base"):
        search = saving.save(alice, saving.Facts(name=f"By {q}", q=q))
        found = editing.create(alice, Facts(kind="found", search_id=search.pk, **plain))
    Alert.objects.filter(pk=found.pk).update(trouble="There is no set “base”.")
    series = shop.series("1", finish="Holofoil")
    event = factories.event(alert, TODAY - timedelta(days=60), price=280_00, before=330_00, series=series)
    wrong = {"corrections": 1, "corrected_to": 310_00, "is_withdrawn": True}
    factories.event(alert, TODAY - timedelta(days=30), price=3_10, before=280_00, series=series, **wrong)
    delivery = factories.delivery(event, mail)
    Attempt.objects.create(
        delivery=delivery, at=datetime.now(UTC), milliseconds=90, outcome="sent", code=250, answer="OK"
    )
    return alert


def addresses(alert: Alert) -> list[str]:
    """Every page of alerts, full and with nothing to show."""
    assert alert.printing
    card = alert.printing.card
    search = SavedSearch.objects.latest("pk")
    mail, hook = Channel.objects.order_by("pk")
    others = [one.get_absolute_url() for one in Alert.objects.exclude(pk=alert.pk)]
    here = alert.get_absolute_url()
    return [
        "/alerts/",
        "/alerts/?state=expired",
        "/alerts/new/",
        "/alerts/new/?q=charizard",
        f"/alerts/new/?printing={alert.printing_id}",
        f"/alerts/new/?set={card.card_set_id}",
        f"/alerts/new/?collection={Collection.objects.get().pk}",
        f"/alerts/new/?search={search.pk}",
        search.get_absolute_url(),
        "/searches/",
        f"/searches/{search.pk}/delete/",
        *(here + part for part in ("", "edit/", "delete/")),
        *others,
        "/inbox/",
        "/inbox/?unread=on",
        "/alerts/channels/",
        *(f"/alerts/channels/new/{kind}/" for kind in ("email", "webhook", "discord", "slack", "ntfy")),
        *(f"/alerts/channels/{one.pk}/{part}" for one in (mail, hook) for part in ("", "remove/")),
        "/alerts/hours/",
        card.get_absolute_url(),
        card.card_set.get_absolute_url(),
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_alerts_are_accessible_and_within_the_policy(
    browser: Browser, live_server: LiveServer, alert: Alert, theme: Any, width: int
) -> None:
    context = opened(browser, live_server, viewport={"width": width, "height": 800}, color_scheme=theme)
    signed_in(context, alert.owner, live_server)
    page = context.new_page()
    found = {}
    for each in addresses(alert):
        answer = page.goto(each)
        assert answer
        found[each] = faults(page) if answer.ok else [str(answer.status)]
    context.close()
    assert {address: wrong for address, wrong in found.items() if wrong} == {}


def test_a_rule_is_made_on_a_card_page_and_its_event_is_told(
    page: Page, shop: Shop, charizard: Printing, postbox: Postbox
) -> None:
    page.goto(charizard.card.get_absolute_url())
    page.get_by_role("link", name="Alert me about Charizard (Holofoil)").first.click()
    see_the_trial_change(page)
    page.get_by_label("At once, at any hour").check()
    page.get_by_label("Your own words for it").fill("Buy it")
    page.get_by_role("button", name="Make the alert").click()
    expect(page.get_by_role("status").first).to_contain_text(
        "You will be told when Charizard falls to $300.00"
    )
    expect(page.locator(".badge")).to_have_count(0)

    says(shop, 290_00, 9_00, 500_00, day=TODAY)
    assert evaluation.catch_up().events == 1
    assert delivering.drain() == 1

    page.reload()
    expect(page.locator(".badge")).to_contain_text("1")
    page.get_by_role("link", name=re.compile("^Inbox")).first.click()
    event = page.locator(".event")
    expect(event).to_contain_text("Charizard")
    expect(event).to_contain_text("$290.00")
    expect(event).to_contain_text("from $320.00")
    expect(event).to_contain_text("Buy it: falls to $300.00 or below")
    see_the_letter(postbox)
    event.get_by_role("button", name=re.compile("^Mark read")).click()
    expect(page.locator(".badge")).to_have_count(0)
    event.get_by_role("link", name="Buy it").click()
    expect(page.locator(".log")).to_contain_text("alice@example.org")
    assert page.evaluate("window.refused") == []


def see_the_trial_change(page: Page) -> None:
    """Typing is enough: nothing is sent by hand, and the page stays."""
    trial = page.locator("#trial")
    expect(trial).to_contain_text("it would have fired once.")
    page.wait_for_function("window.htmx")  # deferred: the form is there before it
    page.evaluate("window.stayed = true")
    page.get_by_label("Price", exact=True).fill("20")
    expect(trial).to_contain_text("it would not have fired.")
    expect(trial).to_contain_text("The lowest in the year was $280.00")
    page.get_by_label("Reaches a new low").check()
    expect(page.get_by_label("Price", exact=True)).to_be_hidden()
    expect(page.get_by_label("Compared with")).to_be_visible()
    expect(trial).not_to_contain_text("The lowest in the year")
    page.get_by_label("Falls to a price or below").check()
    page.get_by_label("Price", exact=True).fill("300")
    expect(trial).to_contain_text("$280.00")
    expect(trial.get_by_role("slider")).to_be_visible()
    expect(trial.locator(".plot .level")).to_have_count(1)
    expect(trial.locator(".plot .fire")).to_have_count(1)
    assert page.evaluate("window.stayed")


def see_the_letter(postbox: Postbox) -> None:
    (letter,) = postbox.letters
    assert postbox.recipients == ["alice@example.org"]
    assert "Charizard" in letter["Subject"]
    assert "$290.00" in letter["Subject"]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = (letter.get_body([kind]) for kind in ("plain", "html"))
    assert text
    assert html
    for part in (text, html):
        assert AlertEvent.objects.get().alert.get_absolute_url() in part.get_content()


def test_what_is_missing_is_said_beside_the_trial(page: Page, charizard: Printing) -> None:
    page.goto(f"/alerts/new/?printing={charizard.pk}")
    page.get_by_label("Price", exact=True).fill("cheap")
    expect(page.locator("#trial")).to_contain_text("Enter a number.")
    page.get_by_role("button", name="Make the alert").click()
    expect(page.get_by_role("alert")).to_contain_text("Not saved yet.")
    expect(page.get_by_label("Price", exact=True)).to_have_value("cheap")


def test_a_trial_that_fails_keeps_nobody_from_saving(page: Page, charizard: Printing) -> None:
    page.goto(f"/alerts/new/?printing={charizard.pk}")
    page.route("**/alerts/try/**", lambda route: route.abort())
    page.get_by_label("Price", exact=True).fill("250")
    expect(page.locator("#trial")).to_have_text(
        "The rule could not be tried just now. It can be saved all the same."
    )
    page.get_by_role("button", name="Make the alert").click()
    expect(page.get_by_role("status").first).to_contain_text("falls to $250.00 or below")


def test_an_alert_is_made_and_read_without_javascript(
    browser: Browser, live_server: LiveServer, alice: User, charizard: Printing
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    signed_in(context, alice, live_server)
    page = context.new_page()
    page.goto(charizard.card.get_absolute_url())
    page.get_by_role("link", name="Alert me about Charizard (Holofoil)").first.click()
    page.get_by_label("Loses so many percent").check()
    page.get_by_label("By how many percent").fill("10")
    page.get_by_label("Within how many days").fill("30")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#trial")).to_contain_text("it would have fired once.")
    expect(page.get_by_label("By how many percent")).to_have_value("10")
    assert not Alert.objects.exists()
    page.get_by_role("button", name="Make the alert").click()
    expect(page.locator("main")).to_contain_text("loses 10 % within 30 days")
    factories.event(Alert.objects.get(), TODAY)
    page.goto("/inbox/")
    page.get_by_role("button", name="Mark all 1 as read").click()
    expect(page.get_by_role("status").first).to_contain_text("1 event is marked as read.")
    page.goto("/alerts/")
    page.get_by_role("button", name=re.compile("^Pause")).click()
    expect(page.locator(".watch")).to_contain_text("Paused")
    context.close()


def test_a_visitor_who_wants_an_alert_signs_in_first(
    browser: Browser, live_server: LiveServer, charizard: Printing
) -> None:
    context = opened(browser, live_server)
    page = context.new_page()
    page.goto(charizard.card.get_absolute_url())
    page.get_by_role("link", name="Alert me about Charizard (Holofoil)").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    context.close()


def test_the_time_zone_is_guessed_on_the_first_visit(
    browser: Browser, live_server: LiveServer, alice: User
) -> None:
    context = opened(browser, live_server, timezone_id="Asia/Tokyo")
    signed_in(context, alice, live_server)
    page = context.new_page()
    page.goto("/alerts/hours/")
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("Your hours are saved.")
    context.close()


SUBSCRIBED = """
PushManager.prototype.getSubscription = async () => null;
PushManager.prototype.subscribe = async (wanted) => ({
  endpoint: "https://push.example/somebody",
  getKey: (name) => Uint8Array.from(atob(KEYS[name]), (one) => one.charCodeAt(0)).buffer,
});
"""


def browser_keys() -> str:
    """What a browser makes for a subscription: a point of its own and a secret, in base64."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keys = {"p256dh": raw, "auth": b"sixteen bytes it"}
    return json.dumps({name: b64encode(value).decode() for name, value in keys.items()})


def test_this_browser_becomes_a_channel_and_shows_what_is_pushed(
    page: Page, live_server: LiveServer, alice: User, settings: Settings
) -> None:
    """No push service can be reached from here, so its answer is dictated; worker and page are real."""
    settings.VAPID_PRIVATE_KEY = push.new_key()
    page.context.grant_permissions(["notifications"], origin=live_server.url)
    page.add_init_script(f"const KEYS = {browser_keys()};{SUBSCRIBED}")
    page.goto("/alerts/channels/")
    page.get_by_role("button", name="Ask this browser").click()
    expect(page.get_by_role("status").first).to_contain_text("“This browser (push.example)” is added.")
    made = Channel.objects.get(owner=alice)
    assert (made.kind, made.address) == ("push", "https://push.example/somebody")
    assert page.evaluate("navigator.serviceWorker.ready.then((one) => one.scope)") == f"{live_server.url}/"
    pushed(
        page,
        live_server,
        {"title": "Charizard: $290.00", "body": "Before: $320.00", "url": "/inbox/", "tag": "1"},
    )
    assert page.evaluate(SHOWN) == [["Charizard: $290.00", "Before: $320.00"]]
    assert page.evaluate("window.refused") == []


SHOWN = """async () => {
  const ready = await navigator.serviceWorker.ready;
  for (let tries = 0; tries < 50; tries += 1) {
    const shown = await ready.getNotifications();
    if (shown.length) return shown.map(({ title, body }) => [title, body]);
    await new Promise((done) => setTimeout(done, 50));
  }
  return [];
}"""


def pushed(page: Page, live_server: LiveServer, message: dict[str, str]) -> None:
    """As a push service delivers it to the worker."""
    session = page.context.new_cdp_session(page)
    known: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda said: known.extend(one["registrationId"] for one in said["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.wait_for_timeout(200)
    said = {"origin": live_server.url, "registrationId": known[-1], "data": json.dumps(message)}
    session.send("ServiceWorker.deliverPushMessage", said)
