from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrackerConfig(AppConfig):
    name = "tracker"
    verbose_name = _("Plan tracker")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks and the guard that re-creates the append-only triggers."""
        from tracker import appendonly, checks

        appendonly.register("tracker.TaskEvent", "tracker.AddressTurn")
        checks.register()
