import django.contrib.postgres.fields
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import departments.tables


class Migration(migrations.Migration):

    replaces = [('reports', '0001_initial'), ('reports', '0003_roll_up')]

    initial = True

    dependencies = [
        ('departments', '0001_tables'),
    ]

    operations = [
        departments.tables.CreateTogether(
            operations=[
                migrations.CreateModel(
                    name='HistoricalReportDefinition',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('code', models.CharField(max_length=10, verbose_name='编号')),
                        ('name', models.CharField(max_length=40, verbose_name='报表')),
                        ('recipient', models.CharField(max_length=60, verbose_name='报送对象')),
                        ('frequency', models.CharField(choices=[('daily', '日'), ('weekly', '周'), ('monthly', '月'), ('quarterly', '季'), ('yearly', '年')], max_length=10, verbose_name='频率')),
                        ('figure', models.CharField(max_length=30, verbose_name='算法')),
                        ('parameters', models.JSONField(blank=True, default=dict, verbose_name='参数')),
                        ('maker_posts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None, verbose_name='制表岗位')),
                        ('version', models.PositiveIntegerField(default=1, verbose_name='版本')),
                        ('starts_on', models.DateField(blank=True, null=True, verbose_name='首期')),
                        ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                        ('source', models.CharField(max_length=200, verbose_name='依据')),
                        ('is_verified', models.BooleanField(default=False, verbose_name='已核实')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.CharField(max_length=100, null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'historical 报表定义',
                        'verbose_name_plural': 'historical 报表定义',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='ReportDefinition',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=10, verbose_name='编号')),
                        ('name', models.CharField(max_length=40, verbose_name='报表')),
                        ('recipient', models.CharField(max_length=60, verbose_name='报送对象')),
                        ('frequency', models.CharField(choices=[('daily', '日'), ('weekly', '周'), ('monthly', '月'), ('quarterly', '季'), ('yearly', '年')], max_length=10, verbose_name='频率')),
                        ('figure', models.CharField(max_length=30, verbose_name='算法')),
                        ('parameters', models.JSONField(blank=True, default=dict, verbose_name='参数')),
                        ('maker_posts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None, verbose_name='制表岗位')),
                        ('version', models.PositiveIntegerField(default=1, verbose_name='版本')),
                        ('starts_on', models.DateField(blank=True, null=True, verbose_name='首期')),
                        ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                        ('source', models.CharField(max_length=200, verbose_name='依据')),
                        ('is_verified', models.BooleanField(default=False, verbose_name='已核实')),
                    ],
                    options={
                        'verbose_name': '报表定义',
                        'verbose_name_plural': '报表定义',
                        'ordering': ['code', 'frequency'],
                        'constraints': [models.UniqueConstraint(fields=('code', 'frequency'), name='reports_definition_once'), models.CheckConstraint(condition=models.Q(('frequency__in', ['daily', 'weekly', 'monthly', 'quarterly', 'yearly'])), name='reports_definition_frequency_known')],
                    },
                ),
                migrations.CreateModel(
                    name='Run',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('period_start', models.DateField(verbose_name='期初')),
                        ('period_end', models.DateField(verbose_name='期末')),
                        ('version', models.PositiveSmallIntegerField(default=1, verbose_name='版本')),
                        ('status', models.CharField(choices=[('waiting', '待生成'), ('leased', '生成中'), ('published', '已生成'), ('failed', '失败')], default='waiting', max_length=10, verbose_name='状态')),
                        ('attempt', models.PositiveSmallIntegerField(default=0, verbose_name='尝试次数')),
                        ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='租约至')),
                        ('reason', models.CharField(blank=True, max_length=200, verbose_name='重做理由')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='排定时间')),
                        ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='生成时间')),
                        ('last_error', models.TextField(blank=True, verbose_name='最近错误')),
                        ('definition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='reports.reportdefinition', verbose_name='报表')),
                        ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发起人')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='report_runs', to='departments.orgunit', verbose_name='机构')),
                    ],
                    options={
                        'verbose_name': '报表生成',
                        'verbose_name_plural': '报表生成',
                        'ordering': ['-period_end', '-id'],
                        'indexes': [models.Index(condition=models.Q(('status__in', ['waiting', 'leased'])), fields=['period_end', 'id'], name='reports_run_to_do'), models.Index(fields=['-period_end', '-id'], name='reports_run_newest')],
                        'constraints': [models.UniqueConstraint(fields=('definition', 'unit', 'period_start', 'version'), name='reports_run_once_per_period'), models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'leased', 'published', 'failed'])), name='reports_run_status_known'), models.CheckConstraint(condition=models.Q(('period_end__gte', models.F('period_start'))), name='reports_run_period_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', False), ('status', 'published')), models.Q(models.Q(('status', 'published'), _negated=True), ('published_at', None)), _connector='OR'), name='reports_run_published_when_published'), models.CheckConstraint(condition=models.Q(('version', 1), models.Q(('requested_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='reports_run_again_needs_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='Snapshot',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('rows', models.BinaryField(verbose_name='数据(压缩)')),
                        ('row_count', models.PositiveIntegerField(verbose_name='行数')),
                        ('parameters', models.JSONField(verbose_name='参数')),
                        ('definition_version', models.PositiveIntegerField(verbose_name='定义版本')),
                        ('as_of', models.DateTimeField(verbose_name='数据时点')),
                        ('file', models.BinaryField(verbose_name='文件')),
                        ('sha256', models.CharField(max_length=64, verbose_name='文件摘要')),
                        ('run', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='snapshot', to='reports.run', verbose_name='报表生成')),
                    ],
                    options={
                        'verbose_name': '报表快照',
                        'verbose_name_plural': '报表快照',
                    },
                ),
                migrations.CreateModel(
                    name='DayFact',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(verbose_name='日期')),
                        ('reported', models.PositiveIntegerField(default=0, verbose_name='报案数')),
                        ('registered', models.PositiveIntegerField(default=0, verbose_name='立案数')),
                        ('closed', models.PositiveIntegerField(default=0, verbose_name='结案数')),
                        ('closed_paid', models.PositiveIntegerField(default=0, verbose_name='赔付结案数')),
                        ('closing_days', models.PositiveIntegerField(default=0, verbose_name='结案天数合计')),
                        ('paid_amount', models.DecimalField(decimal_places=2, default=0, max_digits=16, verbose_name='结案赔款(元)')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='departments.orgunit')),
                    ],
                    options={
                        'verbose_name': '日汇总',
                        'verbose_name_plural': '日汇总',
                        'indexes': [models.Index(fields=['day'], name='reports_dayfact_by_day')],
                        'constraints': [models.UniqueConstraint(fields=('unit', 'day'), name='reports_dayfact_once')],
                    },
                ),
                migrations.CreateModel(
                    name='RollUp',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=20, unique=True, verbose_name='汇总')),
                        ('recomputed_on', models.DateField(verbose_name='全量重算日期')),
                    ],
                    options={
                        'verbose_name': '汇总状态',
                        'verbose_name_plural': '汇总状态',
                    },
                ),
            ],
        ),
    ]
