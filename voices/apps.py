"""Registration of the app."""

from django.apps import AppConfig


class VoicesConfig(AppConfig):
    name = "voices"

    def ready(self) -> None:
        # some only register themselves
        from voices import engine, metrics, tasks, worker  # noqa: F401
        from voices.admin_words import models_name, words

        self.verbose_name = words("Голос", "Golos")
        models_name(self)
        engine.on_lapse(metrics.engine_lapsed)  # the site reads texts, workers read and say them
