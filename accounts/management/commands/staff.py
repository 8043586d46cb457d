from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts import staff


class Command(BaseCommand):
    help = "Creates the first staff login (STAFF_EMAIL) and prints its password once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="set a new random password")

    def handle(self, *args: Any, reset: bool, **options: Any) -> None:
        login = staff.ensure(reset=reset)
        if login:
            self.stdout.write(f"Staff login: {login.email} password {login.password}")
