"""The schedules in the admin: what each costs its source, and a warning when plans exceed its quota."""
# ruff: noqa: ARG002 -- the signatures are Django's

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django_celery_beat.admin import PeriodicTaskAdmin
from django_celery_beat.models import PeriodicTask

from accounts.models import User
from pricing import acts, planning
from pricing.formats import UNKNOWN

LOGGED = {"enable_tasks", "disable_tasks", "toggle_tasks", "run_tasks"}
admin.site.unregister(PeriodicTask)


class PricedList(ChangeList):
    """Each row with its plan: all of them in two statements."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        plans = {plan.name: plan for plan in planning.plans(self.result_list)}
        for task in self.result_list:
            task.plan = plans.get(task.name)


@admin.register(PeriodicTask)
class ScheduleAdmin(PeriodicTaskAdmin):  # type: ignore[misc]  # the package is not typed
    list_display = ("name", "enabled", "scheduler", "cost", "start_time", "last_run_at", "one_off")
    readonly_fields = (*PeriodicTaskAdmin.readonly_fields, "cost")
    fieldsets = (
        *PeriodicTaskAdmin.fieldsets[:1],
        ("What it costs", {"fields": ("cost",)}),
        *PeriodicTaskAdmin.fieldsets[1:],
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PricedList

    @admin.display(description="requests a day")
    def cost(self, task: PeriodicTask) -> str:
        """At most, were it switched on; what asks no source has none."""
        if not task.pk:
            return UNKNOWN
        plan = task.plan if hasattr(task, "plan") else next(iter(planning.plans([task])), None)
        if plan is None:
            return UNKNOWN
        times = "once" if plan.runs == 1 else f"{plan.runs} times"
        return f"{plan.requests:,} to {plan.adapter.label} ({times})"

    def save_model(self, request: HttpRequest, obj: PeriodicTask, form: Any, change: bool) -> None:  # noqa: FBT001 -- the signature is Django's
        super().save_model(request, obj, form, change)
        warn(request)

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseBase | None:
        """What was done to whole rows goes into the log, as what is done to one does."""
        chosen = list(queryset.filter(pk__in=request.POST.getlist("_selected_action")))
        answer: HttpResponseBase | None = super().response_action(request, queryset)
        if chosen and (action := request.POST.get("action")) in LOGGED:
            acts.note_all(cast("User", request.user), chosen, f"{action.replace('_', ' ').capitalize()}.")
            warn(request)
        return answer


def warn(request: HttpRequest) -> None:
    """Of each source whose quota the schedules exceed as they are now."""
    for budget in planning.budgets():
        if budget.is_overdrawn:
            messages.warning(request, budget.warning)
