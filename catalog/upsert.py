"""Writes what a source lists into the catalogue: one group of products at a time, each change once.

What staff keep (`is_curated`) stays as it is, also where a source says otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from catalog import addresses, words
from catalog.models import Card, CardSet, ExternalId, Finish, Game, Printing, Rarity
from integrations.quotes import GroupEntry, ProductEntry, Quote

FACTS = ["card_set_id", "kind", "name", "slug", "folded", "number", "number_key", "rarity_id", "image_url"]
FACTS += ["url", "is_presale", "details"]


@dataclass(kw_only=True)
class Catalogue:
    """One game as one source lists it. Remembers the game's rarities and finishes between groups."""

    game: Game
    source: str
    _rarities: dict[str, int] = field(default_factory=dict)
    _finishes: dict[str, Finish] = field(default_factory=dict)

    @transaction.atomic
    def record(self, group: GroupEntry, *, products: Iterable[ProductEntry]) -> dict[str, int]:
        """Adds and corrects the group's set and its cards; the card of each product id.

        A group or product that the source listed under another game before stays there, and is left out.
        """
        # Two sources that bring the same new set one after the other find one set, not two.
        Game.objects.select_for_update(no_key=True).get(pk=self.game.pk)
        card_set = self._set(group)
        if card_set.game_id != self.game.pk:
            return {}
        entries = {product.external_id: product for product in products}
        known = self._known(entries)
        fresh = [entry for entry in entries.values() if entry.external_id not in known]
        known = {key: card for key, card in known.items() if card.game_id == self.game.pk}
        added = self._add(fresh, card_set=card_set)
        corrected = self._correct(known, entries=entries, card_set=card_set)
        if touched := [card.pk for card in (*added.values(), *corrected)]:
            words.index_cards(touched)
        return {key: card.pk for key, card in (known | added).items()}

    def told(self, quote: Quote, *, card: int) -> Quote | None:  # noqa: ARG002 -- asked of a Linker, too
        """The quote as it is: its source's word for the finish is ours."""
        return quote

    def learn(self, cards: Iterable[int]) -> None:
        """Nothing: printings are made as their prices come (a Linker has to know them before)."""

    def price(self, quotes: Iterable[Quote]) -> None:
        """Nothing: no product waits for staff, as a Linker's do."""

    def finish(self, name: str) -> Finish:
        if name not in self._finishes:
            self._finishes[name] = Finish.objects.get_or_create(game=self.game, name=name[:80])[0]
        return self._finishes[name]

    def printings(self, wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
        """The printing of each (card, finish name), made where missing."""
        pairs = set(wanted)
        Printing.objects.bulk_create(
            [Printing(card_id=card, finish=self.finish(name)) for card, name in sorted(pairs)],
            ignore_conflicts=True,
            batch_size=5000,
        )
        found = Printing.objects.filter(card_id__in={card for card, _ in pairs})
        rows = found.values_list("card_id", "finish__name", "id")
        return {(card, name): key for card, name, key in rows if (card, name) in pairs}

    def _set(self, group: GroupEntry) -> CardSet:
        key = {"source": self.source, "kind": ExternalId.Kind.SET, "external_id": group.external_id}
        known = ExternalId.objects.filter(**key).select_related("card_set").first()
        if known and known.card_set:
            return self._corrected_set(known.card_set, group=group)
        card_set = self._adoptable_set(group) or self._new_set(group)
        ExternalId.objects.create(**key, card_set=card_set)
        return card_set

    def _corrected_set(self, card_set: CardSet, *, group: GroupEntry) -> CardSet:
        """The slug stays, so that addresses do; the cards are found by the new name."""
        if card_set.is_curated:
            return card_set
        facts = {"name": group.name[:200], "code": group.code[:40], "released_on": group.released_on}
        if card_set.game_id == self.game.pk and any(getattr(card_set, k) != v for k, v in facts.items()):
            CardSet.objects.filter(pk=card_set.pk).update(**facts)
            words.index_cards(card_set.cards.values_list("pk", flat=True))
        return card_set

    def _adoptable_set(self, group: GroupEntry) -> CardSet | None:
        """A set another source told us about: the same name in the same game, now or before staff renamed or
        merged it.
        """
        same = CardSet.objects.filter(game=self.game, name=group.name)
        before = CardSet.objects.filter(
            redirects__game=self.game, redirects__slug=addresses.of_name(group.name)
        )
        theirs = (found.exclude(external_ids__source=self.source) for found in (same, before))
        return next((found for rows in theirs if (found := rows.first())), None)

    def _new_set(self, group: GroupEntry) -> CardSet:
        return CardSet.objects.create(
            game=self.game,
            name=group.name[:200],
            slug=addresses.free(group.name, game_id=self.game.pk, otherwise=group.external_id),
            code=group.code[:40],
            released_on=group.released_on,
        )

    def _known(self, entries: dict[str, ProductEntry]) -> dict[str, Card]:
        found = ExternalId.objects.filter(
            source=self.source, kind=ExternalId.Kind.CARD, external_id__in=entries
        )
        return {row.external_id: row.card for row in found.select_related("card") if row.card}

    def _add(self, entries: list[ProductEntry], *, card_set: CardSet) -> dict[str, Card]:
        adoptable = self._adoptable_cards(card_set) if entries else {}
        added: dict[str, Card] = {}
        for entry in entries:
            facts = self._facts(entry, card_set=card_set)
            card = adoptable.pop((entry.kind, facts["number_key"], facts["folded"]), None) or Card(
                game=self.game
            )
            added[entry.external_id] = card
            if not card.is_curated:
                _state(card, facts)
        adopted = [card for card in added.values() if card.pk]
        Card.objects.bulk_create([card for card in added.values() if not card.pk], batch_size=2000)
        Card.objects.bulk_update(adopted, FACTS, batch_size=2000)
        ExternalId.objects.bulk_create(
            [
                ExternalId(source=self.source, kind=ExternalId.Kind.CARD, external_id=key, card=card)
                for key, card in added.items()
            ],
            batch_size=5000,
        )
        return added

    def _adoptable_cards(self, card_set: CardSet) -> dict[tuple[str, str, str], Card]:
        """Cards of the set that another source told us about, by what makes them the same card."""
        ours = Card.objects.filter(card_set=card_set).exclude(external_ids__source=self.source)
        return {(card.kind, card.number_key, card.folded): card for card in ours}

    def _correct(
        self, known: dict[str, Card], *, entries: dict[str, ProductEntry], card_set: CardSet
    ) -> list[Card]:
        corrected = []
        for key, card in known.items():
            if card.is_curated:
                continue
            facts = self._facts(entries[key], card_set=card_set)
            if any(getattr(card, name) != value for name, value in facts.items()):
                _state(card, facts)
                corrected.append(card)
        Card.objects.bulk_update(corrected, FACTS, batch_size=2000)
        return corrected

    def _facts(self, entry: ProductEntry, *, card_set: CardSet) -> dict[str, Any]:
        name, number = entry.name[:250], entry.number[:40]
        return {
            "card_set_id": card_set.pk,
            "kind": entry.kind,
            "name": name,
            "slug": slugify(words.fold(name))[:270] or "card",
            "folded": words.fold(name)[:300],
            "number": number,
            "number_key": words.number_key(number)[:80],
            "rarity_id": self._rarity_id(entry.rarity[:80]),
            "image_url": entry.image_url[:500],
            "url": entry.url[:500],
            "is_presale": entry.is_presale,
            "details": entry.details,
        }

    def _rarity_id(self, name: str) -> int | None:
        if name and name not in self._rarities:
            self._rarities[name] = Rarity.objects.get_or_create(game=self.game, name=name)[0].pk
        return self._rarities.get(name)


def _state(card: Card, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        setattr(card, name, value)
