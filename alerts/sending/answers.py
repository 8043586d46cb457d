"""What came of one attempt to send: an answer, or why there is none."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The other side took it. `code` is its HTTP or SMTP status, `text` what it said."""

    code: int | None
    text: str

    def __str__(self) -> str:
        return self.text


class SendError(Exception):
    """It was not taken.

    `permanent`: no repetition can help. `gone`: nor can anything else be sent to this channel. For so many
    seconds as `retry_after` the other side asked to be left alone.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        gone: bool = False,
        retry_after: float | None = None,
        code: int | None = None,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent or gone
        self.gone = gone
        self.retry_after = retry_after
        self.code = code


class OwnError(SendError):
    """It did not even come to sending: a mistake of this site, which says nothing about the other side."""
