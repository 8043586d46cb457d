"""`manage.py sync`: bring prices now, from the network, from a source's history or from captured files."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Game
from integrations.errors import MarketError
from integrations.registry import ADAPTERS
from pricing import backfill, captured, sources
from pricing.ingest import BusyError


class Command(BaseCommand):
    help = (
        "Brings the newest prices of one game or of all, from a source or from files of the TCGCSV layout. "
        "With --history, every day that a source remembers: all of them where no price of it is recorded "
        "yet, otherwise only those after the newest recorded day, since no older day can be added."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--adapter", default="tcgcsv", choices=sorted(ADAPTERS), help="how to ask the source"
        )
        with_history = sorted(slug for slug, adapter in ADAPTERS.items() if adapter.history)
        parser.add_argument(
            "--history",
            choices=with_history,
            metavar="ADAPTER",
            help=f"bring the days that a source remembers: {' or '.join(with_history)}",
        )
        parser.add_argument("--game", action="append", help="a game's slug; may be repeated; default all")
        parser.add_argument("--path", type=Path, help="a folder of the TCGCSV layout, instead of the network")
        parser.add_argument(
            "--day", type=date.fromisoformat, help="with --path: the day, if no file tells it"
        )
        parser.add_argument(
            "--accept-collapse", action="store_true", help="record a file that lost half of its rows"
        )

    def handle(self, **options: Any) -> None:
        wanted = options["game"] or _games(options)
        failed = [message for slug in wanted if (message := self._one(slug, options=options))]
        if failed:
            raise CommandError("\n".join(failed))

    def _one(self, slug: str, *, options: dict[str, Any]) -> str:
        try:
            if options["path"]:
                self._from_files(slug, options=options)
            elif options["history"]:
                backfill.sync(options["history"], game=slug, report=self.stdout.write)
            else:
                sources.sync(
                    options["adapter"],
                    game=slug,
                    accept_collapse=options["accept_collapse"],
                    report=self.stdout.write,
                )
        except (MarketError, BusyError) as error:
            return f"{slug}: {error}"
        return ""

    def _from_files(self, slug: str, *, options: dict[str, Any]) -> None:
        found = captured.sync(
            options["path"],
            game=slug,
            day=options["day"],
            accept_collapse=options["accept_collapse"],
            report=self.stdout.write,
        )
        if found is None and options["game"]:
            raise MarketError(f"{options['path']} holds nothing of this game", permanent=True)


def _games(options: dict[str, Any]) -> list[str]:
    """Every game: of files, those there are; of a source, those it knows."""
    if options["path"]:
        return list(Game.objects.values_list("slug", flat=True))
    adapter = ADAPTERS[options["history"] or options["adapter"]]
    return [game.slug for game in sources.games_of(adapter.id_space)]
