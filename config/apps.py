from django.apps import AppConfig

from config import checks, task_metrics


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Site"

    def ready(self) -> None:
        checks.begin()
        task_metrics.begin()
