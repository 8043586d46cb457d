"""The schedules in the admin: what each costs its source, and a warning when plans exceed its quota."""
# ruff: noqa: ARG002 -- the signatures are Django's

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django_celery_beat.admin import PeriodicTaskAdmin
from django_celery_beat.models import PeriodicTask

from accounts import audit
from accounts.models import User
from pricing import planning
from pricing.formats import UNKNOWN

admin.site.unregister(PeriodicTask)


def told(name: str, description: str) -> Callable[..., None]:
    """An action of the package's own admin, for those who may change schedules, and put on record."""
    base = getattr(PeriodicTaskAdmin, name)

    @admin.action(description=description, permissions=["change"])
    def act(self: PeriodicTaskAdmin, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        keys = list(queryset.values_list("pk", flat=True))
        base(self, request, queryset)
        tasks = PeriodicTask.objects.filter(pk__in=keys)
        state = {True: "on", False: "off"}
        said = [(task, f"{description}: it is {state[task.enabled]}.") for task in tasks]
        audit.note_each(cast("User", request.user), said)
        warn(request)

    act.__name__ = name
    return act


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

    enable_tasks = told("enable_tasks", "Switch the chosen on")
    disable_tasks = told("disable_tasks", "Switch the chosen off")
    toggle_tasks = told("toggle_tasks", "Switch the chosen over")
    run_tasks = told("run_tasks", "Run the chosen now")

    @admin.display(description="requests a day")
    def cost(self, task: PeriodicTask) -> str:
        """At most, were it switched on; what asks no source has none."""
        if not task.pk:
            return UNKNOWN
        plan = task.plan if hasattr(task, "plan") else next(iter(planning.plans([task])), None)
        if plan is None:
            return UNKNOWN
        times = "once" if plan.runs == 1 else f"{plan.runs} times"
        return f"{plan.requests:,} to {plan.label} ({times})"

    def save_model(self, request: HttpRequest, obj: PeriodicTask, form: Any, change: bool) -> None:  # noqa: FBT001 -- the signature is Django's
        super().save_model(request, obj, form, change)
        warn(request)


def warn(request: HttpRequest) -> None:
    """Of each source whose quota the schedules exceed as they are now."""
    for budget in planning.budgets():
        if budget.is_overdrawn:
            messages.warning(request, budget.warning)
