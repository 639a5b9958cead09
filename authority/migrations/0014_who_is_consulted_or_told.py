"""A rule that asks for an opinion, or for a report, names the post."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("authority", "0013_try_the_rules")]

    operations = [
        migrations.AddConstraint(
            model_name='referralrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['must_consult', 'notify']), _negated=True), models.Q(('post', ''), _negated=True), _connector='OR'), name='authority_referralrule_names_post'),
        ),
    ]
