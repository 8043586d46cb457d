"""Ties what a source lists to cards that are known already; what no rule can tie waits for staff.

A link is the ExternalId of the card, so it is found once and then kept. A product of which staff said that
it is not ours is never asked about again. One product of a source stands for one card: a second that would
be tied to the same card waits, whatever agrees.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import transaction

from catalog import finishes, matching
from catalog.finishes import Printing as Known
from catalog.matching import Match, Wanted
from catalog.models import ExternalId, Game, Printing, UnmatchedItem
from integrations.quotes import GroupEntry, ProductEntry, Quote
from integrations.registry import ADAPTERS

Status = UnmatchedItem.Status
CARD = ExternalId.Kind.CARD
GUESS = ["title", "url", "said", "candidates", "score", "reasons", "reason", "last_seen"]
TAKEN = "Another product of this source is tied to the same card already."
UNSAID = "-"  # what some sources write for a set without a code


@dataclass(kw_only=True)
class Linker:
    """One game as a source lists it whose products make no cards. `source` is whose ids the products bear."""

    game: Game
    source: str
    day: date
    _printings: dict[int, tuple[Known, ...]] = field(default_factory=dict)
    _waiting: dict[str, int] = field(default_factory=dict)

    @transaction.atomic
    def record(self, group: GroupEntry, *, products: Iterable[ProductEntry]) -> dict[str, int]:
        """The card of each product that is tied to one, newly or before."""
        entries = {product.external_id: product for product in products}
        linked = self._linked(entries)
        strange = [entry for key, entry in entries.items() if key not in linked]
        asked = self._asked(strange)
        wanted = [_wanted(entry, group=group, game=self.game) for entry in asked]
        found = dict(zip((entry.external_id for entry in asked), matching.match(wanted), strict=True))
        free = self._free(found, taken=set(linked.values()))
        linked |= self._link(free, entries=entries)
        self._wait(
            [(entry, one, found[entry.external_id]) for entry, one in zip(asked, wanted, strict=True)],
            linked=linked,
        )
        self._learn(linked.values())
        return linked

    def told(self, quote: Quote, *, card: int) -> Quote | None:
        """The quote with our name for its finish; None for a printing that we cannot tell."""
        finish = self.finish(card, quote.finish)
        return replace(quote, finish=finish) if finish else None

    def finish(self, card: int, said: str) -> str | None:
        """Our name of the one printing that the source's word means; None where that is open.

        No word at all means the plain one or, of several that shine, the one that is no reverse holo: sources
        list that apart. Which edition is meant, it does not say.
        """
        printings = self._printings.get(card, ())
        if not said:
            return _plainest([name for _, name in printings])
        if finishes.strange(said, printings=printings):
            return None
        keys = finishes.fitting(said, printings=printings)
        return next(name for key, name in printings if key == keys[0]) if len(keys) == 1 else None

    def learn(self, cards: Iterable[int]) -> None:
        """Reads the printings of cards that were tied before."""
        self._learn(cards)

    def printings(self, wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
        """The printing of each (card, our name of the finish)."""
        pairs = set(wanted)
        known = ((card, name, key) for card, _ in pairs for key, name in self._printings.get(card, ()))
        return {(card, name): key for card, name, key in known if (card, name) in pairs}

    def price(self, quotes: Iterable[Quote]) -> None:
        """Notes what waiting products cost, the dearest printing of each: staff see the dear ones first."""
        dearest: dict[int, Quote] = {}
        for quote in quotes:
            item = self._waiting.get(quote.product_id)
            if item and quote.market and 0 < quote.market < 2**31:
                known = dearest.get(item)
                if known is None or quote.market > (known.market or 0):
                    dearest[item] = quote
        UnmatchedItem.objects.bulk_update(
            [UnmatchedItem(pk=key, market=one.market, currency=one.currency) for key, one in dearest.items()],
            ["market", "currency"],
            batch_size=2000,
        )

    def _linked(self, keys: Iterable[str]) -> dict[str, int]:
        known = ExternalId.objects.filter(source=self.source, kind=CARD, external_id__in=list(keys))
        of_game = known.filter(card__game=self.game)
        return {key: card for key, card in of_game.values_list("external_id", "card_id") if card}

    def _asked(self, entries: Sequence[ProductEntry]) -> list[ProductEntry]:
        """Without those that staff have ruled out, or tied to a card that is gone."""
        decided = UnmatchedItem.objects.filter(
            source=self.source, external_id__in=[entry.external_id for entry in entries]
        ).exclude(status=Status.OPEN)
        known = set(decided.values_list("external_id", flat=True))
        return [entry for entry in entries if entry.external_id not in known]

    def _free(self, found: Mapping[str, Match], *, taken: set[int]) -> dict[str, int]:
        """Cards decided by the matcher that no other product of the source stands for, the surest first."""
        cards = {match.card_id for match in found.values() if match.card_id}
        held = ExternalId.objects.filter(source=self.source, kind=CARD, card_id__in=cards)
        taken = taken | {card for card in held.values_list("card_id", flat=True) if card}
        free: dict[str, int] = {}
        for key, match in sorted(found.items(), key=lambda one: (-one[1].score, one[0])):
            if match.card_id and match.card_id not in taken:
                taken.add(match.card_id)
                free[key] = match.card_id
        return free

    def _link(self, free: Mapping[str, int], *, entries: Mapping[str, ProductEntry]) -> dict[str, int]:
        made = [self._id(self.source, key, card) for key, card in free.items()]
        told = {
            (source, key): card
            for product, card in free.items()
            for source, key in entries[product].ids
            if source in BRIDGED and source != self.source and 0 < len(key) <= 80
        }
        held = set(
            ExternalId.objects.filter(kind=CARD, card_id__in=set(told.values())).values_list(
                "source", "card_id"
            )
        )
        for (source, key), card in told.items():
            if (source, card) not in held:
                held.add((source, card))
                made.append(self._id(source, key, card))
        ExternalId.objects.bulk_create(made, ignore_conflicts=True, batch_size=5000)
        return self._linked(free)

    def _id(self, source: str, key: str, card: int) -> ExternalId:
        return ExternalId(source=source, kind=CARD, external_id=key, card_id=card)

    def _wait(
        self, asked: Sequence[tuple[ProductEntry, Wanted, Match]], *, linked: Mapping[str, int]
    ) -> None:
        """Writes down what is open, and forgets what was open and is tied now."""
        self._forget(linked)
        items = [
            self._item(entry, wanted=wanted, match=match)
            for entry, wanted, match in asked
            if entry.external_id not in linked
        ]
        UnmatchedItem.objects.bulk_create(
            items,
            update_conflicts=True,
            unique_fields=["source", "external_id"],
            update_fields=GUESS,
            batch_size=2000,
        )
        keys = [item.external_id for item in items]
        waiting = UnmatchedItem.objects.filter(source=self.source, status=Status.OPEN, external_id__in=keys)
        self._waiting |= dict(waiting.values_list("external_id", "pk"))

    def _forget(self, linked: Mapping[str, int]) -> None:
        UnmatchedItem.objects.filter(
            source=self.source, status=Status.OPEN, external_id__in=list(linked)
        ).delete()

    def _item(self, entry: ProductEntry, *, wanted: Wanted, match: Match) -> UnmatchedItem:
        return UnmatchedItem(
            source=self.source,
            external_id=entry.external_id,
            game=self.game,
            title=_title(wanted),
            url=entry.url[:500],
            said=_said(wanted),
            candidates=list(match.candidates),
            score=match.score,
            reasons=list(match.reasons),
            reason=(TAKEN if match.card_id else match.reason)[:300],
            first_seen=self.day,
            last_seen=self.day,
        )

    def _learn(self, cards: Iterable[int]) -> None:
        unknown = set(cards) - self._printings.keys()
        rows = Printing.objects.filter(card_id__in=unknown).order_by("card_id", "finish__name")
        found: dict[int, list[Known]] = {card: [] for card in unknown}
        for card, key, name in rows.values_list("card_id", "id", "finish__name"):
            found[card].append((key, name))
        self._printings |= {card: tuple(known) for card, known in found.items()}


BRIDGED = frozenset(adapter.id_space for adapter in ADAPTERS.values() if adapter.links)


def _plainest(names: Sequence[str]) -> str | None:
    looks = {name: finishes.read(name) for name in names}
    upright = [name for name, look in looks.items() if "reverse" not in look.words]
    dull = [name for name in upright if not looks[name].shines]
    has_editions = any(looks[name].words & finishes.EDITIONS for name in upright)
    left = upright if len(upright) == 1 or has_editions else dull
    return left[0] if len(left) == 1 else None


def _wanted(entry: ProductEntry, *, group: GroupEntry, game: Game) -> Wanted:
    return Wanted(
        game=game.slug,
        name=entry.name,
        set_name=group.name,
        set_code="" if group.code == UNSAID else group.code,
        number=entry.number,
        rarity=entry.rarity,
        kind=entry.kind,
        language=entry.language,
        ids=entry.ids,
    )


def _title(wanted: Wanted) -> str:
    named = " ".join(part for part in (wanted.name, wanted.number) if part)
    placed = wanted.set_name or wanted.set_code
    return " · ".join(part for part in (named, placed, wanted.rarity) if part)[:250]


def _said(wanted: Wanted) -> dict[str, Any]:
    names = ("name", "number", "set_name", "set_code", "rarity", "kind", "language")
    facts = {name: getattr(wanted, name) for name in names if getattr(wanted, name)}
    return facts | ({"ids": [list(pair) for pair in wanted.ids]} if wanted.ids else {})
