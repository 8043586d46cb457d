# The constraints are checked for new rows at once; 0003 checks those there are, without keeping anybody waiting.

import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    allowed = {
        'ban-drop-constraint': 'Each comes back in the same transaction, and lets the same rows in and more.',
        'adding-foreign-key-constraint': 'The column is new and NULL in every row: one scan of the alerts finds nothing to check.',
    }

    dependencies = [
        ('alerts', '0001_initial'),
        ('catalog', '0005_revisions'),
        ('collections_app', '0002_multipliers'),
        ('pricing', '0011_latest_prices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='alert',
            name='alert_about_one_thing',
        ),
        migrations.RemoveConstraint(
            model_name='alert',
            name='alert_rule_complete',
        ),
        migrations.AddField(
            model_name='alert',
            name='search',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='pricing.savedsearch'),
        ),
        migrations.AddField(
            model_name='alert',
            name='trouble',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=600),
        ),
        migrations.AddField(
            model_name='watch',
            name='found_on',
            field=models.DateField(help_text='The day of that run.', null=True),
        ),
        migrations.AddField(
            model_name='watch',
            name='is_new',
            field=models.BooleanField(db_default=False, default=False, help_text='A search began to find its card; its next run tells.'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='kind',
            field=models.CharField(choices=[('below', 'Falls to a price or below'), ('above', 'Rises to a price or above'), ('falls', 'Loses so many percent'), ('rises', 'Gains so many percent'), ('low', 'Reaches a new low'), ('high', 'Reaches a new high'), ('back', 'Has a price again after a gap'), ('found', 'Is newly found')], max_length=5),
        ),
        migrations.AlterField(
            model_name='alertevent',
            name='kind',
            field=models.CharField(choices=[('below', 'Falls to a price or below'), ('above', 'Rises to a price or above'), ('falls', 'Loses so many percent'), ('rises', 'Gains so many percent'), ('low', 'Reaches a new low'), ('high', 'Reaches a new high'), ('back', 'Has a price again after a gap'), ('found', 'Is newly found')], max_length=5),
        ),
        AddConstraintNotValid(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('card_set__isnull', True), ('collection__isnull', True), ('printing__isnull', False), ('search__isnull', True)), models.Q(('card_set__isnull', False), ('collection__isnull', True), ('condition', ''), ('grade', ''), ('printing__isnull', True), ('search__isnull', True)), models.Q(('card_set__isnull', True), ('collection__isnull', False), ('condition', ''), ('grade', ''), ('printing__isnull', True), ('search__isnull', True)), models.Q(('card_set__isnull', True), ('collection__isnull', True), ('condition', ''), ('grade', ''), ('printing__isnull', True), ('search__isnull', False)), _connector='OR'), name='alert_about_one_thing'),
        ),
        AddConstraintNotValid(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('days', None), ('kind__in', ('below', 'above')), ('percent', None), ('threshold__gt', 0)), models.Q(('days__range', (1, 90)), ('kind__in', ('falls',)), ('percent__gt', 0), ('percent__lt', 100), ('threshold', None)), models.Q(('days__range', (1, 90)), ('kind__in', ('rises',)), ('percent__gt', 0), ('percent__lte', Decimal('1000')), ('threshold', None)), models.Q(('days__range', (1, 3650)), ('kind__in', ('low', 'high')), ('percent', None), ('threshold', None)), models.Q(('days__range', (1, 90)), ('kind__in', ('back',)), ('percent', None), ('threshold', None)), models.Q(('days', None), ('kind__in', ('found',)), ('percent', None), ('search__isnull', False), ('threshold', None)), _connector='OR'), name='alert_rule_complete'),
        ),
    ]
