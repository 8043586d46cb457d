"""The staff's admin where no single app is concerned: the audit log."""
# ruff: noqa: ARG002 -- the signatures are Django's

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from accounts import audit
from accounts.models import User
from catalog.longlists import EstimatedPaginator


class PersonFilter(SimpleListFilter):
    """Those who may act: to look for everybody in the log itself would read all of it."""

    title = "person"
    parameter_name = "user"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        staff = User.objects.filter(is_staff=True).order_by("email")
        return [(str(pk), email) for pk, email in staff.values_list("pk", "email")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
        chosen = self.value()
        return queryset.filter(user=int(chosen)) if chosen and chosen.isdecimal() else queryset


class ObjectFilter(SimpleListFilter):
    title = "kind of object"
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        kinds = ContentType.objects.get_for_models(*admin.site._registry).items()  # noqa: SLF001
        named = [(str(kind.pk), str(model._meta.verbose_name)) for model, kind in kinds]  # noqa: SLF001
        return sorted(named, key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
        chosen = self.value()
        return queryset.filter(content_type=int(chosen)) if chosen and chosen.isdecimal() else queryset


@admin.register(LogEntry)
class AuditLog(ModelAdmin[LogEntry]):
    """Every act of the staff. It is looked at; nobody changes or deletes a line, nor a person who has one."""

    paginator = EstimatedPaginator
    show_full_result_count = False
    list_display = ("action_time", "user", "action_flag", "object", "content_type", "said")
    list_display_links = ("action_time",)
    list_filter = (PersonFilter, "action_time", "action_flag", ObjectFilter)
    list_select_related = ("user", "content_type")
    ordering = ("-pk",)
    search_fields = ("=object_id",)
    search_help_text = "The number of an object"
    fields = ("action_time", "user", "action_flag", "object", "content_type", "object_id", "said")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description="object")
    def object(self, entry: LogEntry) -> str:
        address = entry.get_admin_url() if entry.action_flag != audit.DELETION else None
        return (
            format_html('<a href="{}">{}</a>', address, entry.object_repr) if address else entry.object_repr
        )

    @admin.display(description="what")
    def said(self, entry: LogEntry) -> str:
        return entry.get_change_message()
