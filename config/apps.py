from django.apps import AppConfig

from config import task_metrics


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Site"

    def ready(self) -> None:
        task_metrics.begin()
