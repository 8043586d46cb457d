from django.apps import AppConfig

from config import checks, task_metrics


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Site"

    def ready(self) -> None:
        from config import nightly  # noqa: PLC0415 -- models load only after the apps

        checks.begin()
        task_metrics.begin()
        nightly.begin()
