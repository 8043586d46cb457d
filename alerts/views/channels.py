"""The ways to reach a person: added, tried, changed, switched off, removed; and when messages may come."""

from typing import Final

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.pages import found, members, page, person, sent
from alerts import channels as writing
from alerts import hours as telling
from alerts import queries
from alerts.channel_forms import ChannelForm, HoursForm
from alerts.channels import ChannelError
from alerts.models import Attempt, Channel
from alerts.sending import push

FORM = require_http_methods(["GET", "HEAD", "POST"])
Kind = Channel.Kind
SUITS: Final = {
    Kind.EMAIL: "To an address of yours that is confirmed.",
    Kind.DISCORD: "Into a channel of your server.",
    Kind.SLACK: "Into a channel of your workspace.",
    Kind.NTFY: "To your phone, without an account.",
    Kind.WEBHOOK: "To a program of yours, as signed JSON.",
}


@members
@require_safe
def channels(request: HttpRequest) -> HttpResponse:
    context = {
        "channels": queries.channels_of(person(request)),
        "kinds": [(kind.value, kind.label, said) for kind, said in SUITS.items()],
        "push_key": push.public_key(),
        "form": ChannelForm(kind=Kind.PUSH),
    }
    return render(request, "alerts/channels.html", context)


@members
@FORM
def new(request: HttpRequest, kind: str) -> HttpResponse:
    owner = person(request)
    if kind not in Kind.values or (kind == Kind.PUSH and not push.public_key()):
        raise Http404("There is no such kind of channel here.")
    form = ChannelForm(sent(request), kind=kind, addresses=addresses(owner))
    if form.is_bound and form.is_valid():
        try:
            made = writing.add(owner, form.facts(), use_for_alerts=form.cleaned_data["use_for_alerts"])
        except ChannelError as error:
            form.refuse(error)
        else:
            messages.success(request, f"“{made}” is added. Send a test to see that it works.")
            return redirect("alerts:channel", made.pk)
    return page(request, "alerts/channel_new.html", form=form, kind=kind, label=Kind(kind).label)


def addresses(owner: User) -> list[str]:
    """Those a mail may go to, the primary one first."""
    own = EmailAddress.objects.filter(user=owner, verified=True).order_by("-primary", "email")
    return list(own.values_list("email", flat=True))


@members
@FORM
def channel(request: HttpRequest, pk: int) -> HttpResponse:
    owner = person(request)
    known = found(queries.channel, owner, pk)
    form = ChannelForm(
        sent(request), kind=known.kind, addresses=addresses(owner), known=writing.facts_of(known)
    )
    if form.is_bound and form.is_valid():
        try:
            changed = writing.edit(known, form.facts())
        except ChannelError as error:
            form.refuse(error)
        else:
            messages.success(request, f"“{changed}” is saved.")
            return redirect("alerts:channel", pk)
    return channel_page(request, known, form=form)


def channel_page(
    request: HttpRequest, shown: Channel, *, form: ChannelForm | None = None, secret: str = ""
) -> HttpResponse:
    """With its secret only when that was asked for."""
    known = writing.facts_of(shown)
    form = form or ChannelForm(kind=shown.kind, addresses=addresses(shown.owner), known=known)
    return page(request, "alerts/channel.html", form=form, channel=shown, secret=secret)


@members
@FORM
def secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows what its receiver checks signatures with; sent, it makes it anew and shows that."""
    shown = found(queries.channel, person(request), pk)
    if shown.kind != Kind.WEBHOOK:
        raise Http404("Only a webhook has a secret.")
    if request.method != "POST":
        return channel_page(request, shown, secret=writing.secret_of(shown))
    try:
        writing.rotate(shown)
    except ChannelError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "For a day messages are signed with the old secret too.")
    return redirect("alerts:channel_secret", pk)


@members
@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    shown = found(queries.channel, person(request), pk)
    try:
        attempt = writing.test(shown)
    except ChannelError as error:
        messages.error(request, str(error))
    else:
        level = messages.SUCCESS if attempt.outcome == Attempt.Outcome.SENT else messages.ERROR
        messages.add_message(request, level, answered(shown, attempt))
    return redirect("alerts:channel", pk)


def answered(tried: Channel, attempt: Attempt) -> str:
    """What came of a test, with the answer of the other side."""
    verb = "went to" if attempt.outcome == Attempt.Outcome.SENT else "did not reach"
    answer = " ".join(filter(None, [str(attempt.code or ""), attempt.answer])) or "nothing"
    return f"The test {verb} “{tried}” in {attempt.milliseconds:,} ms. The answer: {answer}"


@members
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    shown = found(queries.channel, person(request), pk)
    changed = writing.switch(shown, on="on" in request.POST)
    words = "on" if changed.is_on else "off. What waited for it is not sent"
    messages.success(request, f"“{changed}” is switched {words}.")
    return redirect("alerts:channels")


@members
@FORM
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    shown = found(queries.channel, person(request), pk)
    if request.method == "POST":
        writing.remove(shown)
        messages.success(request, f"“{shown}” is removed.")
        return redirect("alerts:channels")
    return render(request, "alerts/channel_remove.html", {"channel": shown})


@members
@FORM
def hours(request: HttpRequest) -> HttpResponse:
    owner = person(request)
    known = queries.hours_of(owner)
    form = HoursForm(sent(request), known=known)
    if form.is_bound and form.is_valid():
        telling.keep(owner, **form.cleaned_data)
        messages.success(request, "Your hours are saved. They count from the next message on.")
        return redirect("alerts:hours")
    return page(request, "alerts/hours.html", form=form, is_first=known._state.adding)  # noqa: SLF001 -- documented API
