from django.apps import AppConfig


class CollectionsAppConfig(AppConfig):
    name = "collections_app"
    verbose_name = "Collections"

    def ready(self) -> None:
        from collections_app import following, listening, owning  # noqa: PLC0415 -- models load only after the apps

        following.begin()
        listening.begin()
        owning.begin()
