from typing import Any

from django.core.management.base import BaseCommand

from alerts.sending import push


class Command(BaseCommand):
    help = "Prints a fresh pair of keys for push to browsers, as lines of an .env file."

    def handle(self, *args: Any, **options: Any) -> None:
        key = push.new_key()
        self.stdout.write(f"# Browsers see its public half: {push.public_key(key)}")
        self.stdout.write(f"VAPID_PRIVATE_KEY={key}")
