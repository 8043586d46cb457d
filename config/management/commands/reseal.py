from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import idempotency, resealing
from alerts import sealing


class Command(BaseCommand):
    help = "Encrypts with SECRET_KEY what SECRET_KEY_FALLBACKS encrypted; afterwards those may go."

    def handle(self, *args: Any, **options: Any) -> None:
        """Fails when a row is left that no key opens."""
        counts = {
            "channels": sealing.reseal(),
            "second factors": resealing.reseal_second_factors(),
            "answers kept for repeated calls": idempotency.reseal(),
        }
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count.fresh} sealed with SECRET_KEY")
        if lost := ", ".join(f"{count.lost} {name}" for name, count in counts.items() if count.lost):
            raise CommandError(
                f"Neither SECRET_KEY nor SECRET_KEY_FALLBACKS open {lost}: keep or bring back their key."
            )
