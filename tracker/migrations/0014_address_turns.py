import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models


def begin_with_the_present(apps, schema_editor):
    """One turn for every address that was looked at before turns were kept, from the dates that are known."""
    turn = apps.get_model("tracker", "AddressTurn")
    turns = []
    for check in apps.get_model("tracker", "AddressCheck").objects.order_by("pk").iterator():
        if check.dead_since is not None:
            at, health = check.dead_since, "dead"
        elif check.failed_since is not None:
            at, health = check.failed_since, "failing"
        elif check.changed_at is not None:
            at, health = check.changed_at, "changed"
        else:
            at, health = check.checked_at, "alive" if check.outcome == "alive" else "untold"
        turns.append(turn(evidence_id=check.evidence_id, at=at, health=health))
    turn.objects.bulk_create(turns, batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('tracker', '0013_supervision'),
    ]

    operations = [
        migrations.AddField(
            model_name='reportcorrection',
            name='previous_pieces',
            field=models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='pieces of the text before'),
        ),
        migrations.CreateModel(
            name='AddressTurn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('health', models.CharField(choices=[('unchecked', 'not checked yet'), ('alive', 'can be opened'), ('untold', 'cannot be checked from this server'), ('failing', 'last look failed'), ('dead', 'dead'), ('changed', 'changed since acceptance')], max_length=10, verbose_name='state of the address')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='address_turns', to='tracker.evidence', verbose_name='evidence item')),
            ],
            options={
                'verbose_name': 'turn of an address',
                'verbose_name_plural': 'turns of addresses',
                'ordering': ['at', 'pk'],
                'indexes': [models.Index(fields=['evidence', 'at'], name='address_turn_of_evidence')],
            },
        ),
        migrations.RunPython(begin_with_the_present, migrations.RunPython.noop),
    ]
