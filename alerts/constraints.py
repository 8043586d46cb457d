"""What the database demands of an alert: exactly one target, and what its kind of rule needs."""

from django.db.models import Q

TARGETS = ("printing", "card_set", "collection", "search")


def about(target: str) -> Q:
    """It and nothing else; a condition or grade is of a printing only."""
    told = {f"{name}__isnull": name != target for name in TARGETS}
    return Q(**told) if target == "printing" else Q(**told, condition="", grade="")


def needs(*kinds: str, **facts: object) -> Q:
    """Rules of these kinds with these facts, and none of those that others need."""
    said = {name.partition("__")[0] for name in facts}
    unsaid = {name: None for name in ("threshold", "percent", "days") if name not in said}
    return Q(kind__in=kinds, **unsaid, **facts)
