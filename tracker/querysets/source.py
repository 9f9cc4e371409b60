"""Reports, their pieces, and what is read in."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from tracker.enums import (
    Role,
)

if TYPE_CHECKING:
    from tracker.models import User
from tracker.querysets.visibility import government_visible


class AnnualReportQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        return self.filter(government_visible(user, "government"), is_current=True)


class ReportImportQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """Imports of one's own government, for its administrators and auditors."""
        if user.role not in (Role.ADMINISTRATOR, Role.AUDITOR) or not user.is_active or user.unit is None:
            return self.none()
        return self.filter(government=user.unit.government_id)


class ReportCorrectionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """Corrections of reports of one's own government, for its administrators and auditors."""
        if user.role not in (Role.ADMINISTRATOR, Role.AUDITOR) or not user.is_active or user.unit is None:
            return self.none()
        return self.filter(report__government=user.unit.government_id)


class LedgerImportQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """Imports into plans of one's own government, for its administrators and auditors."""
        if user.role not in (Role.ADMINISTRATOR, Role.AUDITOR) or not user.is_active or user.unit is None:
            return self.none()
        return self.filter(plan__government=user.unit.government_id)


class SourceQuerySet(models.QuerySet[Any]):
    """Pieces of a report; `report_path` of each model leads to its report."""

    def visible_to(self, user: "User") -> Self:
        return self.filter(government_visible(user, f"{self._report_path()}__government"))

    def of_report(self, report: Any) -> Self:
        return self.filter(**{self._report_path(): report})

    def _report_path(self) -> str:
        names = {field.name for field in self.model._meta.get_fields()}
        if "report" in names:
            return "report"
        return "part__report" if "part" in names else "section__part__report"
