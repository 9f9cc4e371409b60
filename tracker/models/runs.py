"""Jobs that a timer starts: each run leaves a row."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.querysets import JobRunQuerySet


class JobRun(models.Model):
    """One run of a job. Without an end it still runs, or was broken off."""

    name = models.CharField(_("job"), max_length=40)
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    counts = models.JSONField(_("what was done"), default=dict)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of a job")
        verbose_name_plural = _("runs of jobs")
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.name} {self.started_at:%Y-%m-%d %H:%M}"
