"""How the sources are doing, on one page. Thin: `pricing.condition` reads."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from pricing import condition, planning, staff


@staff.page("pricing.view_ingestrun")
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    found = condition.of_all()
    budgets = {one.budget.policy.slug: one.budget for one in found}
    return staff.shown(
        request,
        "sources.html",
        title="Health of the sources",
        conditions=found,
        ebay=condition.ebay_doors(),
        warnings=[budget.warning for budget in budgets.values() if budget.is_overdrawn],
        hours=round(planning.DAY.total_seconds() / 3600),
        may_schedule=staff.person(request).has_perm("django_celery_beat.view_periodictask"),
    )
