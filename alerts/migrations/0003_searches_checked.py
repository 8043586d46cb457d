# Outside a transaction: neither holds a lock that keeps writers waiting.

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('alerts', '0002_searches'),
    ]

    operations = [
        ValidateConstraint(model_name='alert', name='alert_about_one_thing'),
        ValidateConstraint(model_name='alert', name='alert_rule_complete'),
        AddIndexConcurrently(
            model_name='alert',
            index=models.Index(condition=models.Q(('search__isnull', False)), fields=['search'], name='alert_search'),
        ),
        AddIndexConcurrently(
            model_name='watch',
            index=models.Index(condition=models.Q(('is_new', True)), fields=['series'], name='watch_new'),
        ),
    ]
