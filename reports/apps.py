from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Guard the frozen pictures of reviews, and add reviews and duties to the demonstration."""
        from reports.presenters import disclosure
        from reports.presenters import reviews as held
        from reports.services import demonstration as story
        from reports.services import drafts, reviews
        from tracker import appendonly
        from tracker.services import demonstration, history, rollover, successions
        from tracker.views import home

        appendonly.register("reports.ReviewPicture")
        history.ALSO_VERIFIED.append(reviews.verify_pictures)
        rollover.ALSO_OPEN.append(reviews.obstacles)
        successions.ALSO_TOLD.append(drafts.told)
        home.ALSO_WAITING += [held.home_line, disclosure.home_line]
        demonstration.SOURCES.append(story.acts)
