import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0061_data_quality_runs'),
        ('departments', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalCoHandler',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('since', models.DateTimeField(verbose_name='自')),
                ('removed_at', models.DateTimeField(blank=True, null=True, verbose_name='撤出时间')),
                ('removal_reason', models.CharField(blank=True, max_length=200, verbose_name='撤出原因')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('alert', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.clockalert', verbose_name='超时提醒')),
                ('case', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.claimcase', verbose_name='赔案')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('removed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='撤出人')),
                ('staff', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='协办人')),
            ],
            options={
                'verbose_name': 'historical 协办人',
                'verbose_name_plural': 'historical 协办人',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='CaseDue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='到期时间')),
                ('warn_at', models.DateTimeField(blank=True, null=True, verbose_name='预警时间')),
                ('rule_code', models.CharField(blank=True, max_length=30, verbose_name='时限')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='事项')),
                ('of_version', models.PositiveIntegerField(verbose_name='案件版本')),
                ('computed_at', models.DateTimeField(verbose_name='计算时间')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='due', to='cases.claimcase', verbose_name='赔案')),
            ],
            options={
                'verbose_name': '下一时限',
                'verbose_name_plural': '下一时限',
                'indexes': [models.Index(fields=['due_at', 'case'], name='cases_due_first')],
            },
        ),
        migrations.CreateModel(
            name='CoHandler',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('since', models.DateTimeField(verbose_name='自')),
                ('removed_at', models.DateTimeField(blank=True, null=True, verbose_name='撤出时间')),
                ('removal_reason', models.CharField(blank=True, max_length=200, verbose_name='撤出原因')),
                ('alert', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='co_handler', to='cases.clockalert', verbose_name='超时提醒')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='co_handlers', to='cases.claimcase', verbose_name='赔案')),
                ('removed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='撤出人')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='协办人')),
            ],
            options={
                'verbose_name': '协办人',
                'verbose_name_plural': '协办人',
                'indexes': [models.Index(condition=models.Q(('removed_at', None)), fields=['staff'], name='cases_co_handler_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('case', 'staff'), name='cases_co_handler_once'), models.CheckConstraint(condition=models.Q(models.Q(('removal_reason', ''), ('removed_at', None), ('removed_by', None)), models.Q(('removed_at__gte', models.F('since')), ('removed_by__isnull', False), models.Q(('removal_reason', ''), _negated=True)), _connector='OR'), name='cases_co_handler_removed_by_somebody')],
            },
        ),
    ]
