"""Calls a channel's address and judges the answer, the same for every kind that speaks HTTP."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from alerts.sending.answers import Answer, SendError
from alerts.wording import line
from integrations import outward, retry_after
from integrations.outward import OutwardError

DEADLINE: Final = 10.0  # seconds
MOST_KEPT: Final = 500  # characters of an answer
LATER: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


def call(
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    gone: Collection[int] = (),
    private: Collection[str] = (),
) -> Answer:
    """Sends it once. Raises SendError for all but a 2xx; a status in `gone` means that nobody lives there.

    Headers named in `private` go to no other host, should the receiver redirect.
    """
    try:
        reply = outward.post(url, body=body, headers=headers, private=private, deadline=DEADLINE)
    except OutwardError as error:
        raise SendError(str(error), permanent=error.permanent) from error
    text = line(reply.body.decode("utf-8", "replace"), limit=MOST_KEPT)
    if reply.status // 100 == 2:
        return Answer(code=reply.status, text=text)
    raise SendError(
        text,
        gone=reply.status in gone,
        permanent=not (reply.status in LATER or reply.status >= 500),
        retry_after=retry_after.seconds(reply.headers, now=datetime.now(UTC)),
        code=reply.status,
    )
