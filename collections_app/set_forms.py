"""What the pages of sets accept."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from catalog.forms import PageForm
from collections_app import completion
from collections_app.entering import Change
from collections_app.models import MOST_COPIES, Collection
from collections_app.rows import ChecklistRow

SHOWN = {"": "All", "missing": "Missing", "owned": "Owned"}
GOALS = [
    (completion.BASE, "Every card once, in its lowest-priced finish"),
    (completion.MASTER, "Every printing"),
]
SEEN = re.compile(r"(\d{1,10}):(\d{1,7})")


class SetsForm(forms.Form):
    sort = forms.ChoiceField(choices=list(completion.SORTS.items()), required=False)


class ShownForm(forms.Form):
    show = forms.ChoiceField(choices=list(SHOWN.items()), required=False)


class WishForm(forms.Form):
    """Which of the missing printings go on which wish list; "" is a new one."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, lists: Iterable[Collection], finishes: Iterable[str]
    ) -> None:
        super().__init__(data)
        self.lists = {str(wish.pk): wish for wish in lists}
        wishes = [(key, wish.name) for key, wish in self.lists.items()]
        self.fields["goal"] = forms.ChoiceField(
            choices=[*GOALS, *((finish, f"Every {finish}") for finish in finishes)]
        )
        self.fields["wish"] = forms.ChoiceField(choices=wishes or [("", "A new wish list")], required=False)

    @property
    def chosen(self) -> Collection | None:
        return self.lists.get(self.cleaned_data["wish"])


class EntryForm:
    """Fields `p1`, `p2` … for the printings 1, 2 …; `was` is what they showed: `1:4 2:1`, the rest nothing.

    Not a form of Django's: a set has hundreds of fields that are all alike.
    """

    def __init__(self, data: Mapping[str, str], *, rows: Sequence[ChecklistRow]) -> None:
        self.was = {int(key): int(count) for key, count in SEEN.findall(data.get("was", ""))}
        sent = {row.printing_id: data.get(f"p{row.printing_id}", "").strip() for row in rows}
        self.typed = {key: text for key, text in sent.items() if f"p{key}" in data}
        self.errors = {
            key: self.complaint(text) for key, text in self.typed.items() if not self.is_count(text)
        }

    @staticmethod
    def is_count(text: str) -> bool:
        return not text or (text.isascii() and text.isdigit() and len(text) <= 7 and int(text) <= MOST_COPIES)

    @staticmethod
    def complaint(text: str) -> str:
        return f"“{text[:20]}” is no number from 0 to {MOST_COPIES:,}."

    def changes(self) -> dict[int, Change]:
        """What differs from what was shown; only for a form without errors."""
        pairs = {
            key: Change(was=self.was.get(key, 0), now=int(text or 0)) for key, text in self.typed.items()
        }
        return {key: pair for key, pair in pairs.items() if pair.was != pair.now}


class SharedForm(PageForm):
    def __init__(self, data: Mapping[str, Any], *, sorts: Mapping[str, str]) -> None:
        super().__init__(data)
        self.fields["sort"] = forms.ChoiceField(choices=list(sorts.items()), required=False)
