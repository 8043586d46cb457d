from django.apps import AppConfig

from config import checks


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Site"

    def ready(self) -> None:
        """Importing the checks has registered them."""
        assert checks
