"""Making and changing an alert: its form, and beside it the price and what the rule would have done."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.pages import found, members, page, person, sent
from alerts import backtest, editing, phrases, proposing, queries, targets, trials
from alerts.editing import AlertError
from alerts.forms import RuleForm, TargetForm, TrialForm, known, usual
from alerts.models import Alert
from alerts.targets import Target
from catalog.views import chart_library
from pricing import picking, saving

FORM = require_http_methods(["GET", "HEAD", "POST"])


@members
@FORM
def new(request: HttpRequest) -> HttpResponse:
    form = TargetForm(request.GET)
    if not form.is_valid() or form.chosen is None:
        return begin(request, form)
    owner = person(request)
    target = found(targets.read, owner, *form.chosen)
    rule = new_form(owner, target, data=sent(request))
    if is_final(request, rule):
        try:
            made = editing.create(owner, rule.facts())
        except AlertError as error:
            rule.refuse(error)
        else:
            messages.success(request, f"You will be told when {target.noun} {phrases.rule(made)}.")
            return redirect(made)
    return rule_page(request, rule, alert=None)


def begin(request: HttpRequest, form: TargetForm) -> HttpResponse:
    """Nothing to watch yet: a card is searched, or a set, collection or saved search chosen."""
    typed = picking.words(request.GET.get("q", ""))
    context = {
        "form": form,
        "q": typed,
        "cards": picking.by_words(typed),
        "collections": person(request).collections.order_by("kind", "id"),
        "searches": saving.of(person(request)),
    }
    status = HTTPStatus.OK if form.is_valid() else HTTPStatus.BAD_REQUEST
    return render(request, "alerts/begin.html", context, status=status)


@members
@FORM
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    owner = person(request)
    alert = found(queries.alert, owner, pk)
    rule = edit_form(owner, alert, data=sent(request))
    if is_final(request, rule):
        try:
            editing.edit(alert, rule.facts())
        except AlertError as error:
            rule.refuse(error)
        else:
            messages.success(request, "The alert is saved.")
            return redirect(alert)
    return rule_page(request, rule, alert=alert)


@members
@require_POST
def try_out(request: HttpRequest) -> HttpResponse:
    """The part of both pages that follows the fields; nothing is saved."""
    form = TrialForm(request.GET)
    if not form.is_valid() or form.chosen is None:
        raise Http404("An address of this page says what the alert is about.")
    (key, pk), owner = form.chosen, person(request)
    if key == "alert":
        alert = found(queries.alert, owner, pk)
        context = trial(request, edit_form(owner, alert, data=request.POST), alert=alert)
    else:
        context = trial(request, new_form(owner, found(targets.read, owner, key, pk), data=request.POST))
    status = HTTPStatus.BAD_REQUEST if context["complaints"] else HTTPStatus.OK
    return render(request, "alerts/_trial.html", context, status=status)


def new_form(owner: User, target: Target, *, data: Any) -> RuleForm:
    """Untouched it proposes a price, where there is one to go by."""
    is_open = data is None and not target.is_many
    near = proposing.threshold(target.pk, currency=owner.currency) if is_open else None
    initial = usual(target, threshold=near, currency=owner.currency)
    return RuleForm(data, target=target, initial=initial, currency=owner.currency, **ways(owner))


def edit_form(owner: User, alert: Alert, *, data: Any) -> RuleForm:
    target = targets.of(alert)
    initial = usual(target, threshold=None, currency=alert.currency) | known(alert)
    return RuleForm(data, target=target, initial=initial, currency=alert.currency, **ways(owner))


def ways(owner: User) -> dict[str, Any]:
    """How the form may offer to tell them."""
    channels = list(queries.channels_of(owner))
    primary = None if channels else EmailAddress.objects.get_primary(owner)
    return {"channels": channels, "mail": primary.email if primary and primary.verified else ""}


def is_final(request: HttpRequest, form: RuleForm) -> bool:
    """Whether it was sent to be saved: without JavaScript a button only tries the rule."""
    return form.is_bound and "try" not in request.POST and form.is_valid()


def rule_page(request: HttpRequest, form: RuleForm, *, alert: Alert | None) -> HttpResponse:
    """What is wrong stands beside the fields, so the trial need not repeat it."""
    context = trial(request, form if form.is_bound else as_sent(form), alert=alert)
    context |= {"alert": alert, "target": form.target, "complaints": []}
    return page(request, "alerts/form.html", form=form, **context)


def as_sent(form: RuleForm) -> RuleForm:
    """A form that nobody has touched, as if it was sent."""
    said = form.initial
    return RuleForm(said, initial=said, target=form.target, channels=(), mail="", currency=said["currency"])


def trial(request: HttpRequest, form: RuleForm, *, alert: Alert | None = None) -> dict[str, Any]:
    """What the rule would have done, or what it still lacks. When it ends does not matter to that."""
    tried, untried = None, ""
    if form.is_valid() and form.facts().kind == editing.Kind.FOUND:
        untried = backtest.UNTRIED
    elif form.is_valid():
        facts, today = replace(form.facts(), expires_on=None), editing.today()
        try:
            done = backtest.try_out(person(request), facts, today=today, known=alert)
            tried = trials.shown(facts, done)
        except AlertError as error:
            form.refuse(error)
    complaints = [message for said in form.errors.values() for message in said]
    return {
        "tried": tried,
        "untried": untried,
        "complaints": complaints,
        "chart_library": chart_library(),
    }
