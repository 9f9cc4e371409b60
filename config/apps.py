from django.contrib.admin.apps import AdminConfig


class TrackerAdminConfig(AdminConfig):
    """Django's admin with our front page."""

    default_site = "config.admin_site.TrackerAdminSite"
