"""What a person was reminded of, and when: written before anything is sent, so that nothing is sent twice."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tracker.enums import MessageState
from tracker.querysets import OwnQuerySet


class ReminderMessage(models.Model):
    """The one message of a day to one person. `claimed` until the mail server took it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminder_messages", verbose_name=_("person")
    )
    on = models.DateField(_("date"))
    state = models.CharField(_("state"), max_length=10, choices=MessageState, default=MessageState.CLAIMED)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text of the message"))
    claimed_at = models.DateTimeField(_("begun at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    failure = models.CharField(_("failure"), max_length=300, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder message")
        verbose_name_plural = _("reminder messages")
        ordering = ["-on", "person"]
        constraints = [
            models.UniqueConstraint(fields=["person", "on"], name="reminder_message_one_a_day"),
            models.CheckConstraint(
                condition=Q(state=MessageState.SENT, sent_at__isnull=False)
                | (~Q(state=MessageState.SENT) & Q(sent_at__isnull=True)),
                name="reminder_message_sent_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.on}"


class Reminder(models.Model):
    """One thing that a person was reminded of. `key` names the thing and the occasion, and is used once."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders_sent", verbose_name=_("person")
    )
    key = models.CharField(_("key"), max_length=120)
    message = models.ForeignKey(
        ReminderMessage, models.CASCADE, related_name="reminders", verbose_name=_("reminder message")
    )

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="reminder_key_once")]

    def __str__(self) -> str:
        return self.key
