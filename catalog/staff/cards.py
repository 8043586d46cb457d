"""Cards in the staff's admin: found by their words, edited many at once, merged, moved to another set."""
# ruff: noqa: ARG002 -- the signatures are Django's

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db import transaction
from django.db.models import QuerySet, URLField
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from accounts import audit
from catalog import curation, following, longlists, merging
from catalog.models import Card, CardSet
from catalog.staff.files import CardFiles
from catalog.staff.forms import EditForm, ImageForm, KeptForm, SplitForm, in_words
from catalog.staff.inlines import CardIds, CardRedirects, Printings
from catalog.staff.pages import Act, perform
from catalog.staff.sets import who


class CardForm(ImageForm[Card]):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        rarity, card_set = cleaned.get("rarity"), cleaned.get("card_set")
        if rarity and card_set and rarity.game_id != card_set.game_id:
            self.add_error("rarity", f"This is a rarity of another game than the set's, {card_set.game}.")
        is_moved = self.instance.pk and card_set and card_set.game_id != self.instance.game_id
        if is_moved and self.instance.printings.exists():
            self.add_error("card_set", curation.STAYS_IN_GAME)
        return cleaned


@admin.register(Card)
class CardAdmin(CardFiles, ModelAdmin[Card]):
    form = CardForm
    paginator = longlists.EstimatedPaginator
    show_full_result_count = False
    list_display = ("name", "number", "card_set", "game", "rarity", "kind", "is_curated")
    list_filter = ("game", "kind", "is_curated")
    list_select_related = ("card_set", "game", "rarity")
    search_fields = ("name",)
    search_help_text = "Words of name, number, set and rarity, as in the site's own search"
    ordering = ("-pk",)
    autocomplete_fields = ("card_set", "rarity")
    exclude = ("game", "slug")
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    inlines = (Printings, CardIds, CardRedirects)
    actions = ("edit", "split", "merge")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Card], search_term: str
    ) -> tuple[QuerySet[Card], bool]:
        found = longlists.cards_named(search_term, among=queryset) if search_term.strip() else queryset
        return found, False

    def save_model(self, request: HttpRequest, obj: Card, form: ModelForm[Card], change: bool) -> None:  # noqa: FBT001
        curation.save_card(obj)

    @admin.action(description="Edit the chosen cards…", permissions=["change"])
    def edit(self, request: HttpRequest, queryset: QuerySet[Card]) -> HttpResponse | None:
        act = Act(
            name="edit",
            title="Edit cards",
            button="Change them",
            form=EditForm,
            foresee=partial(foresee_edit, queryset),
            do=partial(self._edit, request, queryset),
        )
        return perform(self, request, queryset, act=act)

    @transaction.atomic
    def _edit(self, request: HttpRequest, queryset: QuerySet[Card], asked: dict[str, Any]) -> str:
        changes = EditForm.changes(asked)
        return f"{self._changed(request, queryset, changes=changes)} cards changed. {in_words(changes)}."

    def _changed(self, request: HttpRequest, queryset: QuerySet[Card], *, changes: dict[str, Any]) -> int:
        touched = curation.edit_cards(queryset.values_list("pk", flat=True), changes=changes)
        cards = Card.objects.filter(pk__in=touched)
        audit.note_each(who(request), ((card, f"Edited with others: {in_words(changes)}.") for card in cards))
        return len(touched)

    @admin.action(description="Move the chosen cards to another set…", permissions=["change"])
    def split(self, request: HttpRequest, queryset: QuerySet[Card]) -> HttpResponse | None:
        act = Act(
            name="split",
            title="Move cards to another set",
            button="Move them",
            form=SplitForm,
            foresee=partial(foresee_split, queryset),
            do=partial(self._split, request, queryset),
        )
        return perform(self, request, queryset, act=act)

    @transaction.atomic
    def _split(self, request: HttpRequest, queryset: QuerySet[Card], asked: dict[str, Any]) -> str:
        into = asked["into"] or merging.new_set(asked["game"], name=asked["name"], code=asked["code"])
        if not asked["into"]:
            audit.note(who(request), into, "Made for cards of another set.", flag=audit.ADDITION)
        count = self._changed(request, queryset, changes={"card_set": into})
        audit.note(who(request), into, f"{count} cards moved into it.")
        return f"{count} cards moved to {into}."

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return all(request.user.has_perm(f"catalog.{act}_card") for act in ("change", "delete"))

    @admin.action(description="Merge the chosen cards into one…", permissions=["merge"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Card]) -> HttpResponse | None:
        act = Act(
            name="merge",
            title="Merge cards",
            button="Merge them",
            warning="A merge cannot be undone.",
            form=KeptForm,
            foresee=partial(foresee_merge, queryset),
            do=partial(self._merge, request, queryset),
        )
        return perform(self, request, queryset, act=act)

    @transaction.atomic
    def _merge(self, request: HttpRequest, queryset: QuerySet[Card], asked: dict[str, Any]) -> str:
        kept = asked["kept"]
        gone = list(queryset.exclude(pk=kept.pk).order_by("pk"))
        message = f"Merged into {kept} (card {kept.pk})."
        audit.note_each(who(request), [(card, message) for card in gone], flag=audit.DELETION)
        done = merging.merge_cards(gone, kept=kept)
        merged = ", ".join(f"{card} (card {card.pk})" for card in gone)
        audit.note(who(request), kept, f"Merged into it: {merged}. {done}")
        return str(done)


def _resting(cards: QuerySet[Card]) -> str:
    return ", ".join(following.counted(merging.of_cards(cards)))


def foresee_edit(cards: QuerySet[Card], asked: dict[str, Any]) -> Sequence[str]:
    changes = EditForm.changes(asked)
    curation.check_edit(list(cards.values_list("pk", flat=True)), changes=changes)
    lines = [f"{curation.differing(cards, changes=changes).count():,} cards change: {in_words(changes)}."]
    if "is_curated" not in changes:
        lines.append("Syncs leave all that is said of them as it is from then on.")
    return [*lines, f"On them rest {_resting(cards)}, which stay with them."]


def foresee_split(cards: QuerySet[Card], asked: dict[str, Any]) -> Sequence[str]:
    target = f"“{asked['into']}”" if asked["into"] else f"the new set “{asked['name']}” of {asked['game']}"
    if asked["into"]:
        chosen = list(cards.values_list("pk", flat=True))
        curation.check_edit(chosen, changes={"card_set": asked["into"]})
    else:
        curation.check_name(CardSet(game=asked["game"], name=asked["name"]))
    return [
        f"{cards.count():,} cards go to {target}; syncs leave them there.",
        f"With them go {_resting(cards)}. Their addresses stay.",
        "Alerts on the sets they leave no longer look at them; alerts on the set they go to do.",
    ]


def foresee_merge(cards: QuerySet[Card], asked: dict[str, Any]) -> Sequence[str]:
    kept = asked["kept"]
    gone = cards.exclude(pk=kept.pk)
    merging.check_cards(gone, kept=kept)
    plan = merging.plan_cards({card.pk: kept.pk for card in gone})
    return [
        f"{len(plan.cards):,} cards end; their addresses lead to “{kept}” (card {kept.pk}, {kept.card_set}).",
        f"{len(plan.printings):,} printings become one with a printing of “{kept}”; others move to it.",
        f"With them go {_resting(gone)}.",
        "What sources call them leads to the card that stays. Syncs leave all that is said of it as it is.",
    ]
