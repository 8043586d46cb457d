"""What people type of a rule, and what is made of it."""

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from alerts import editing, queries, targets
from alerts.channel_forms import ChannelForm, HoursForm
from alerts.channels import ChannelError
from alerts.channels import Facts as ChannelFacts
from alerts.editing import AlertError, Facts
from alerts.forms import RuleForm, compared, known, usual
from alerts.models import LONGEST_LOOK_BACK, Channel, Hours
from alerts.targets import Target
from alerts.tests import factories
from catalog.models import Printing
from catalog.tests.factories import FinishFactory, PrintingFactory
from collections_app.tests import factories as holdings
from pricing.models import LatestPrice
from pricing.tests.factories import SeriesFactory

pytestmark = pytest.mark.django_db
SAID: dict[str, Any] = {
    "kind": "below",
    "threshold": "12.50",
    "currency": "USD",
    "often": "once",
    "timing": "quiet",
    "look_back": "365",
}
ELSEWHERE: dict[str, Any] = {
    "threshold": "cheap",
    "percent": "-3",
    "window": "900",
    "gap": "x",
    "look_back": "1",
}


@pytest.fixture
def printing(db: None) -> Printing:
    return PrintingFactory.create()


def form(
    target: Target, said: dict[str, Any] | None = None, *, channels: Sequence[Channel] = (), mail: str = ""
) -> RuleForm:
    data = {name: value for name, value in (SAID | (said or {})).items() if value is not None}
    return RuleForm(data, target=target, channels=channels, mail=mail, currency="USD")


def about(printing: Printing) -> Target:
    return Target(key="printing", pk=printing.pk, thing=queries.of_printing_thing(printing))


def errors(of: RuleForm) -> dict[str, list[str]]:
    return {name: [str(one) for one in found] for name, found in of.errors.items()}


def facts(of: RuleForm) -> Facts:
    assert not of.errors
    return of.facts()


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"kind": "below", "threshold": "12.50"}, {"threshold": 12_50}),
        ({"kind": "above", "threshold": "9"}, {"threshold": 9_00}),
        ({"kind": "above", "threshold": "900", "currency": "JPY"}, {"threshold": 900, "currency": "JPY"}),
        ({"kind": "falls", "percent": "20", "window": "7"}, {"percent": Decimal(20), "days": 7}),
        ({"kind": "rises", "percent": "12.5", "window": "1"}, {"percent": Decimal("12.5"), "days": 1}),
        ({"kind": "low", "look_back": "90"}, {"days": 90}),
        ({"kind": "high", "look_back": str(LONGEST_LOOK_BACK)}, {"days": LONGEST_LOOK_BACK}),
        ({"kind": "back", "gap": "14"}, {"days": 14}),
    ],
)
def test_only_the_fields_of_the_chosen_kind_count(
    printing: Printing, said: dict[str, Any], rule: dict[str, Any]
) -> None:
    """The others are ignored, however wrong they are: without JavaScript they are all there."""
    plain = {"kind": said["kind"], "currency": "USD", "printing_id": printing.pk, "channel_ids": ()}
    assert facts(form(about(printing), ELSEWHERE | said)) == Facts(**plain | rule)


@pytest.mark.parametrize(
    ("said", "field", "complaint"),
    [
        ({"kind": None}, "kind", "This field is required."),
        (
            {"kind": "sideways"},
            "kind",
            "Select a valid choice. sideways is not one of the available choices.",
        ),
        ({"threshold": ""}, "threshold", "Say a price above zero."),
        ({"threshold": "0"}, "threshold", "Say a price above zero."),
        ({"threshold": "cheap"}, "threshold", "Enter a number."),
        ({"threshold": "9.5", "currency": "JPY"}, "threshold", "JPY has no digits behind the point."),
        ({"currency": "XXX"}, "currency", "Select a valid choice. XXX is not one of the available choices."),
        ({"kind": "falls", "window": "7"}, "percent", "Say by how many percent, above zero."),
        ({"kind": "falls", "percent": "20"}, "window", "Say within how many days."),
        (
            {"kind": "rises", "percent": "20", "window": "91"},
            "window",
            "Ensure this value is less than or equal to 90.",
        ),
        ({"kind": "low", "look_back": ""}, "look_back", "Choose what it is compared with."),
        ({"kind": "back"}, "gap", "Say after how many days."),
        (
            {"often": "again", "margin": "91"},
            "margin",
            "Ensure this value is less than or equal to 90.",
        ),
        ({"timing": "never"}, "timing", "Select a valid choice. never is not one of the available choices."),
        ({"expires_on": "soon"}, "expires_on", "Enter a valid date."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    printing: Printing, said: dict[str, Any], field: str, complaint: str
) -> None:
    assert errors(form(about(printing), said)) == {field: [complaint]}


def test_a_rule_that_counts_once_has_no_margin(printing: Printing) -> None:
    target = about(printing)
    once = facts(form(target, {"often": "once", "margin": "5"}))
    again = facts(form(target, {"often": "again", "margin": "5"}))
    assert (once.rearms, once.margin) == (False, Decimal(0))
    assert (again.rearms, again.margin) == (True, Decimal(5))
    assert facts(form(target, {"often": "again", "margin": ""})).margin == 0


def test_what_everybody_says_of_an_alert(printing: Printing) -> None:
    said = {"timing": "digest", "expires_on": "2031-05-01", "name": "Buy it"}
    found = facts(form(about(printing), said))
    assert (found.timing, found.expires_on, found.name) == ("digest", date(2031, 5, 1), "Buy it")


def test_a_card_of_several_finishes_offers_them(printing: Printing) -> None:
    assert "printing" not in form(about(printing)).fields
    finish = FinishFactory.create(game=printing.card.game, name="Holofoil")
    foil = PrintingFactory.create(card=printing.card, finish=finish)
    target = targets.read(User(), "printing", printing.pk)
    chosen = form(target, {"printing": str(foil.pk)})
    assert facts(chosen).printing_id == foil.pk
    stranger = PrintingFactory.create()
    assert "printing" in form(target, {"printing": str(stranger.pk)}).errors


def test_conditions_and_grades_are_offered_where_they_have_a_price_of_their_own(printing: Printing) -> None:
    assert "grading" not in form(targets.read(User(), "printing", printing.pk)).fields
    for grading in ({"condition": "LP"}, {"condition": "NM"}, {"grade": "PSA 10"}):
        series = SeriesFactory.create(printing=printing, **grading)
        shelf = {"source": series.source, "game": series.game}
        LatestPrice.objects.create(series=series, market=1_000, changed_on=factories.DAY, **shelf)
    target = targets.read(User(), "printing", printing.pk)
    assert target.gradings == (
        ("", "Any: the market price"),
        ("condition:NM", "Near Mint"),
        ("condition:LP", "Lightly Played"),
        ("grade:PSA 10", "PSA 10"),
    )
    played, graded, plain = (
        facts(form(target, {"grading": said})) for said in ("condition:LP", "grade:PSA 10", "")
    )
    assert (played.condition, played.grade) == ("LP", "")
    assert (graded.condition, graded.grade) == ("", "PSA 10")
    assert (plain.condition, plain.grade) == ("", "")


def test_cheap_cards_are_left_out_only_of_many(alice: User, printing: Printing) -> None:
    assert "least" not in form(about(printing)).fields
    binder = holdings.collection(alice, "Binder")
    found = form(targets.read(alice, "collection", binder.pk), {"least": "5"})
    assert (facts(found).collection_id, facts(found).least) == (binder.pk, 5_00)
    assert "Once for each card" in str(found["often"])


def test_the_ticked_channels_are_used(alice: User, printing: Printing) -> None:
    mail, phone = factories.channel(alice), factories.channel(alice, "ntfy", is_on=False, name="Phone")
    untouched = RuleForm(target=about(printing), channels=[mail, phone], mail="", currency="USD")
    assert untouched["channels"].value() == [str(mail.pk), str(phone.pk)]
    assert "ntfy: Phone (switched off)" in str(untouched["channels"])
    ticked = form(about(printing), {"channels": [str(phone.pk)]}, channels=[mail, phone])
    assert facts(ticked).channel_ids == (phone.pk,)


def test_who_has_no_channel_yet_is_offered_their_mail(printing: Printing) -> None:
    offered = form(about(printing), {"channels": ["mail"]}, mail="a@example.org")
    assert facts(offered).channel_ids is None  # the first channel is made
    assert facts(form(about(printing), mail="a@example.org")).channel_ids == ()


@pytest.mark.parametrize(
    ("kind", "field", "shown_at"),
    [
        ("below", "threshold", "threshold"),
        ("falls", "days", "window"),
        ("low", "days", "look_back"),
        ("back", "days", "gap"),
        ("below", "rearms", "often"),
        ("below", "collection", "__all__"),
    ],
)
def test_a_refusal_stands_beside_the_field_it_is_about(
    printing: Printing, kind: str, field: str, shown_at: str
) -> None:
    found = form(about(printing), {"kind": kind, "percent": "20", "window": "7", "gap": "7"})
    assert found.is_valid()
    found.refuse(AlertError(field, "It cannot be."))
    assert errors(found) == {shown_at: ["It cannot be."]}


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "below", "threshold": 12_50},
        {"kind": "above", "threshold": 900, "currency": "JPY"},
        {"kind": "falls", "percent": Decimal("12.50"), "days": 3},
        {"kind": "low", "days": 45, "rearms": True, "margin": Decimal("2.50")},
        {"kind": "back", "days": 9, "expires_on": date(2031, 5, 1), "name": "Mine", "timing": "digest"},
        {"kind": "below", "threshold": 12_50, "grade": "PSA 10"},
    ],
)
def test_an_alert_comes_back_from_its_form_as_it_was(alice: User, said: dict[str, Any]) -> None:
    channel = factories.channel(alice)
    alert = factories.alert(alice, to=(channel,), **said)
    target = targets.of(alert)
    initial = usual(target, threshold=None, currency=alert.currency) | known(alert)
    about_it: dict[str, Any] = {
        "target": target,
        "channels": [channel],
        "mail": "",
        "currency": alert.currency,
    }
    shown = RuleForm(initial, initial=initial, **about_it)
    assert facts(shown) == editing.facts_of(alert)


def test_what_a_low_is_compared_with_in_words() -> None:
    assert [compared(days) for days in (1, 7, 365, 730, LONGEST_LOOK_BACK)] == [
        "the last day",
        "the last 7 days",
        "the last year",
        "the last two years",
        "all that is known",
    ]


def channel_form(kind: str, known: ChannelFacts | None = None, **said: str) -> ChannelForm:
    found = ChannelForm(said, kind=kind, addresses=["a@example.org"], known=known)
    assert not found.errors
    return found


def test_each_kind_of_channel_asks_for_what_it_needs() -> None:
    mail = channel_form("email", address="a@example.org").facts()
    assert (mail.kind, mail.address, mail.name) == ("email", "a@example.org", "")
    hook = channel_form("webhook", address="https://x.example/", name="Mine").facts()
    assert hook == ChannelFacts(kind="webhook", address="https://x.example/", name="Mine")
    phone = channel_form("ntfy", address="https://ntfy.sh/a", token="tk_1").facts()
    assert phone == ChannelFacts(kind="ntfy", address="https://ntfy.sh/a", token="tk_1")
    push = channel_form("push", address="https://push.example/", p256dh="k", auth="a").facts()
    assert (push.p256dh, push.auth) == ("k", "a")


def test_mail_goes_only_to_an_address_of_ones_own() -> None:
    found = ChannelForm({"address": "b@example.org"}, kind="email", addresses=["a@example.org"])
    assert "address" in found.errors


@pytest.mark.parametrize(
    ("said", "token"),
    [({}, None), ({"token": "tk_2"}, "tk_2"), ({"drops_token": "on"}, "")],
)
def test_a_token_that_is_not_typed_stays(said: dict[str, str], token: str | None) -> None:
    known_ = ChannelFacts(kind="ntfy", address="https://ntfy.sh/a", name="Phone")
    changed = channel_form("ntfy", known_, address="https://ntfy.sh/b", **said).facts()
    assert changed == ChannelFacts(kind="ntfy", address="https://ntfy.sh/b", token=token)


def test_a_browser_that_subscribed_can_only_be_named() -> None:
    known_ = ChannelFacts(kind="push", address="https://push.example/", p256dh="k", auth="a")
    changed = channel_form("push", known_, name="Laptop", address="https://evil.example/").facts()
    assert (changed.name, changed.address, changed.p256dh) == ("Laptop", "https://push.example/", "k")


def test_a_refused_channel_says_so_beside_its_field() -> None:
    found = channel_form("webhook", address="https://x.example/")
    found.refuse(ChannelError("address", "No."))
    found.refuse(ChannelError("kind", "Never."))
    assert found.errors == {"address": ["No."], "__all__": ["Never."]}


def test_hours_are_of_a_zone_that_exists() -> None:
    said = {"time_zone": "Asia/Tokyo", "quiet_from": "22:00", "quiet_until": "07:30", "digest_at": "08:00"}
    found = HoursForm(said, known=Hours())
    assert found.is_valid()
    assert found.cleaned_data["quiet_until"] == time(7, 30)
    assert "time_zone" in HoursForm(said | {"time_zone": "Mars/Base"}, known=Hours()).errors
    assert "digest_at" in HoursForm(said | {"digest_at": "noon"}, known=Hours()).errors
