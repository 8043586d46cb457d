"""Alerts in the staff's admin: what could not be sent, to be sent again, and who is told what.

All of it is looked at, never edited: it is people's own, and is deleted with them. Secrets are not shown.
"""
# ruff: noqa: ARG002 -- the signatures are Django's

from collections.abc import Iterable, Iterator
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter, TabularInline
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from accounts import audit
from accounts.models import User
from alerts import delivering, phrases
from alerts.models import Alert, AlertEvent, Attempt, Channel, Delivery
from catalog.longlists import EstimatedPaginator
from pricing.admin import LongListAdmin, ReadOnlyAdmin
from pricing.formats import money

Kind, Status = Delivery.Kind, Delivery.Status
DELETES_A_PERSON = {"admin:accounts_user_delete", "admin:accounts_user_changelist"}


class OwnedAdmin(ReadOnlyAdmin):
    """A long list of what belongs to people, the newest first."""

    paginator = EstimatedPaginator
    show_full_result_count = False
    ordering = ("-pk",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Goes with its owner, for which the admin asks here too."""
        match = request.resolver_match
        return bool(match and match.view_name in DELETES_A_PERSON)


def masked(channel: Channel) -> str:
    """An address without what a stranger could use: a URL's path is often its password."""
    if channel.kind == Channel.Kind.EMAIL:
        return channel.address
    parts = urlsplit(channel.address)
    return f"{parts.scheme}://{parts.hostname}/…"


@admin.register(Channel)
class ChannelAdmin(OwnedAdmin):
    list_display = ("name", "owner", "kind", "leads_to", "is_on", "off_reason", "failures")
    list_filter = ("kind", "is_on")
    list_select_related = ("owner",)
    search_fields = ("owner__email",)
    search_help_text = "The owner's e-mail address"
    fields = ("name", "owner", "kind", "leads_to", "is_on", "off_reason", "failures", "created_at")
    readonly_fields = ("leads_to",)

    @admin.display(description="address")
    def leads_to(self, channel: Channel) -> str:
        return masked(channel)


@admin.register(Alert)
class AlertAdmin(OwnedAdmin):
    list_display = ("__str__", "owner", "about", "rule", "is_paused", "finished_on", "expires_on")
    list_filter = ("kind", "timing", "is_paused")
    list_select_related = ("owner", "printing__card", "printing__finish", "card_set")
    search_fields = ("owner__email",)
    search_help_text = "The owner's e-mail address"
    exclude = ("collection", "search")
    readonly_fields = ("about", "rule")

    @admin.display
    def about(self, alert: Alert) -> str:
        """A collection or search only by its number: its name is its owner's."""
        private = f"search {alert.search_id}" if alert.search_id else f"collection {alert.collection_id}"
        return str(alert.printing or alert.card_set or private)

    @admin.display
    def rule(self, alert: Alert) -> str:
        return phrases.rule(alert)


@admin.register(AlertEvent)
class AlertEventAdmin(OwnedAdmin, LongListAdmin):
    list_display = ("day", "owner", "alert", "printing", "rose_or_fell", "corrections", "is_withdrawn")
    list_filter = ("printing__card__game", "is_withdrawn")
    list_select_related = ("owner", "alert", "printing__card", "printing__finish")
    card = "printing__card"

    @admin.display(description="price")
    def rose_or_fell(self, event: AlertEvent) -> str:
        return f"{money(event.before, event.currency)} → {money(event.price, event.currency)}"


class AttemptInline(TabularInline[Attempt, Delivery]):
    model = Attempt
    fields = ("at", "milliseconds", "outcome", "code", "answer")
    readonly_fields = fields
    verbose_name_plural = "attempts"
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class StatusFilter(SimpleListFilter):
    """Shows what was given up, unless asked for more. A test that failed concerns its person alone."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(status.value, str(status.label)) for status in Status if status != Status.DEAD]

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        return iter([{**first, "display": Status.DEAD.label}, *others])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        if self.value() in Status.values:
            return queryset.filter(status=self.value())
        return queryset.filter(status=Status.DEAD).exclude(kind=Kind.TEST)


@admin.register(Delivery)
class DeliveryAdmin(OwnedAdmin):
    list_display = ["created_at", "owner", "channel", "channel__kind", "kind", "status", "attempts"]
    list_display += ["due_at", "last_answer"]
    list_filter = (StatusFilter, "channel__kind")
    list_select_related = ("channel__owner",)
    ordering = ("-created_at",)
    actions = ("send_again",)
    inlines = (AttemptInline,)
    fields = ["id", "owner", "channel", "kind", "event", "edition", "digest", "status", "due_at"]
    fields += ["leased_until", "attempts", "created_at", "sent_at"]
    readonly_fields = ("id", "owner")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        said = Attempt.objects.filter(delivery=OuterRef("pk")).order_by("-pk")
        rows: QuerySet[Delivery] = super().get_queryset(request)
        return rows.annotate(answer=Subquery(said.values("answer")[:1]))

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return cast("User", request.user).has_perm("alerts.change_delivery")

    @admin.display
    def owner(self, delivery: Delivery) -> str:
        return str(delivery.channel.owner)

    @admin.display
    def last_answer(self, delivery: Delivery) -> str:
        return cast("Any", delivery).answer or ""

    @admin.action(description="Send again", permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """What was given up or dropped; nothing goes to a channel that is off."""
        chosen = list(queryset)
        sent = delivering.resend(chosen)
        if sent:
            said = f"Asked to send again; {sent} of {len(chosen)} chosen will be."
            audit.note_each(cast("User", request.user), [(delivery, said) for delivery in chosen])
            self.message_user(request, f"{sent} will be sent again.", messages.SUCCESS)
        if sent < len(chosen):
            left = f"{len(chosen) - sent} are not: they are on their way, or their channel is off or unused."
            self.message_user(request, left, messages.WARNING)
