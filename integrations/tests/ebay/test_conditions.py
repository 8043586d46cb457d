from typing import Any

import pytest

from integrations.ebay import conditions, parse
from integrations.ebay.conditions import ENGLISH, Descriptors
from integrations.errors import MarketError
from integrations.listings import Listing
from integrations.tests.ebay import answers
from integrations.tests.ebay.answers import descriptor

GERMAN = Descriptors(
    names={"professioneller grader": "27501", "bewertung": "27502", "kartenzustand": "40001"},
    conditions={"400016": "Mäßig bespielt (Sehr gut)"},
)


def _graded(*descriptors: dict[str, Any], **changes: Any) -> Listing:
    return parse.listing(
        answers.offer(conditionId="2750", conditionDescriptors=list(descriptors) or None, **changes)
    )


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Near Mint or Better", "NM"),
        ("near mint or better", "NM"),
        ("Lightly Played (Excellent)", "LP"),
        ("Moderately Played (Very Good)", "MP"),
        ("Heavily Played (Poor)", "HP"),
        ("Excellent", "LP"),
        ("Very Good", "MP"),
        ("Poor", "HP"),
        ("Chewed", ""),
        ("", ""),
    ],
)
def test_an_ungraded_card_has_a_condition(written: str, code: str) -> None:
    found = parse.listing(answers.offer(conditionDescriptors=[descriptor("Card Condition", written)]))
    assert (found.condition, found.grader, found.grade, found.is_graded) == (code, "", "", False)


@pytest.mark.parametrize(
    ("grader", "short"),
    [
        ("Professional Sports Authenticator (PSA)", "PSA"),
        ("Beckett Grading Services (BGS)", "BGS"),
        ("Rare Edition (Rare)", "Rare"),
        ("Other", "Other"),
        ("PSA", "PSA"),
        (
            "A very long name of a grader that nobody has ever heard of",
            "A very long name of a grader that nobody",
        ),
    ],
)
def test_a_graded_card_has_grader_and_grade_and_no_condition(grader: str, short: str) -> None:
    found = _graded(
        descriptor("Professional Grader", grader),
        descriptor("Grade", "9.5"),
        descriptor("Certification Number", "12345678"),
        descriptor("Card Condition", "Near Mint or Better"),
    )
    assert (found.condition, found.grader, found.grade, found.is_graded) == ("", short, "9.5", True)


def test_aspects_speak_where_descriptors_are_silent() -> None:
    aspects = [
        {"type": "STRING", "name": "Professional Grader", "value": "Certified Guaranty Company (CGC)"},
        {"type": "STRING", "name": "Grade", "value": "8"},
    ]
    found = _graded(localizedAspects=aspects)
    assert (found.grader, found.grade) == ("CGC", "8")
    found = _graded(descriptor("Grade", "10"), localizedAspects=aspects)
    assert (found.grader, found.grade) == ("CGC", "10")
    found = parse.listing(answers.offer(localizedAspects=[{"name": "Card Condition", "value": "Poor"}]))
    assert found.condition == "HP"


def test_a_title_never_makes_a_grade() -> None:
    found = _graded(title="Mew ex PSA 10 GEM MINT")
    assert (found.is_graded, found.grader, found.grade, found.condition) == (True, "", "", "")
    found = parse.listing(answers.offer(title="Mew ex PSA 10 GEM MINT"))
    assert (found.is_graded, found.grade) == (False, "")


@pytest.mark.parametrize(
    ("identity", "graded"), [("4000", False), ("2750", True), (None, True), ("1000", True)]
)
def test_a_card_that_ebay_calls_ungraded_has_no_grade(identity: str | None, *, graded: bool) -> None:
    both = [descriptor("Professional Grader", "PSA"), descriptor("Grade", "10")]
    found = parse.listing(answers.offer(conditionId=identity, conditionDescriptors=both))
    assert (found.is_graded, found.grade) == (graded, "10" if graded else "")


def test_a_site_in_another_language_is_read_with_its_own_names() -> None:
    played = answers.offer(conditionDescriptors=[descriptor("Kartenzustand", "Mäßig bespielt (Sehr gut)")])
    assert parse.listing(played).condition == ""
    assert parse.listing(played, descriptors=GERMAN).condition == "MP"
    graded = answers.offer(
        conditionId="2750",
        conditionDescriptors=[descriptor("Professioneller Grader", "PSA"), descriptor("Bewertung", "10")],
    )
    found = parse.search({"itemSummaries": [graded]}, descriptors=GERMAN)
    assert [(listing.grader, listing.grade) for listing in found.listings] == [("PSA", "10")]


def test_the_names_that_metadata_gives_read_offers() -> None:
    found = conditions.descriptors(answers.policies())
    assert ENGLISH.names.items() <= found.names.items()
    offer = answers.offer(conditionDescriptors=[descriptor("Card Condition", "Heavily Played (Poor)")])
    assert parse.listing(offer, descriptors=found).condition == "HP"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"itemConditionPolicies": [{}]},
        {"itemConditionPolicies": [{"itemConditions": [{"conditionDescriptors": [{}]}]}]},
        {
            "itemConditionPolicies": [
                {"itemConditions": [{"conditionDescriptors": [{"conditionDescriptorId": "1"}]}]}
            ]
        },
    ],
)
def test_policies_without_names_name_nothing(body: dict[str, Any]) -> None:
    assert conditions.descriptors(body) == Descriptors(names={})


@pytest.mark.parametrize(
    "described",
    [7, [7], [{"name": []}], [{"name": "Grade", "values": 7}], [{"name": "Grade", "values": [7]}]],
)
def test_descriptors_of_another_shape_leave_the_offer_out(described: object) -> None:
    with pytest.raises(MarketError):
        parse.listing(answers.offer(conditionDescriptors=described))


@pytest.mark.parametrize("values", [None, [], [{}], [{"content": None}], [{"content": ""}]])
def test_a_descriptor_without_a_value_tells_nothing(values: object) -> None:
    found = parse.listing(
        answers.offer(conditionDescriptors=[{"name": "Card Condition", "values": values}, {}])
    )
    assert found.condition == ""
