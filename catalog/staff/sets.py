"""Sets in the staff's admin: shown or hidden, in their order, renamed, merged, with an image."""
# ruff: noqa: ARG002 -- the signatures are Django's

from collections.abc import Sequence
from functools import partial
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.db import transaction
from django.db.models import QuerySet, URLField
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from accounts import audit
from accounts.models import User
from catalog import curation, following, merging
from catalog.models import Card, CardSet
from catalog.staff.files import SetFiles
from catalog.staff.forms import ImageForm, KeptForm, PlaceForm
from catalog.staff.inlines import SetIds, SetRedirects
from catalog.staff.pages import Act, perform


def who(request: HttpRequest) -> User:
    return cast("User", request.user)


class SetForm(ImageForm[CardSet]):
    """A new name is checked here, so that the page says what is wrong with it."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        game = cleaned.get("game") or (self.instance.game if self.instance.pk else None)
        if game and "name" in self.changed_data and cleaned.get("name"):
            try:
                curation.check_name(CardSet(pk=self.instance.pk, name=cleaned["name"], game=game))
            except curation.CannotCurateError as error:
                self.add_error("name", str(error))
        return cleaned


@admin.register(CardSet)
class CardSetAdmin(SetFiles, ModelAdmin[CardSet]):
    form = SetForm
    list_display = ("name", "game", "code", "released_on", "position", "is_published", "is_curated")
    list_filter = ("game", "is_published", "is_curated")
    list_select_related = ("game",)
    search_fields = ("name", "code")
    search_help_text = "Name or code"
    ordering = ("-released_on", "name")
    actions = ("publish", "unpublish", "place", "merge")
    fields = ["game", "name", "slug", "code", "released_on", "position", "is_published", "image_url"]
    fields += ["is_curated"]
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    inlines = (SetIds, SetRedirects)

    def get_readonly_fields(self, request: HttpRequest, obj: CardSet | None = None) -> tuple[str, ...]:
        """The address follows the name; prices are of the game."""
        return ("game", "slug") if obj else ("slug",)

    def save_model(self, request: HttpRequest, obj: CardSet, form: ModelForm[CardSet], change: bool) -> None:  # noqa: FBT001
        if curation.save_set(obj):
            self.message_user(
                request, f"Its address is {obj.get_absolute_url()} now; the old one leads there."
            )

    @admin.action(description="Publish the chosen sets", permissions=["change"])
    @transaction.atomic
    def publish(self, request: HttpRequest, queryset: QuerySet[CardSet]) -> None:
        self._told(
            request, list(queryset.filter(is_published=False)), done=curation.publish, word="published"
        )

    @admin.action(description="Hide the chosen sets and their cards", permissions=["change"])
    @transaction.atomic
    def unpublish(self, request: HttpRequest, queryset: QuerySet[CardSet]) -> None:
        self._told(request, list(queryset.filter(is_published=True)), done=curation.hide, word="hidden")

    def _told(self, request: HttpRequest, sets: list[CardSet], *, done: Any, word: str) -> None:
        count = done([row.pk for row in sets])
        audit.note_each(who(request), [(row, f"{word.capitalize()}.") for row in sets])
        self.message_user(request, f"{count} {word}.")

    @admin.action(description="Give the chosen sets a place in lists…", permissions=["change"])
    def place(self, request: HttpRequest, queryset: QuerySet[CardSet]) -> HttpResponse | None:
        act = Act(
            name="place",
            title="Place sets in lists",
            button="Place them",
            form=PlaceForm,
            foresee=lambda asked: [f"{queryset.count():,} sets stand at place {asked['position']}."],
            do=partial(self._place, request, queryset),
        )
        return perform(self, request, queryset, act=act)

    @transaction.atomic
    def _place(self, request: HttpRequest, queryset: QuerySet[CardSet], asked: dict[str, Any]) -> str:
        position = asked["position"]
        sets = list(queryset.exclude(position=position))
        count = curation.place([row.pk for row in sets], position=position)
        audit.note_each(
            who(request), [(row, f"Place in lists: {row.position} → {position}.") for row in sets]
        )
        return f"{count} placed."

    def has_merge_permission(self, request: HttpRequest) -> bool:
        """It ends sets and cards, and changes others."""
        acts = ("change_cardset", "delete_cardset", "change_card", "delete_card")
        return all(request.user.has_perm(f"catalog.{act}") for act in acts)

    @admin.action(description="Merge the chosen sets into one…", permissions=["merge"])
    def merge(self, request: HttpRequest, queryset: QuerySet[CardSet]) -> HttpResponse | None:
        act = Act(
            name="merge",
            title="Merge sets",
            button="Merge them",
            warning="A merge cannot be undone. Cards that are the same in both become one.",
            form=KeptForm,
            foresee=partial(foresee_merge, queryset),
            do=partial(self._merge, request, queryset),
        )
        return perform(self, request, queryset, act=act)

    @transaction.atomic
    def _merge(self, request: HttpRequest, queryset: QuerySet[CardSet], asked: dict[str, Any]) -> str:
        kept, said = asked["kept"], []
        for gone in list(queryset.exclude(pk=kept.pk).order_by("pk")):
            audit.note(who(request), gone, f"Merged into {kept} (set {kept.pk}).", flag=audit.DELETION)
            done = merging.merge_sets(gone, kept=kept)
            audit.note(who(request), kept, f"Set “{gone}” merged into it: {done}")
            said += [f"{gone}: {done}"]
            for objection in done.objections[:5]:
                self.message_user(request, objection, messages.WARNING)
        return " ".join(said)


def foresee_merge(sets: QuerySet[CardSet], asked: dict[str, Any]) -> Sequence[str]:
    """In numbers; statements by the set that goes, not by card."""
    kept, lines = asked["kept"], []
    for gone in sets.exclude(pk=kept.pk).order_by("pk"):
        merging.check_sets(gone, kept=kept)
        plan = merging.plan_sets(gone, kept=kept)
        cards = Card.objects.filter(card_set=gone)
        kept_apart = len(plan.objections)
        lines += [
            f"“{gone}” ends; its address {gone.get_absolute_url()} leads to “{kept}”.",
            f"{cards.count():,} cards go to “{kept}”.",
            f"{len(plan.cards):,} of them become one with a card there, whose addresses lead to it.",
            f"{len(plan.printings):,} printings become one with a printing there.",
            f"With them go {', '.join(following.counted(merging.of_cards(cards), sets=[gone.pk]))}.",
        ]
        lines += [f"{kept_apart:,} cards stay two: {plan.objections[0]} …"] if kept_apart else []
    return lines
