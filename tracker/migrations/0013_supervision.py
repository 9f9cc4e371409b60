import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('tracker', '0012_event_day_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='Demand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('urge', 'Urged'), ('report', 'Report asked for')], max_length=10, verbose_name='kind')),
                ('words', models.CharField(max_length=500, verbose_name='what is demanded')),
                ('wanted_by', models.DateField(blank=True, null=True, verbose_name='wanted by')),
                ('state', models.CharField(choices=[('open', 'Awaiting an answer'), ('answered', 'Answered'), ('replaced', 'Replaced')], default='open', editable=False, max_length=10, verbose_name='state')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
            ],
            options={
                'verbose_name': 'demand',
                'verbose_name_plural': 'demands',
                'ordering': ['-asked_at'],
            },
        ),
        migrations.CreateModel(
            name='NoticeReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.TextField(max_length=2000, verbose_name='reply')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('verdict', models.CharField(choices=[('pending', 'To be judged'), ('accepted', 'Accepted'), ('refused', 'Not accepted')], default='pending', editable=False, max_length=10, verbose_name='verdict')),
                ('reason', models.TextField(blank=True, max_length=1000, verbose_name='reason')),
                ('judged_at', models.DateTimeField(blank=True, null=True, verbose_name='judged at')),
            ],
            options={
                'verbose_name': 'reply to a notice',
                'verbose_name_plural': 'replies to notices',
                'ordering': ['at'],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120, verbose_name='key')),
            ],
            options={
                'verbose_name': 'reminder',
                'verbose_name_plural': 'reminders',
            },
        ),
        migrations.CreateModel(
            name='ReminderMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='date')),
                ('state', models.CharField(choices=[('claimed', 'Begun'), ('sent', 'Sent'), ('failed', 'Failed')], default='claimed', max_length=10, verbose_name='state')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('body', models.TextField(verbose_name='text of the message')),
                ('claimed_at', models.DateTimeField(verbose_name='begun at')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                ('failure', models.CharField(blank=True, max_length=300, verbose_name='failure')),
            ],
            options={
                'verbose_name': 'reminder message',
                'verbose_name_plural': 'reminder messages',
                'ordering': ['-on', 'person'],
            },
        ),
        migrations.CreateModel(
            name='SupervisionNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.PositiveSmallIntegerField(verbose_name='serial number')),
                ('level', models.CharField(choices=[('blue', 'Blue notice'), ('orange', 'Orange notice'), ('red', 'Red notice')], max_length=10, verbose_name='level')),
                ('demand', models.TextField(max_length=1000, verbose_name='demand')),
                ('limit_on', models.DateField(verbose_name='limit')),
                ('basis', models.CharField(max_length=200, verbose_name='basis')),
                ('state', models.CharField(choices=[('issued', 'Issued'), ('acknowledged', 'Acknowledged'), ('replied', 'Replied, to be judged'), ('refused', 'Reply refused'), ('accepted', 'Reply accepted'), ('escalated', 'Escalated'), ('withdrawn', 'Withdrawn')], default='issued', editable=False, max_length=12, verbose_name='state')),
                ('issued_at', models.DateTimeField(verbose_name='issued at')),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True, verbose_name='acknowledged at')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
            ],
            options={
                'verbose_name': 'supervision notice',
                'verbose_name_plural': 'supervision notices',
                'ordering': ['-issued_at'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='taskevent',
            name='task_event_kind_known',
        ),
        migrations.AddField(
            model_name='historicaluser',
            name='reminders',
            field=models.CharField(choices=[('daily', 'At most one message a day'), ('weekly', 'One message a week'), ('none', 'None but supervision notices')], default='daily', max_length=10, verbose_name='reminders by e-mail'),
        ),
        migrations.AddField(
            model_name='user',
            name='reminders',
            field=models.CharField(choices=[('daily', 'At most one message a day'), ('weekly', 'One message a week'), ('none', 'None but supervision notices')], default='daily', max_length=10, verbose_name='reminders by e-mail'),
        ),
        migrations.AlterField(
            model_name='taskevent',
            name='kind',
            field=models.CharField(choices=[('create', 'Created from the report'), ('confirm', 'Confirm task'), ('report', 'Report progress'), ('no_change', 'No change'), ('submit', 'Submit for close-out'), ('sign', 'Sign off'), ('withdraw', 'Withdraw'), ('return', 'Return'), ('approve', 'Close out'), ('reopen', 'Reopen'), ('cancel', 'Cancel task'), ('edit', 'Edited'), ('contribute', 'Contribution'), ('evidence_add', 'Evidence added'), ('evidence_judge', 'Evidence judged'), ('link', 'Link changed'), ('milestone', 'Milestone'), ('indicator', 'Indicator'), ('raise_light', 'Light raised'), ('request', 'Change requested'), ('decide', 'Change decided'), ('remark', 'Remark of the reviewers'), ('ask', 'Contribution asked for'), ('demand', 'Urged or asked to report'), ('notice', 'Supervision notice'), ('review', 'Decided at a progress review')], max_length=16, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='taskevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['create', 'confirm', 'report', 'no_change', 'submit', 'sign', 'withdraw', 'return', 'approve', 'reopen', 'cancel', 'edit', 'contribute', 'evidence_add', 'evidence_judge', 'link', 'milestone', 'indicator', 'raise_light', 'request', 'decide', 'remark', 'ask', 'demand', 'notice', 'review'])), name='task_event_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('reminders__in', ['daily', 'weekly', 'none'])), name='user_reminders_known'),
        ),
        migrations.AddField(
            model_name='demand',
            name='answer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tracker.taskevent', verbose_name='answer'),
        ),
        migrations.AddField(
            model_name='demand',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by'),
        ),
        migrations.AddField(
            model_name='demand',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='demands', to='tracker.task', verbose_name='task'),
        ),
        migrations.AddField(
            model_name='demand',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='demands', to='tracker.unit', verbose_name='unit'),
        ),
        migrations.AddField(
            model_name='noticereply',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='noticereply',
            name='evidence',
            field=models.ManyToManyField(blank=True, related_name='+', to='tracker.evidenceuse', verbose_name='evidence'),
        ),
        migrations.AddField(
            model_name='noticereply',
            name='judged_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='judged by'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders_sent', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='remindermessage',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminder_messages', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='message',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='tracker.remindermessage', verbose_name='reminder message'),
        ),
        migrations.AddField(
            model_name='supervisionnotice',
            name='acknowledged_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='acknowledged by'),
        ),
        migrations.AddField(
            model_name='supervisionnotice',
            name='issued_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='issued by'),
        ),
        migrations.AddField(
            model_name='supervisionnotice',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='tracker.plan', verbose_name='plan'),
        ),
        migrations.AddField(
            model_name='supervisionnotice',
            name='previous',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='escalated_to', to='tracker.supervisionnotice', verbose_name='follows upon'),
        ),
        migrations.AddField(
            model_name='supervisionnotice',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='tracker.task', verbose_name='task'),
        ),
        migrations.AddField(
            model_name='supervisionnotice',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='tracker.unit', verbose_name='sent to'),
        ),
        migrations.AddField(
            model_name='noticereply',
            name='notice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='tracker.supervisionnotice', verbose_name='supervision notice'),
        ),
        migrations.AddConstraint(
            model_name='demand',
            constraint=models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='demand_has_words'),
        ),
        migrations.AddConstraint(
            model_name='demand',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'report'), _negated=True), ('wanted_by__isnull', False), _connector='OR'), name='demand_report_has_date'),
        ),
        migrations.AddConstraint(
            model_name='demand',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer__isnull', False), ('state', 'answered')), models.Q(models.Q(('state', 'answered'), _negated=True), ('answer__isnull', True)), _connector='OR'), name='demand_answer_is_named'),
        ),
        migrations.AddConstraint(
            model_name='remindermessage',
            constraint=models.UniqueConstraint(fields=('person', 'on'), name='reminder_message_one_a_day'),
        ),
        migrations.AddConstraint(
            model_name='remindermessage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='reminder_message_sent_has_time'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('person', 'key'), name='reminder_key_once'),
        ),
        migrations.AddConstraint(
            model_name='supervisionnotice',
            constraint=models.UniqueConstraint(fields=('plan', 'serial'), name='notice_serial_once'),
        ),
        migrations.AddConstraint(
            model_name='supervisionnotice',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['issued', 'acknowledged', 'replied', 'refused'])), fields=('task',), name='notice_one_open_a_task'),
        ),
        migrations.AddConstraint(
            model_name='supervisionnotice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('demand', ''), _negated=True), models.Q(('basis', ''), _negated=True)), name='notice_has_demand_and_basis'),
        ),
        migrations.AddConstraint(
            model_name='supervisionnotice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at__isnull', True), ('acknowledged_by__isnull', True)), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False)), _connector='OR'), name='notice_acknowledgement_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='supervisionnotice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state__in', ['accepted', 'escalated', 'withdrawn'])), models.Q(models.Q(('state__in', ['accepted', 'escalated', 'withdrawn']), _negated=True), ('closed_at__isnull', True)), _connector='OR'), name='notice_closed_has_time'),
        ),
        migrations.AddConstraint(
            model_name='noticereply',
            constraint=models.UniqueConstraint(condition=models.Q(('verdict', 'pending')), fields=('notice',), name='notice_reply_one_pending'),
        ),
        migrations.AddConstraint(
            model_name='noticereply',
            constraint=models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='notice_reply_has_words'),
        ),
        migrations.AddConstraint(
            model_name='noticereply',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('judged_at__isnull', True), ('judged_by__isnull', True), ('verdict', 'pending')), models.Q(models.Q(('verdict', 'pending'), _negated=True), ('judged_at__isnull', False), ('judged_by__isnull', False)), _connector='OR'), name='notice_reply_verdict_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='noticereply',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verdict', 'refused'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='notice_reply_refusal_has_reason'),
        ),
    ]
