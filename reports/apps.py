from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Guard the frozen pictures of reviews."""
        from tracker import appendonly

        appendonly.register("reports.ReviewPicture")
