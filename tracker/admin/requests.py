"""Change requests: asked for on the task's page, decided in their queue or, just as well, here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tracker.admin.base import ReadOnlyAdmin, ServiceAdmin, ServiceFormMixin
from tracker.enums import RequestState
from tracker.forms.requests import DECISIONS
from tracker.models import ChangeRequest, ContributionRequest
from tracker.services import requests


class DecisionForm(ServiceFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    decision = forms.ChoiceField(label=_("decision"), choices=DECISIONS)

    class Meta:
        model = ChangeRequest
        fields = ["decision_note", "approving_body", "basis_document"]

    def serve(self) -> ChangeRequest:
        data = self.cleaned_data
        return requests.decide(
            self.instance.pk,
            by=self.by,
            approved=data["decision"] == RequestState.APPROVED,
            note=data["decision_note"],
            approving_body=data["approving_body"],
            basis_document=data["basis_document"],
        )

    def _post_clean(self) -> None:
        """The service writes; the instance is not filled."""


@admin.register(ChangeRequest)
class ChangeRequestAdmin(ServiceAdmin):
    form = DecisionForm
    list_display = ["task", "kind", "state", "asked_by", "asked_at", "decided_by", "decided_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["task", "asked_by", "decided_by"]
    search_fields = ["task__code", "reason"]
    readonly_fields = ["task", "kind", "state", "reason", "progress_note", "changes", "asked_by", "asked_at"]
    fieldsets = [
        (
            _("Asked for"),
            {"fields": ["task", "kind", "state", "reason", "progress_note", "changes", "asked_by", "asked_at"]},
        ),
        (_("Decision"), {"fields": ["decision", "decision_note", "approving_body", "basis_document"]}),
    ]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Units ask on the task's page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        open_one = obj is None or obj.state == RequestState.OPEN
        return open_one and super().has_change_permission(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None and obj.state != RequestState.OPEN:
            decided = ["decided_by", "decided_at", "decision_note", "approving_body", "basis_document"]
            return [self.fieldsets[0], (_("Decision"), {"fields": decided})]
        return self.fieldsets


@admin.register(ContributionRequest)
class ContributionRequestAdmin(ReadOnlyAdmin):
    """What lead units ask of supporting units, on the task's page."""

    list_display = ["task", "unit", "words", "wanted_by", "state", "asked_by", "asked_at"]
    list_filter = ["state"]
    list_select_related = ["task", "unit", "asked_by"]
    search_fields = ["task__code", "words"]
