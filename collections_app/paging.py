"""Which page of a list is shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    page: int
    pages: int
    offset: int


def pages_of(count: int, *, page: int, per_page: int) -> Place:
    """The page asked for, or the nearest there is; an empty list has one page."""
    pages = max(1, -(-count // per_page))
    page = min(max(page, 1), pages)
    return Place(page=page, pages=pages, offset=(page - 1) * per_page)
