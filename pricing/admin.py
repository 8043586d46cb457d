"""Prices in the staff's admin: runs of the syncs, the queue of doubtful prices, and what is known."""
# ruff: noqa: ARG002 -- the signatures are Django's

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db import transaction
from django.db.models import F, Model, QuerySet, URLField
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from kombu.exceptions import OperationalError

from accounts import audit
from accounts.models import User
from catalog.longlists import EstimatedPaginator, cards_named
from catalog.models import Card, UnmatchedItem
from integrations.registry import ADAPTERS
from pricing import consequences, corrections, review, staff, tasks
from pricing import schedules as schedules  # noqa: PLC0414 -- registers the schedules
from pricing.formats import UNKNOWN, money, number
from pricing.forms import CorrectionForm
from pricing.ledger import AMOUNTS
from pricing.models import (
    ExchangeRate,
    IngestRun,
    LatestPrice,
    MissedDay,
    PriceCorrection,
    PriceReview,
    PriceSeries,
    Source,
)

Status = PriceReview.Status
CONFIRM = "_confirm"
NO_QUEUE = "The queue cannot be reached, so nothing was started. Is Redis running?"


class ReadOnlyAdmin(ModelAdmin[Any]):
    """What syncs write is looked at, never edited or deleted by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LongListAdmin(ReadOnlyAdmin):
    """One row for each price: hundreds of thousands, found by their card."""

    paginator = EstimatedPaginator
    show_full_result_count = False
    ordering = ("-pk",)
    search_fields = ("printing",)
    search_help_text = "Words of the card's name, number, set and rarity"
    card: str

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        found = cards_named(search_term, among=Card.objects.all())
        return queryset.filter(**{f"{self.card}__in": found.values("pk")}), False


@admin.register(Source)
class SourceAdmin(ModelAdmin[Source]):
    list_display = ["name", "slug", "currency", "rank", "fresh_hours"]
    list_display += ["keeps_history", "is_blended", "is_demo"]
    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    def has_delete_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> tuple[str, ...]:
        """Adapters and stored amounts refer to these two."""
        return ("slug", "currency") if obj else ()


@admin.register(PriceSeries)
class PriceSeriesAdmin(LongListAdmin):
    list_display = ("pk", "printing", "source", "condition", "grade", "language", "currency")
    list_filter = ("source", "game", "condition")
    list_select_related = ("printing__card", "printing__finish", "source")
    card = "printing__card"


@admin.register(LatestPrice)
class LatestPriceAdmin(LongListAdmin):
    list_display = ["series_id", "printing", "source", "market_price", "low_price"]
    list_display += ["changed_on", "missing_since"]
    list_filter = ("source", "game")
    list_select_related = ("series__printing__card", "series__printing__finish", "source")
    card = "series__printing__card"

    @admin.display
    def printing(self, row: LatestPrice) -> str:
        return str(row.series.printing)

    @admin.display(description="market")
    def market_price(self, row: LatestPrice) -> str:
        return money(row.market, row.series.currency)

    @admin.display(description="low")
    def low_price(self, row: LatestPrice) -> str:
        return money(row.low, row.series.currency)

    def get_list_display(self, request: HttpRequest) -> Any:
        return [*self.list_display, "correct"] if may_correct(request) else self.list_display

    @admin.display(description="Wrong?")
    def correct(self, row: LatestPrice) -> str:
        known = {"series": row.series_id, "day": row.changed_on}
        address = reverse("admin:pricing_pricecorrection_add", query=known)
        return format_html('<a href="{}">Correct</a>', address)


def may_correct(request: HttpRequest) -> bool:
    return cast("User", request.user).has_perm("pricing.add_pricecorrection")


@admin.register(PriceCorrection)
class PriceCorrectionAdmin(LongListAdmin):
    """A correction is made, and stays as it is: another one corrects it."""

    form = CorrectionForm
    list_display = ("printing", "day", "before", "after", "corrected_by", "corrected_at", "reason")
    list_filter = ("series__game",)
    list_select_related = ("series__printing__card", "series__printing__finish", "corrected_by")
    raw_id_fields = ("series",)
    readonly_fields = ("printing", "before", "after")
    card = "series__printing__card"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_correct(request)

    def get_fields(self, request: HttpRequest, obj: PriceCorrection | None = None) -> tuple[str, ...]:
        return self.list_display if obj else ("series", "day", "market", "reason")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Before a correction is made, staff see what it would bring about, and confirm."""
        if request.method == "POST" and CONFIRM not in request.POST and may_correct(request):
            with transaction.atomic():  # as long as nothing changes it, the form says what is so
                form = self.get_form(request)(request.POST)
                if form.is_valid():
                    return confirmation(request, form.cleaned_data)
        return super().add_view(request, form_url, extra_context)

    @admin.display
    def printing(self, row: PriceCorrection) -> str:
        return str(row.series.printing)

    @admin.display(description="was")
    def before(self, row: PriceCorrection) -> str:
        return money(row.was, row.series.currency)

    @admin.display(description="now")
    def after(self, row: PriceCorrection) -> str:
        return money(row.now, row.series.currency)

    def save_model(self, request: HttpRequest, obj: PriceCorrection, form: Any, change: bool) -> None:  # noqa: FBT001 -- the signature is Django's
        made = corrections.correct(
            obj.series,
            day=obj.day,
            market=form.cleaned_data["market"],
            by=cast("User", request.user),
            reason=obj.reason,
        )
        obj.pk = made.pk  # what the admin writes in its log


def confirmation(request: HttpRequest, said: dict[str, Any]) -> HttpResponse:
    """What the correction would change, with the form as it was typed, to be sent once more."""
    series = said["series"]
    move = corrections.supposed(series, day=said["day"], market=said["market"])
    return staff.shown(
        request,
        "correction.html",
        title="Correct a price",
        move=move,
        was=money(move.was, series.currency),
        now=money(move.now, series.currency),
        consequences=consequences.of(move),
        typed={name: request.POST.get(name, "") for name in ("series", "day", "market", "reason")},
        confirm=CONFIRM,
    )


@admin.register(IngestRun)
class IngestRunAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "status", "started_at", "duration", "products", "rows", "written"]
    list_display += ["to_review", "unmatched", "problem"]
    list_filter = ("status", "game", "adapter")
    list_select_related = ("source", "game")
    ordering = ("-pk",)
    actions = ("run_again",)
    readonly_fields = ("duration",)

    def has_run_permission(self, request: HttpRequest) -> bool:
        return cast("User", request.user).has_perm("pricing.change_ingestrun")

    @admin.display
    def duration(self, run: IngestRun) -> str:
        """In whole seconds; of a running one so far."""
        end = run.finished_at or datetime.now(UTC)
        return str(end - run.started_at).partition(".")[0]

    @admin.display(ordering="changed")
    def written(self, run: IngestRun) -> int:
        return run.changed

    @admin.display(ordering="reviewed")
    def to_review(self, run: IngestRun) -> int:
        return run.reviewed

    @admin.display
    def problem(self, run: IngestRun) -> str:
        return Truncator(run.error).chars(80)

    @admin.action(description="Run again now", permissions=["run"])
    def run_again(self, request: HttpRequest, queryset: QuerySet[IngestRun]) -> None:
        """Once for each way and game, however many of its runs are chosen."""
        chosen = {(run.adapter, run.game.slug): run for run in queryset.select_related("game")}
        for run in chosen.values():
            try:
                level, said = start(run)
                audit.note(cast("User", request.user), run, said)
            except OperationalError:
                level, said = messages.ERROR, NO_QUEUE
            self.message_user(request, said, level)


def start(run: IngestRun, *, accept_collapse: bool = False) -> tuple[int, str]:
    """Queues what the run did; the message for who asked. Files lie where only the operator knows."""
    if run.adapter in ADAPTERS:
        tasks.sync.delay(run.adapter, run.game.slug, accept_collapse=accept_collapse)
        return messages.SUCCESS, f"{run.game} will be synced through {ADAPTERS[run.adapter].label}."
    command = f"manage.py sync --path FOLDER --game {run.game.slug}"
    command += " --accept-collapse" if accept_collapse else ""
    return messages.WARNING, f"{run.game} came from files. Bring them again by command: {command}"


class QueueFilter(SimpleListFilter):
    """Shows what is open, unless asked for more."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [("accepted", "Accepted"), ("rejected", "Rejected"), ("fixed", "Fixed"), ("all", "All")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        return iter([{**first, "display": "Open"}, *others])

    def queryset(self, request: HttpRequest, queryset: QuerySet[PriceReview]) -> QuerySet[PriceReview]:
        if self.value() == "all":
            return queryset
        return queryset.filter(status=self.value() or Status.OPEN)


@admin.register(PriceReview)
class PriceReviewAdmin(ReadOnlyAdmin):
    list_display = ("card", "game", "reason", "quoted", "known_before", "day", "status", "decided_by")
    list_filter = (QueueFilter, "reason", ("run__game", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("series__printing__card", "series__printing__finish", "run__game", "decided_by")
    ordering = ("-pk",)
    actions = ("accept", "reject")
    fields = ["card", "game", "reason", "quoted", "known_before", "day", "run"]
    fields += ["status", "decided_by", "decided_at"]
    readonly_fields = ("card", "game", "quoted", "known_before")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return cast("User", request.user).has_perm("pricing.change_pricereview")

    @admin.display
    def card(self, doubt: PriceReview) -> str:
        return str(doubt.series.printing) if doubt.series else "The whole file"

    @admin.display
    def game(self, doubt: PriceReview) -> str:
        return str(doubt.run.game)

    @admin.display
    def quoted(self, doubt: PriceReview) -> str:
        return amounts(doubt.quote)

    @admin.display
    def known_before(self, doubt: PriceReview) -> str:
        return amounts(doubt.known)

    @admin.action(description="Accept: the quoted price is right", permissions=["decide"])
    def accept(self, request: HttpRequest, queryset: QuerySet[PriceReview]) -> None:
        self._decide(request, queryset, decide=accept_and_start)

    @admin.action(description="Reject: keep the known price", permissions=["decide"])
    def reject(self, request: HttpRequest, queryset: QuerySet[PriceReview]) -> None:
        self._decide(request, queryset, decide=reject)

    def _decide(
        self,
        request: HttpRequest,
        queryset: QuerySet[PriceReview],
        *,
        decide: Callable[[PriceReview, User], tuple[int, str]],
    ) -> None:
        """Each by itself: one that cannot be accepted keeps none of the others from it."""
        by = cast("User", request.user)
        for doubt in queryset.select_related(*self.list_select_related).order_by("pk"):
            try:
                with transaction.atomic():
                    level, said = decide(doubt, by)
                    if level != messages.ERROR:
                        audit.note(by, doubt, said)
            except review.CannotAcceptError as error:
                level, said = messages.ERROR, str(error)
            except OperationalError:
                level, said = messages.ERROR, NO_QUEUE
            self.message_user(request, f"{self.card(doubt)}, {doubt}: {said}", level)


@transaction.atomic
def accept_and_start(doubt: PriceReview, by: User) -> tuple[int, str]:
    """A whole file was not recorded: accepting it brings it again, or leaves it open if that fails."""
    review.accept(doubt, by=by)
    if doubt.reason == PriceReview.Reason.COLLAPSE:
        return start(doubt.run, accept_collapse=True)
    return messages.SUCCESS, "Accepted."


def reject(doubt: PriceReview, by: User) -> tuple[int, str]:
    if not review.reject(doubt, by=by):
        return messages.ERROR, "It is decided already."
    return messages.SUCCESS, "Rejected."


def amounts(said: dict[str, Any] | None) -> str:
    """The known amounts of a quote in money: "market $12.00, low $9.50"."""
    if not said:
        return UNKNOWN
    if "rows" in said:
        return f"{number(said['rows'])} rows"
    known = ((name.replace("_", " "), said.get(name)) for name in AMOUNTS)
    return ", ".join(f"{name} {money(value, said['currency'])}" for name, value in known if value is not None)


@admin.register(UnmatchedItem)
class UnmatchedItemAdmin(ReadOnlyAdmin):
    """All that ever waited; staff decide at the desk (pricing.views_desk)."""

    paginator = EstimatedPaginator
    show_full_result_count = False
    list_display = ("title", "source", "game", "score", "status", "printing", "decided_by", "last_seen")
    list_filter = ("status", "source", "game")
    list_select_related = ("game", "printing__card", "printing__finish", "decided_by")
    search_fields = ("external_id__exact",)
    search_help_text = "The id at the source, in full"
    ordering = ("-pk",)


@admin.register(MissedDay)
class MissedDayAdmin(ReadOnlyAdmin):
    list_display = ("day", "game", "source", "noticed_at", "filled_at")
    list_filter = ("game", "source", ("filled_at", admin.EmptyFieldListFilter))
    list_select_related = ("game", "source")
    ordering = (F("filled_at").desc(nulls_first=True), "-day", "game__position")


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ReadOnlyAdmin):
    paginator = EstimatedPaginator
    show_full_result_count = False
    list_display = ("currency", "day", "per_euro")
    search_fields = ("=currency",)
    search_help_text = "A currency, such as USD"
    ordering = ("-day", "currency")
