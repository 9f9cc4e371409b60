import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tracker", "0013_supervision"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(editable=False, max_length=64, unique=True)),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_address",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "address of a calendar",
                "verbose_name_plural": "addresses of calendars",
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("monthly", "Monthly review"),
                            ("quarterly", "Quarterly review"),
                            ("half_year", "Half-year review"),
                            ("annual", "Year-end review"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("since", models.DateField(verbose_name="period from")),
                ("until", models.DateField(verbose_name="period until")),
                ("on", models.DateField(verbose_name="date")),
                ("chair", models.CharField(max_length=60, verbose_name="chair")),
                ("participants", models.TextField(blank=True, max_length=1000, verbose_name="participants")),
                ("notes", models.TextField(blank=True, max_length=4000, verbose_name="notes")),
                (
                    "order",
                    models.CharField(
                        choices=[("light", "by light"), ("area", "by work area"), ("unit", "by lead unit")],
                        default="light",
                        max_length=10,
                        verbose_name="order of the agenda",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("prepared", "Prepared"), ("open", "Under way"), ("closed", "Closed")],
                        default="prepared",
                        editable=False,
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("prepared_at", models.DateTimeField(verbose_name="prepared at")),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="opened at")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="closed by",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="tracker.plan",
                        verbose_name="plan",
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="prepared by",
                    ),
                ),
            ],
            options={
                "verbose_name": "progress review",
                "verbose_name_plural": "progress reviews",
                "ordering": ["-on", "-number"],
            },
        ),
        migrations.CreateModel(
            name="LeaderDuty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("review", "Chaired a progress review"),
                            ("meeting", "Chaired a meeting"),
                            ("study", "Study session"),
                            ("article", "Signed article"),
                            ("other", "Other act"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("on", models.DateField(verbose_name="date")),
                ("leader", models.CharField(max_length=60, verbose_name="leader")),
                ("words", models.CharField(max_length=300, verbose_name="what the leader did")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="document number")),
                ("added_at", models.DateTimeField(verbose_name="added at")),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leader_duties",
                        to="tracker.plan",
                        verbose_name="plan",
                    ),
                ),
                (
                    "review",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duty",
                        to="reports.review",
                        verbose_name="progress review",
                    ),
                ),
            ],
            options={
                "verbose_name": "duty of a leader",
                "verbose_name_plural": "duties of leaders",
                "ordering": ["on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ReviewItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reasons", models.JSONField(default=list, verbose_name="why it stands there")),
                ("words", models.CharField(blank=True, max_length=200, verbose_name="added because")),
                ("draft", models.JSONField(blank=True, default=dict, verbose_name="draft of the decision")),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="reports.review",
                        verbose_name="progress review",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_items",
                        to="tracker.task",
                        verbose_name="task",
                    ),
                ),
            ],
            options={
                "verbose_name": "item of the agenda",
                "verbose_name_plural": "items of the agenda",
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("note", "Take note"),
                            ("urge", "Urge"),
                            ("supervise", "Supervise"),
                            ("approve", "Approve the request"),
                            ("refuse", "Refuse the request"),
                            ("adjust", "Adjust"),
                            ("report", "Ask for a report"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("words", models.TextField(blank=True, max_length=1000, verbose_name="words")),
                ("by_date", models.DateField(blank=True, null=True, verbose_name="until")),
                ("at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "change",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="tracker.changerequest",
                        verbose_name="change request",
                    ),
                ),
                (
                    "demand",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="tracker.demand",
                        verbose_name="demand",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="tracker.supervisionnotice",
                        verbose_name="supervision notice",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="reports.reviewitem",
                        verbose_name="item of the agenda",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ReviewPicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                ("data", models.TextField(verbose_name="data")),
                ("tasks", models.PositiveIntegerField(verbose_name="number of tasks")),
                ("taken_at", models.DateTimeField(verbose_name="taken at")),
                (
                    "previous_digest",
                    models.CharField(blank=True, max_length=64, verbose_name="digest of the picture before"),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pictures",
                        to="reports.review",
                        verbose_name="progress review",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="taken by",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture of a review",
                "verbose_name_plural": "pictures of reviews",
                "ordering": ["review", "version"],
            },
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(fields=("plan", "number"), name="review_number_once"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gte", models.F("since"))), name="review_period_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False), ("state", "closed")),
                    models.Q(
                        models.Q(("state", "closed"), _negated=True),
                        ("closed_at__isnull", True),
                        ("closed_by__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="review_closed_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="leaderduty",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("words", ""), _negated=True), models.Q(("leader", ""), _negated=True)),
                name="leader_duty_has_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewitem",
            constraint=models.UniqueConstraint(fields=("review", "task"), name="review_item_once"),
        ),
        migrations.AddConstraint(
            model_name="reviewpicture",
            constraint=models.UniqueConstraint(fields=("review", "version"), name="review_picture_version_once"),
        ),
    ]
