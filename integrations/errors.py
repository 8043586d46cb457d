"""The one error that crosses the border."""


class MarketError(Exception):
    """A source could not be read.

    `permanent` alone decides about a retry: False means that the same request may succeed later, True that
    only a change on one of the two sides can help. `source` is the slug of the source, where it is known.
    """

    def __init__(self, message: str, *, permanent: bool, source: str = "") -> None:
        super().__init__(message)
        self.permanent = permanent
        self.source = source

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments would be lost on the way from a worker process.
        return _revive, (type(self), str(self), self.__dict__)


def _revive(kind: type[MarketError], message: str, state: dict[str, object]) -> MarketError:
    error = kind.__new__(kind, message)
    error.__dict__.update(state)
    return error
