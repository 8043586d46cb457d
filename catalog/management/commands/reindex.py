"""Builds the search index anew: after a restore, or when the rules in `catalog.words` changed."""

from typing import Any

from django.core.management.base import BaseCommand

from catalog import words


class Command(BaseCommand):
    help = "Index every card for search, and count all words anew."

    def handle(self, **_options: Any) -> None:
        changed = words.index_all()
        self.stdout.write(f"{changed} cards changed.")
