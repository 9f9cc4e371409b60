"""Units and accounts: reference data, edited here, with their history of changes."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tracker.admin.base import KeptAdmin
from tracker.models import Unit, User

admin.site.unregister(Group)


@admin.register(Unit)
class UnitAdmin(KeptAdmin):
    list_display = ["short_name", "code", "kind", "parent", "order", "is_active"]
    list_filter = ["kind", "is_active"]
    list_select_related = ["parent"]
    search_fields = ["name", "short_name", "code"]
    autocomplete_fields = ["parent"]
    fieldsets = [
        (None, {"fields": ["short_name", "name", "code", "kind", "parent"]}),
        (_("Work"), {"fields": ["remit", "order", "is_active"]}),
    ]

    def government_of(self, obj: Unit) -> int | None:
        return obj.government_id


@admin.register(User)
class PersonAdmin(KeptAdmin, UserAdmin):
    list_display = ["display_name", "username", "unit", "role", "office_phone", "is_active"]
    list_filter = ["role", "is_active", "unit"]
    list_select_related = ["unit"]
    search_fields = ["display_name", "username", "unit__short_name"]
    autocomplete_fields = ["unit"]
    ordering = ["unit__order", "id"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["display_name", "unit", "role", "office_phone", "email", "reminders"]}),
        (_("Sign-in"), {"fields": ["is_active", "must_change_password", "is_staff", "is_superuser", "last_login"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["username", "display_name", "unit", "role", "usable_password", "password1", "password2"],
            },
        ),
    ]

    def government_of(self, obj: User) -> int | None:
        return obj.unit.government_id if obj.unit else None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The account of whoever sets the installation up (and its password) is for such people alone."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only who sets the installation up hands out the right to do so."""
        own = ["last_login"]
        return own if request.user.is_superuser else [*own, "is_superuser", "is_staff"]
