"""How eBay words the condition of a trading card: descriptors, aspects, and the names Metadata gives them.

Trading cards are either graded (condition 2750: grader, grade and certificate number as descriptors) or
ungraded (4000: the card's condition as a descriptor). Offers carry names, not ids, in the language of the
site (https://developer.ebay.com/api-docs/sell/static/metadata/condition-id-values.html).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from integrations import fields
from integrations.fields import Row

GRADED: Final = "2750"
UNGRADED: Final = "4000"
GRADER, GRADE, CONDITION = "27501", "27502", "40001"
_CODES: Final = {"400010": "NM", "400015": "LP", "400016": "MP", "400017": "HP"}
# Sellers of other cards than those of games choose among the words in parentheses alone.
_WORDS: Final = {
    "near mint or better": "NM",
    "near mint": "NM",
    "lightly played": "LP",
    "excellent": "LP",
    "moderately played": "MP",
    "very good": "MP",
    "heavily played": "HP",
    "poor": "HP",
    "damaged": "DMG",
}
# Graders go by what stands in parentheses behind their name: Professional Sports Authenticator (PSA).
_ABBREVIATION = re.compile(r"\(([A-Za-z0-9]{2,10})\)$")
_NAME = 120
_SHORT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptors:
    """What one site calls the descriptors of cards.

    `names` maps a descriptor's name, in lower case, to its id; the others map ids of values to their names.
    """

    names: Mapping[str, str]
    graders: Mapping[str, str] = field(default_factory=dict)
    grades: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)


ENGLISH: Final = Descriptors(
    names={"professional grader": GRADER, "grade": GRADE, "card condition": CONDITION},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The condition or the grade of one card; "" where it is not told."""

    condition: str
    grader: str
    grade: str
    is_graded: bool


def state(row: Row, *, descriptors: Descriptors) -> State:
    """From the descriptors, and from the aspects where those are silent; never from the title."""
    told = {**dict(_aspects(row, descriptors)), **dict(_described(row, descriptors))}
    identity = row.get("conditionId")
    graded = identity == GRADED or (identity != UNGRADED and bool(told.get(GRADER) and told.get(GRADE)))
    return State(
        condition="" if graded else _code(told.get(CONDITION, ""), descriptors),
        grader=_short(told.get(GRADER, "")) if graded else "",
        grade=told.get(GRADE, "")[:_SHORT] if graded else "",
        is_graded=graded,
    )


def is_graded(row: Row) -> bool:
    return row.get("conditionId") == GRADED


def descriptors(body: Row) -> Descriptors:
    """What Metadata's `get_item_condition_policies` says of the categories asked for, taken together."""
    policies = fields.rows(body, "itemConditionPolicies")
    states = [entry for policy in policies for entry in fields.rows(policy, "itemConditions")]
    rows = [entry for one in states for entry in fields.rows(one, "conditionDescriptors")]
    named = {
        _text(row, "conditionDescriptorName").lower(): _text(row, "conditionDescriptorId") for row in rows
    }
    return Descriptors(
        names={name: identity for name, identity in named.items() if name and identity},
        graders=_values(rows, GRADER),
        grades=_values(rows, GRADE),
        conditions=_values(rows, CONDITION),
    )


def _values(rows: list[Row], descriptor_id: str) -> dict[str, str]:
    own = [row for row in rows if row.get("conditionDescriptorId") == descriptor_id]
    values = [value for row in own for value in fields.rows(row, "conditionDescriptorValues")]
    named = {
        _text(value, "conditionDescriptorValueId"): _text(value, "conditionDescriptorValueName")
        for value in values
    }
    return {identity: name for identity, name in named.items() if identity and name}


def _text(row: Row, name: str) -> str:
    return fields.text(row, name, limit=_NAME)


def _described(row: Row, known: Descriptors) -> Iterator[tuple[str, str]]:
    for entry in fields.rows(row, "conditionDescriptors"):
        identity = known.names.get(_text(entry, "name").lower())
        contents = [_text(value, "content") for value in fields.rows(entry, "values")]
        if identity and contents and contents[0]:
            yield identity, contents[0]


def _aspects(row: Row, known: Descriptors) -> Iterator[tuple[str, str]]:
    for entry in fields.rows(row, "localizedAspects"):
        identity, value = known.names.get(_text(entry, "name").lower()), _text(entry, "value")
        if identity and value:
            yield identity, value


def _code(name: str, known: Descriptors) -> str:
    identity = next((one for one, called in known.conditions.items() if called.lower() == name.lower()), "")
    return _CODES.get(identity) or _WORDS.get(name.partition("(")[0].strip().lower(), "")


def _short(grader: str) -> str:
    found = _ABBREVIATION.search(grader)
    return found[1] if found else grader[:_SHORT]
