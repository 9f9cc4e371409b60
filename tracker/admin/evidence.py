"""Evidence: looked at here; deposited by units and judged by reviewers on their pages."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tracker.admin.base import ReadOnlyAdmin, ReadOnlyInline
from tracker.models import AddressCheck, AddressTurn, Evidence, EvidenceUse


class UseInline(ReadOnlyInline):
    model = EvidenceUse
    fields = ["task", "claim", "verdict", "reason", "judged_by", "judged_at"]


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    list_display = ["number", "title", "kind", "document_number", "unit", "dated_on", "disclosure", "page"]
    list_filter = ["kind", "disclosure", "unit"]
    list_select_related = ["unit"]
    search_fields = ["number", "title", "document_number", "issuer"]
    date_hierarchy = "dated_on"
    inlines = [UseInline]

    @admin.display(description=_("page"))
    def page(self, obj: Evidence) -> Any:
        return format_html('<a href="{}">{}</a>', reverse("evidence", args=[obj.pk]), _("Evidence page"))


@admin.register(EvidenceUse)
class EvidenceUseAdmin(ReadOnlyAdmin):
    list_display = ["evidence", "task", "claim", "verdict", "judged_by", "judged_at"]
    list_filter = ["verdict"]
    list_select_related = ["evidence", "task", "judged_by"]
    search_fields = ["evidence__number", "evidence__title", "task__code", "claim"]


@admin.register(AddressCheck)
class AddressCheckAdmin(ReadOnlyAdmin):
    list_display = ["evidence", "checked_at", "outcome", "status_code", "failed_since", "dead_since", "changed_at"]
    list_filter = ["outcome"]
    list_select_related = ["evidence"]
    search_fields = ["evidence__number", "evidence__title", "final_address"]


@admin.register(AddressTurn)
class AddressTurnAdmin(ReadOnlyAdmin):
    list_display = ["evidence", "at", "health"]
    list_filter = ["health"]
    list_select_related = ["evidence"]
    search_fields = ["evidence__number", "evidence__title"]
