"""Links, dispositions and judgements."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tracker.admin.base import ReadOnlyAdmin, ServiceAdmin, ServiceFormMixin
from tracker.exceptions import Refusal
from tracker.models import Disposition, MeasureLink, ShortcomingJudgement, ShortcomingLink
from tracker.querysets import government_visible
from tracker.services import trace


class MeasureLinkForm(ServiceFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = MeasureLink
        fields = ["task", "measure", "extent", "strength", "rationale"]

    def serve(self) -> Any:
        data = self.cleaned_data
        words = {name: data[name] for name in ("extent", "strength", "rationale")}
        return trace.propose(data["task"], data["measure"], by=self.by, **words)

    def _post_clean(self) -> None:
        """The service writes; the instance is not filled."""


class ShortcomingLinkForm(ServiceFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ShortcomingLink
        fields = ["task", "shortcoming", "strength", "rationale"]

    def serve(self) -> Any:
        data = self.cleaned_data
        words = {name: data[name] for name in ("strength", "rationale")}
        return trace.propose(data["task"], data["shortcoming"], by=self.by, **words)

    def _post_clean(self) -> None:
        """The service writes; the instance is not filled."""


@admin.action(description=_("Confirm selected links"))
def confirm_links(admin_page: Any, request: HttpRequest, chosen: Any) -> None:
    _settle(request, chosen, trace.confirm)


@admin.action(description=_("Dismiss selected links"))
def dismiss_links(admin_page: Any, request: HttpRequest, chosen: Any) -> None:
    _settle(request, chosen, trace.dismiss)


def _settle(request: HttpRequest, chosen: Any, act: Any) -> None:
    """One message per row: done, or the sentence of refusal."""
    for link in chosen.select_related("task"):
        try:
            settled = act(link, by=request.user)
        except Refusal as refusal:
            messages.error(request, f"{link}: {refusal}")
        else:
            messages.success(request, f"{settled}: {settled.get_state_display()}")


class LinkAdmin(ServiceAdmin):
    actions = [confirm_links, dismiss_links]
    list_filter = ["state", "strength"]
    list_select_related = ["task", "confirmed_by"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A link is confirmed or dismissed by the actions; its words stay as they were proposed."""
        return obj is None and super().has_change_permission(request, obj)


@admin.register(MeasureLink)
class MeasureLinkAdmin(LinkAdmin):
    form = MeasureLinkForm
    list_display = ["task", "measure", "extent", "strength", "state", "confirmed_by"]
    search_fields = ["task__code", "measure__text", "rationale"]
    autocomplete_fields = ["task", "measure"]


@admin.register(ShortcomingLink)
class ShortcomingLinkAdmin(LinkAdmin):
    form = ShortcomingLinkForm
    list_display = ["task", "shortcoming", "strength", "state", "confirmed_by"]
    search_fields = ["task__code", "shortcoming__text", "rationale"]
    autocomplete_fields = ["task", "shortcoming"]


class DispositionForm(ServiceFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Disposition
        fields = ["plan", "section", "shortcoming", "kind", "reason"]

    def serve(self) -> Disposition:
        return trace.dispose(by=self.by, **self.cleaned_data)

    def _post_clean(self) -> None:
        """The service writes; the instance is not filled."""


@admin.register(Disposition)
class DispositionAdmin(ServiceAdmin):
    form = DispositionForm
    list_display = ["__str__", "plan", "kind", "reason", "by", "at"]
    list_select_related = ["plan__government", "section", "shortcoming", "by"]
    list_filter = ["kind"]
    search_fields = ["reason"]
    autocomplete_fields = ["plan", "section", "shortcoming"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return Disposition.objects.filter(government_visible(request.user, "plan__government"))  # type: ignore[arg-type]


@admin.register(ShortcomingJudgement)
class ShortcomingJudgementAdmin(ReadOnlyAdmin):
    """Judged on the page of the shortcoming, where the evidence stands."""

    list_display = ["shortcoming", "plan", "verdict", "grounds", "by", "at"]
    list_select_related = ["plan__government", "shortcoming", "by"]
    list_filter = ["verdict"]
    search_fields = ["grounds"]
