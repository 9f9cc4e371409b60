"""Evidence, its uses, and what is known of its addresses."""

import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import (
    Exists,
    OuterRef,
    Q,
    Subquery,
)
from django.db.models.functions import JSONObject

from tracker.compiled import compiled, standing_of
from tracker.enums import (
    STANDING_VERDICTS,
    Disclosure,
)

if TYPE_CHECKING:
    from tracker.models import User
from tracker.querysets.visibility import government_visible, oversees

# How many versions back an item is known to replace another; each costs a join.
VERSIONS_BACK = 4


def versions_before(prefix: str, item: Any) -> Q:
    """Condition on evidence items, at a path: one that replaces `item`, or a version that replaces it, and so on."""
    found = Q()
    for steps in range(1, VERSIONS_BACK + 1):
        found |= Q(**{prefix + "__".join(["replaces"] * steps): item})
    return found


class EvidenceQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """Evidence of visible plans; internal items for the task's units and for those who oversee."""
        seen = self.filter(government_visible(user, "plan__government"))
        opened = Q(pk__in=self._open_to(user).values("pk"))
        return seen.filter(oversees(user, "plan__government") | opened)

    def newer_than(self, item: Any) -> Self:
        """The later versions of an item (its key, or an OuterRef to one), the newest first; VERSIONS_BACK at most."""
        return self.filter(versions_before("", item)).order_by("-deposited_at", "-pk")

    def _open_to(self, user: "User") -> Self:
        uses = self.model._meta.get_field("uses").related_model.objects
        of_unit = uses.filter(evidence=OuterRef("pk")).filter(
            Q(task__lead_unit=user.unit_id) | Q(task__supporting_units=user.unit_id)
        )
        return self.model.objects.filter(~Q(disclosure=Disclosure.INTERNAL) | Q(unit=user.unit_id) | Exists(of_unit))


class MarkSeen(models.QuerySet[Any]):
    """Rows that are all read, while some are not to be shown to everyone."""

    def mark_seen(self, user: "User") -> Self:
        """Annotate `seen`: whether `user` may see the row."""
        key = ("seen", self.model._meta.db_table, *standing_of(user))
        return self.annotate(**compiled(self, key, lambda rows: rows._annotate_seen(user)))

    def _annotate_seen(self, user: "User") -> Self:
        own = self.model.objects.visible_to(user).filter(pk=OuterRef("pk"))
        return self.annotate(seen=Exists(own))


# Conditions on evidence items, in step with `AddressCheck.health`.
DEAD_ADDRESS = Q(address_check__dead_since__isnull=False)


CHANGED_ADDRESS = Q(address_check__changed_at__isnull=False, address_check__failed_since__isnull=True)


class AddressCheckQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """Looks at the addresses of items that `user` may see."""
        evidence = self.model._meta.get_field("evidence").related_model.objects
        return self.filter(evidence__in=evidence.visible_to(user))


class AddressTurnQuerySet(AddressCheckQuerySet):
    """Turns of the addresses of items; append-only."""

    def update(self, **values: Any) -> int:
        raise PermissionError("turns of an address are append-only")

    def delete(self) -> Any:
        raise PermissionError("turns of an address are append-only")


def expired(on: datetime.date, prefix: str = "") -> Q:
    """Condition on evidence items, at a path: their time had run out before `on`. As `Evidence.expired`."""
    return Q(**{f"{prefix}valid_until__isnull": False, f"{prefix}valid_until__lt": on})


class EvidenceUseQuerySet(MarkSeen):
    def visible_to(self, user: "User") -> Self:
        evidence = self.model._meta.get_field("evidence").related_model.objects
        return self.filter(evidence__in=evidence.visible_to(user))

    def standing(self, on: datetime.date) -> Self:
        """Uses that count on the day `on`: not withdrawn, rejected, expired, or replaced on their task."""
        return self.current().filter(~expired(on, "evidence__"), verdict__in=STANDING_VERDICTS)

    def current(self) -> Self:
        """Without the uses whose item is replaced on the same task by a newer version."""
        return self.filter(~Exists(self._replacing()))

    def mark_replaced(self) -> Self:
        """Annotate `replaced_here`: the number of the newer version that stands in its place on the task, or None.

        A version that was rejected or taken back there replaces nothing.
        """
        return self.annotate(**compiled(self, ("replaced_here",), lambda rows: rows._annotate_replaced()))

    def mark_newer(self, user: "User") -> Self:
        """Annotate `newer`: {pk, number} of the newest version that `user` sees, wherever it is used, or None."""
        key = ("newer_version", *standing_of(user))
        return self.annotate(**compiled(self, key, lambda rows: rows._annotate_newer(user)))

    def _replacing(self) -> Self:
        newer = self.model.objects.filter(versions_before("evidence__", OuterRef("evidence")))
        return newer.filter(task=OuterRef("task"), verdict__in=STANDING_VERDICTS)

    def _annotate_replaced(self) -> Self:
        newest = self._replacing().order_by("-evidence__deposited_at", "-evidence")
        return self.annotate(replaced_here=Subquery(newest.values("evidence__number")[:1]))

    def _annotate_newer(self, user: "User") -> Self:
        items = self.model._meta.get_field("evidence").related_model.objects
        newest = items.visible_to(user).newer_than(OuterRef("evidence"))
        return self.annotate(newer=Subquery(newest.values(version=JSONObject(pk="pk", number="number"))[:1]))
