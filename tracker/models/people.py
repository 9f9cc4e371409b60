"""Units and the people in them."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from tracker.enums import GOVERNMENT_KINDS, ReminderChoice, Role, UnitKind
from tracker.querysets import PeopleManager, UnitQuerySet


class Unit(models.Model):
    """A node of the tree of units.

    `path` holds the ids from the root down ("/1/4/9/"), `government` the nearest government at or above the
    unit; both follow from `parent` and are kept by `save()`, so that visibility is one comparison.
    """

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent unit")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=UnitKind)
    code = models.SlugField(_("short code"), max_length=40, unique=True)
    name = models.CharField(_("full name"), max_length=100)
    short_name = models.CharField(_("short name"), max_length=40)
    remit = models.TextField(_("remit"), blank=True, max_length=2000)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("active"), default=True)
    path = models.CharField(max_length=200, editable=False, db_index=True)
    government = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="members", verbose_name=_("government")
    )

    history = HistoricalRecords(excluded_fields=["path", "government"])
    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.short_name

    @property
    def is_government(self) -> bool:
        return self.kind in GOVERNMENT_KINDS

    def clean(self) -> None:
        """Raises ValidationError when the parent is the unit itself or stands below it."""
        super().clean()
        if self.is_below_itself():
            raise ValidationError({"parent": _("A unit cannot stand below itself.")})

    def is_below_itself(self) -> bool:
        """Whether the parent is this unit or one of those below it."""
        return bool(self.pk and self.path and self.parent and self.parent.path.startswith(self.path))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, then bring `path` and `government` of this unit and of all below it up to date."""
        if self.is_below_itself():
            raise ValueError("a unit cannot stand below itself")
        super().save(*args, **kwargs)
        self._settle(self.parent)

    def _settle(self, parent: "Unit | None") -> None:
        path = f"{parent.path if parent else '/'}{self.pk}/"
        government = self if self.is_government else (parent.government if parent else None)
        if self.path == path and self.government == government:
            return
        self.path, self.government = path, government
        type(self).objects.filter(pk=self.pk).update(path=path, government=government)
        for child in self.children.all():
            child._settle(self)


class User(AbstractUser):
    """A person who signs in: one unit, one role. Deactivated, never deleted (个人信息保护法)."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    display_name = models.CharField(_("display name"), max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("unit"))
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.VIEWER)
    office_phone = models.CharField(_("office phone"), max_length=40, blank=True)
    reminders = models.CharField(
        _("reminders by e-mail"), max_length=10, choices=ReminderChoice, default=ReminderChoice.DAILY
    )
    must_change_password = models.BooleanField(_("must change the password at the next sign-in"), default=False)

    history = HistoricalRecords(excluded_fields=["password", "last_login"])
    objects = PeopleManager()  # type: ignore[misc]

    REQUIRED_FIELDS = ["email", "display_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["unit__order", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(condition=Q(reminders__in=ReminderChoice.values), name="user_reminders_known"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)
