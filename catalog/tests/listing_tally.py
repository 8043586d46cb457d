"""How well titles are matched: how much of what is accepted is right, and how much is accepted at all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog import names, numbers
from catalog.likeness import Card
from catalog.listings import Listing, Verdict, match_titles
from catalog.models import Printing
from catalog.tests.listing_cases import Answer, Case

# The card that the sold listings of the second file were searched for, as its set's checklist has it.
GLORY = Card(
    key=1, game="pokemon-japan", card_set=1, set_name="SV10: Glory of Team Rocket", set_code="SV10",
    name="Team Rocket's Mewtwo ex - 130/098", number="130/098", kind="single", rarity="Ultra Rare",
    printings=((1, "Holofoil"),), ids=frozenset(),
)  # fmt: skip


def is_glory(title: str) -> bool:
    """Whether a person reads that card: its number, and no other card's beside it."""
    return "130" in title and "114/098" not in title


def is_same_number(label: str, said: str) -> bool:
    """Whether a number is read as labelled; the total counts where the label has one."""
    if not label or not said:
        return label == said
    (one, *_), (other, *_) = numbers.read(label), numbers.read(said)
    return one[:3] == other[:3] and one.total in {"", other.total}


@dataclass(frozen=True)
class Tally:
    """`wrong` are accepted as another printing, or although there is no answer; `missed` are not accepted."""

    rows: int
    answerable: int
    right: int
    wrong: list[tuple[Case, Verdict]]
    missed: list[tuple[Case, Verdict]]
    unjudged: int  # accepted ones of the open rows

    @property
    def accepted(self) -> int:
        return self.right + len(self.wrong)

    @property
    def precision(self) -> float:
        return self.right / self.accepted if self.accepted else 1

    @property
    def recall(self) -> float:
        return self.right / self.answerable if self.answerable else 1


def tally(cases: Sequence[Case]) -> Tally:
    printings = answers(case.answer for case in cases if case.answer)
    verdicts = match_titles([Listing(case.title, case.game) for case in cases])
    told = [(case, verdict) for case, verdict in zip(cases, verdicts, strict=True) if not case.is_open]
    accepted = [(case, verdict) for case, verdict in told if verdict.is_accepted]
    wrong = [(case, verdict) for case, verdict in accepted if _meant(case, printings) != verdict.printing_id]
    missed = [(case, verdict) for case, verdict in told if case.answer and not verdict.is_accepted]
    return Tally(
        rows=len(cases),
        answerable=sum(case.answer is not None for case, _ in told),
        right=len(accepted) - len(wrong),
        wrong=wrong,
        missed=missed,
        unjudged=sum(
            verdict.is_accepted for case, verdict in zip(cases, verdicts, strict=True) if case.is_open
        ),
    )


def _meant(case: Case, printings: Mapping[Answer, int]) -> int | None:
    return printings[case.answer] if case.answer else None


def answers(wanted: Iterable[Answer]) -> dict[Answer, int]:
    """The printing of each answer; an answer that the catalogue does not hold is an error of the table."""
    asked = set(wanted)
    sets = {one.set_name for one in asked}
    found = Printing.objects.filter(card__card_set__name__in=sets).values_list(
        "card__card_set__name", "card__name", "card__number", "finish__name", "pk"
    )
    keys = {_key(*row[:4]): row[4] for row in found}
    return {one: keys[_key(*one)] for one in asked}


def _key(set_name: str, name: str, number: str, finish: str) -> tuple[object, ...]:
    """The name without the number that some products have behind it."""
    read = names.read(name)
    return (set_name, read.front, read.variants, number, finish)
