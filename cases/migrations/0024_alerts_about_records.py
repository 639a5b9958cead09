import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0023_share_of_concurrent_acts'),
        ('departments', '__first__'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='clockalert',
            name='cases_alert_once',
        ),
        migrations.AddField(
            model_name='clockalert',
            name='area',
            field=models.CharField(blank=True, db_default='', default='', max_length=20, verbose_name='事项类别'),
        ),
        migrations.AddField(
            model_name='clockalert',
            name='record',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='事项'),
        ),
        migrations.AddField(
            model_name='clockalert',
            name='title',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='事项名称'),
        ),
        migrations.AddField(
            model_name='clockalert',
            name='url',
            field=models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='页面'),
        ),
        migrations.AlterField(
            model_name='clockalert',
            name='case',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='cases.claimcase', verbose_name='赔案'),
        ),
        migrations.AddConstraint(
            model_name='clockalert',
            constraint=models.UniqueConstraint(fields=('case', 'station', 'area', 'record', 'rule_code', 'mark', 'started_at', 'told'), name='cases_alert_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='clockalert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('area', ''), ('case__isnull', False), ('record', None)), models.Q(models.Q(('area', ''), _negated=True), ('record__isnull', False), ('station', None)), _connector='OR'), name='cases_alert_about_something'),
        ),
    ]
