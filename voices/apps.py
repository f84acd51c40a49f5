"""Registration of the app."""

from django.apps import AppConfig


class VoicesConfig(AppConfig):
    name = "voices"

    def ready(self) -> None:
        from voices import schema_extensions, tasks, worker  # noqa: F401  they register themselves
        from voices.admin_words import models_name, words

        self.verbose_name = words("Голос", "Golos")
        models_name(self)
