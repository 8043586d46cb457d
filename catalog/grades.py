"""The grade that a listing's title claims: who graded the card, and how well.

"PSA 10", "BGS 9.5", "CGC Pristine 10", "Psa MINT 9", "PSA10". A hope is no grade: "PSA 10?", "PSA ready",
"potential PSA 10".
"""

import re
from typing import NamedTuple

GRADERS = {"beckett": "BGS", "bvg": "BGS", "bccg": "BGS"}
# TAG and ACE are words of card names, too: only a number behind them makes them graders.
NAMED = r"PSA|BGS|BVG|BCCG|BECKETT|CGC|SGC|AGS|HGA|GMA|ARS|KSA|MNT|APH|PCA|AIG"
WORDED = r"TAG|ACE"
WORDS = (
    r"(?:black\s*label|gem[\s-]*mint|gem[\s-]*mt|gem|pristine|perfect|graded|grading|grade|authentic|"
    r"near[\s-]*mint|mint|nm[\s-]*/?[\s-]*mt|nm[\s-]*/?[\s-]*mint|nm|ex[\s-]*mt|slab)"
)
VALUE = r"(?P<value>10|[1-9](?:[.,]5)?)(?![\w./,]*\d)"
SOUGHT = re.compile(
    rf"\b(?P<grader>{NAMED}|{WORDED})[\s:#-]*(?:{WORDS}[\s:-]*)*{VALUE}(?P<behind>[\s-]*{WORDS}\b)*",
    re.IGNORECASE,
)
LONE = re.compile(rf"\b(?P<grader>{NAMED})\b(?:\s*{WORDS}\b)*", re.IGNORECASE)
HOPE_BEHIND = re.compile(
    r"^[\s!*\W]*(?:\?|ready|read|worthy|it\b|this\b|contender|candidate|potential|possible|able|quality|grade\?"
    r"|bound|submission|sub\b|material|or\s+better|regrade|upgrade|crossover)",
    re.IGNORECASE,
)
HOPE_BEFORE = re.compile(
    r"(?:potential|possible|possibly|maybe|likely|poss|pot|could\s+be|should|would|for|not|no|un|future|easy"
    r"|strong|psa\s+or|ready\s+for|contender)[\s-]*(?:an?\s+)?$",
    re.IGNORECASE,
)
LABELS = {"black": "Black Label", "pristine": "Pristine"}


class Grade(NamedTuple):
    """`value` is "10" or "9.5", "" when the title only names the grader; `label` a special one."""

    grader: str
    value: str
    label: str

    def __str__(self) -> str:
        return " ".join(filter(None, [self.grader, self.value, self.label]))


class Found(NamedTuple):
    """`grade` is None where the title only hopes for one; the spans are what was read, in characters."""

    grade: Grade | None
    spans: tuple[tuple[int, int], ...]


def read(plain: str) -> Found:
    """What a title in plain letters claims. The first claim counts: later ones repeat it."""
    found = [match for match in SOUGHT.finditer(plain) if _is_grader(match)]
    taken = tuple(match.span() for match in found)
    lone = [match for match in LONE.finditer(plain) if not _within(match.start(), taken)]
    spans = (*taken, *(match.span() for match in lone))
    claims = [match for match in (*found, *lone) if not _is_hope(plain, match)]
    return Found(_grade(claims[0]) if claims else None, spans)


def _is_grader(match: re.Match[str]) -> bool:
    """The graders that are words stand in capitals: "Portgas D. Ace 10" is a card."""
    return match["grader"].upper() not in WORDED.split("|") or match["grader"].isupper()


def _grade(match: re.Match[str]) -> Grade:
    grader = match["grader"]
    said = match[0].casefold()
    label = next((name for word, name in LABELS.items() if word in said), "")
    value = (match.groupdict().get("value") or "").replace(",", ".")
    return Grade(GRADERS.get(grader.casefold(), grader.upper()), value, label)


def _is_hope(plain: str, match: re.Match[str]) -> bool:
    behind, before = plain[match.end() :], plain[: match.start()]
    return bool(HOPE_BEHIND.match(behind) or HOPE_BEFORE.search(before))


def _within(place: int, spans: tuple[tuple[int, int], ...]) -> bool:
    return any(start <= place < end for start, end in spans)
