"""The journal of how accounts are entered; and neither it nor the log of the staff can be changed any more."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


# The database lets a row go with its person, from inside its own cascade, and when it is older than journal.KEPT_FOR.
# The log of the staff loses no row at all. TRUNCATE is left to who owns the tables, as a restore needs it.
KEPT = """
ALTER TABLE accounts_securityevent ADD CONSTRAINT security_event_person
FOREIGN KEY (person_id) REFERENCES accounts_user (id) ON DELETE CASCADE;
CREATE FUNCTION accounts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a line of % is never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION accounts_refuse_early_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() > 1 OR OLD.at < now() - interval '400 days' THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'a line of % is never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER unchangeable BEFORE UPDATE ON accounts_securityevent
FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change();
CREATE TRIGGER undeletable BEFORE DELETE ON accounts_securityevent
FOR EACH ROW EXECUTE FUNCTION accounts_refuse_early_deletion();
CREATE TRIGGER unchangeable BEFORE UPDATE OR DELETE ON django_admin_log
FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change();
"""
UNKEPT = """
DROP TRIGGER unchangeable ON django_admin_log;
DROP TRIGGER undeletable ON accounts_securityevent;
DROP TRIGGER unchangeable ON accounts_securityevent;
DROP FUNCTION accounts_refuse_early_deletion();
DROP FUNCTION accounts_refuse_change();
ALTER TABLE accounts_securityevent DROP CONSTRAINT security_event_person;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_api_keys'),
        ('admin', '0003_logentry_add_action_flag_choices'),
    ]

    operations = [
        migrations.CreateModel(
            name='SecurityEvent',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('signed in', 'Signed In'), ('signed out', 'Signed Out'), ('wrong password', 'Wrong Password'), ('wrong code', 'Wrong Code'), ('locked out', 'Locked Out'), ('password changed', 'Password Changed'), ('password reset', 'Password Reset'), ('e-mail address changed', 'Email Changed'), ('second factor added', 'Factor Added'), ('second factor removed', 'Factor Removed'), ('second factor renewed', 'Factor Renewed'), ('key made', 'Key Made'), ('key revoked', 'Key Revoked'), ('exported', 'Exported'), ('account deleted', 'Account Deleted')], max_length=30)),
                ('said', models.CharField(blank=True, max_length=200)),
                ('address', models.GenericIPAddressField(null=True)),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('person', models.ForeignKey(db_constraint=False, help_text='None for a wrong password of an account that is not there, and for a deleted account.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='security_events', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.RunSQL(KEPT, UNKEPT),
    ]
