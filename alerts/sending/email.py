"""Messages by e-mail: text and HTML, with the headers that let a mail program unsubscribe (RFC 8058)."""

import re
import smtplib
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from alerts import unsubscribing
from alerts.messages import Message
from alerts.models import Channel
from alerts.sending.answers import Answer, SendError
from alerts.wording import line
from integrations import wire

# EMAIL_TIMEOUT bounds each step with the mail server, this all of them.
DEADLINE: Final = 30.0  # seconds
MOST_SUBJECT: Final = 150
NO_SUCH_MAILBOX: Final = 550  # RFC 5321, 4.2.2
# The same in detail (RFC 3463; 5.1.10 is RFC 7505's): no such mailbox, no mail at all there, disabled.
GONE: Final = {"5.1.1", "5.1.10", "5.2.1", ""}
POLICY: Final = "5.7."  # about us, our name, login or sender: it can be mended
_DETAIL: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)")


def send(channel: Channel, message: Message, *, delivery_id: UUID, **_: object) -> Answer:
    if not EmailAddress.objects.filter(user=channel.owner_id, email=channel.address, verified=True).exists():
        raise SendError("This is no longer a confirmed address of yours.", gone=True)
    mail = letter(channel, message, delivery_id=delivery_id)
    try:
        wire.within(DEADLINE, mail.send)
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise _unknown(code, said) from error
    except smtplib.SMTPDataError as error:
        raise _refusal(error.smtp_code, error.smtp_error, permanent=error.smtp_code >= 500) from error
    except smtplib.SMTPResponseException as error:  # about us too
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except OSError as error:  # SMTPException and TimeoutError are
        raise SendError(f"The mail server could not be reached ({type(error).__name__}).") from error
    return Answer(code=250, text="Taken by the mail server")


def letter(channel: Channel, message: Message, *, delivery_id: UUID) -> EmailMultiAlternatives:
    """Its Message-ID is the same in every attempt, so that a mail program can tell a repetition."""
    stop = unsubscribing.url(channel, alert_id=message.alert_id)
    context: dict[str, Any] = {"message": message, "stop_url": stop, "address": channel.address}
    context |= {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
    mail = EmailMultiAlternatives(
        subject=line(message.title, limit=MOST_SUBJECT).replace("=?", "= ?"),  # no encoded word of a name's
        body=render_to_string("alerts/message.txt", context, using="django"),
        to=[channel.address],
        headers={
            "Message-ID": f"<{delivery_id}@{_host()}>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    mail.attach_alternative(render_to_string("alerts/message.html", context, using="django"), "text/html")
    return mail


def _unknown(code: int, said: bytes | str) -> SendError:
    """A recipient is refused: for good by a 5xx (RFC 5321, 4.2.1), unless it is about us."""
    found = _DETAIL.match(_text(said))
    detail = found.group() if found else ""
    gone = code == NO_SUCH_MAILBOX and detail in GONE
    return _refusal(code, said, permanent=code >= 500 and not detail.startswith(POLICY), gone=gone)


def _refusal(code: int, said: bytes | str, *, permanent: bool = False, gone: bool = False) -> SendError:
    """Where the other side speaks no SMTP, smtplib's code is -1."""
    return SendError(_text(said), permanent=permanent, gone=gone, code=code if code > 0 else None)


def _text(said: bytes | str) -> str:
    return line(said.decode("utf-8", "replace") if isinstance(said, bytes) else said, limit=500)


def _host() -> str:
    """For a Message-ID (RFC 5322, 3.6.4), where an IPv6 address stands in brackets."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"[IPv6:{host}]" if ":" in host else host
