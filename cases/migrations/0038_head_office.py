from decimal import Decimal

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0037_signatures_count'),
        ('departments', '0014_where_separation_bites'),
        ('departments', '__first__'),
    ]

    operations = [
        migrations.AddField(
            model_name='escalation',
            name='level',
            field=models.CharField(blank=True, max_length=10, verbose_name='批复级别'),
        ),
        migrations.AddField(
            model_name='escalation',
            name='warn_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='提醒时间'),
        ),
        migrations.AddField(
            model_name='historicalescalation',
            name='level',
            field=models.CharField(blank=True, max_length=10, verbose_name='批复级别'),
        ),
        migrations.AddField(
            model_name='historicalescalation',
            name='warn_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='提醒时间'),
        ),
        migrations.CreateModel(
            name='AnswerTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(blank=True, help_text='空白：所有事项', max_length=30, verbose_name='事项代码')),
                ('amount_over', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='金额超过(元)')),
                ('level', models.CharField(choices=[('reviewer', '总公司审批人'), ('head', '总公司负责人')], max_length=10, verbose_name='批复级别')),
                ('clock', models.CharField(max_length=30, verbose_name='时限规则编号')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
                ('is_verified', models.BooleanField(default=False, verbose_name='已核实')),
                ('valid_from', models.DateField(verbose_name='生效日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日期')),
            ],
            options={
                'verbose_name': '总公司批复时限',
                'verbose_name_plural': '总公司批复时限',
                'ordering': ['item', 'amount_over', 'valid_from'],
                'constraints': [models.UniqueConstraint(fields=('item', 'amount_over', 'valid_from'), name='cases_answer_term_one_version'), models.CheckConstraint(condition=models.Q(('amount_over__gte', 0)), name='cases_answer_term_amount'), models.CheckConstraint(condition=models.Q(('level__in', ['reviewer', 'head'])), name='cases_answer_term_level_known'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='cases_answer_term_dates_in_order')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalAnswerTerm',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('item', models.CharField(blank=True, help_text='空白：所有事项', max_length=30, verbose_name='事项代码')),
                ('amount_over', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14, verbose_name='金额超过(元)')),
                ('level', models.CharField(choices=[('reviewer', '总公司审批人'), ('head', '总公司负责人')], max_length=10, verbose_name='批复级别')),
                ('clock', models.CharField(max_length=30, verbose_name='时限规则编号')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
                ('is_verified', models.BooleanField(default=False, verbose_name='已核实')),
                ('valid_from', models.DateField(verbose_name='生效日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日期')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical 总公司批复时限',
                'verbose_name_plural': 'historical 总公司批复时限',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='AnswerCondition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('text', models.CharField(max_length=300, verbose_name='条件')),
                ('status', models.CharField(choices=[('open', '待落实'), ('met', '已落实'), ('failed', '不能落实')], default='open', max_length=6, verbose_name='状态')),
                ('evidence', models.CharField(blank=True, max_length=300, verbose_name='落实情况')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='核对时间')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.claimcase', verbose_name='赔案')),
                ('checked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='核对人')),
                ('escalation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='demands', to='cases.escalation', verbose_name='上报件')),
            ],
            options={
                'verbose_name': '批复条件',
                'verbose_name_plural': '批复条件',
                'ordering': ['escalation', 'number'],
                'constraints': [models.UniqueConstraint(fields=('escalation', 'number'), name='cases_condition_one_per_place'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='cases_condition_said'), models.CheckConstraint(condition=models.Q(models.Q(('checked_at', None), ('checked_by', None), ('status', 'open')), models.Q(('checked_at__isnull', False), ('checked_by__isnull', False), ('status__in', ['met', 'failed']), models.Q(('evidence', ''), _negated=True)), _connector='OR'), name='cases_condition_checked_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='EscalationReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mark', models.CharField(choices=[('warning', '临近期限'), ('overdue', '已逾期')], max_length=8, verbose_name='节点')),
                ('told_at', models.DateTimeField(verbose_name='时间')),
                ('escalation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='cases.escalation', verbose_name='上报件')),
                ('told', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='被提醒人')),
            ],
            options={
                'verbose_name': '上报催办',
                'verbose_name_plural': '上报催办',
                'constraints': [models.UniqueConstraint(fields=('escalation', 'mark', 'told'), name='cases_reminder_once'), models.CheckConstraint(condition=models.Q(('mark__in', ['warning', 'overdue'])), name='cases_reminder_mark_known')],
            },
        ),
        migrations.CreateModel(
            name='Transmission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('system', '系统内'), ('file', '文件投递'), ('printed', '打印')], max_length=8, verbose_name='方式')),
                ('number', models.PositiveSmallIntegerField(verbose_name='次数')),
                ('sent_at', models.DateTimeField(verbose_name='时间')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='重发原因')),
                ('file_name', models.CharField(blank=True, max_length=120, verbose_name='文件')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='摘要')),
                ('escalation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transmissions', to='cases.escalation', verbose_name='上报件')),
                ('outbox', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.outboxmessage', verbose_name='待送消息')),
                ('sent_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='传送人')),
            ],
            options={
                'verbose_name': '传送',
                'verbose_name_plural': '传送',
                'ordering': ['escalation', '-sent_at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('escalation', 'kind', 'number'), name='cases_transmission_one_per_place'), models.CheckConstraint(condition=models.Q(('kind__in', ['system', 'file', 'printed'])), name='cases_transmission_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'file'), ('outbox__isnull', False)), models.Q(models.Q(('kind', 'file'), _negated=True), ('outbox', None)), _connector='OR'), name='cases_transmission_files_are_promised')],
            },
        ),
    ]
