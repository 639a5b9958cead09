import django.db.models.constraints
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0034_quality_told'),
        ('departments', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='SigningRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(blank=True, help_text='空白：所有事项', max_length=30, verbose_name='事项代码')),
                ('spare', models.PositiveSmallIntegerField(help_text='在须会签人数之外同时多请几人', verbose_name='多请人数')),
                ('on_refusal', models.CharField(choices=[('counts_not', '不计入，人数够即可'), ('veto', '一人不同意即不成立')], max_length=10, verbose_name='不同意的效力')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
                ('is_verified', models.BooleanField(default=False, verbose_name='已核实')),
                ('valid_from', models.DateField(verbose_name='生效日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日期')),
            ],
            options={
                'verbose_name': '会签规则',
                'verbose_name_plural': '会签规则',
                'ordering': ['item', 'valid_from'],
                'constraints': [models.UniqueConstraint(fields=('item', 'valid_from'), name='cases_signing_rule_one_version'), models.CheckConstraint(condition=models.Q(('on_refusal__in', ['counts_not', 'veto'])), name='cases_signing_rule_refusal_known'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='cases_signing_rule_dates_in_order')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalSigningRule',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('item', models.CharField(blank=True, help_text='空白：所有事项', max_length=30, verbose_name='事项代码')),
                ('spare', models.PositiveSmallIntegerField(help_text='在须会签人数之外同时多请几人', verbose_name='多请人数')),
                ('on_refusal', models.CharField(choices=[('counts_not', '不计入，人数够即可'), ('veto', '一人不同意即不成立')], max_length=10, verbose_name='不同意的效力')),
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
                'verbose_name': 'historical 会签规则',
                'verbose_name_plural': 'historical 会签规则',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='JointSigning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('cosign', '会签'), ('added', '加签')], max_length=6, verbose_name='类别')),
                ('needed', models.PositiveSmallIntegerField(verbose_name='须同意人数')),
                ('on_refusal', models.CharField(choices=[('counts_not', '不计入，人数够即可'), ('veto', '一人不同意即不成立')], max_length=10, verbose_name='不同意的效力')),
                ('called_at', models.DateTimeField(verbose_name='发起时间')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='理由')),
                ('result', models.CharField(blank=True, choices=[('met', '已达成'), ('failed', '未达成'), ('called_off', '已取消')], max_length=10, verbose_name='结果')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('called_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='加签人')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signings', to='cases.submission', verbose_name='报批')),
            ],
            options={
                'verbose_name': '会签与加签',
                'verbose_name_plural': '会签与加签',
                'constraints': [models.CheckConstraint(condition=models.Q(('needed__gt', 0)), name='cases_signing_needs_somebody'), models.CheckConstraint(condition=models.Q(('kind__in', ['cosign', 'added']), ('on_refusal__in', ['counts_not', 'veto'])), name='cases_signing_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'added'), _negated=True), models.Q(('called_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='cases_signing_added_for_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('result', '')), models.Q(('ended_at__isnull', False), ('result__in', ['met', 'failed', 'called_off'])), _connector='OR'), name='cases_signing_ended_with_result')],
            },
        ),
        migrations.CreateModel(
            name='TakenBack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('taken_at', models.DateTimeField(verbose_name='拿回时间')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.claimcase', verbose_name='赔案')),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='taken_back', to='cases.decision', verbose_name='审批意见')),
                ('taken_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='拿回人')),
            ],
            options={
                'verbose_name': '拿回',
                'verbose_name_plural': '拿回',
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='cases_taken_back_for_a_reason')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='chainstep',
            name='cases_chain_one_per_place',
        ),
        migrations.RemoveConstraint(
            model_name='chainstep',
            name='cases_chain_status_known',
        ),
        migrations.RemoveConstraint(
            model_name='chainstep',
            name='cases_chain_kind_known',
        ),
        migrations.AddField(
            model_name='chainstep',
            name='remark',
            field=models.CharField(blank=True, max_length=300, verbose_name='说明'),
        ),
        migrations.AlterField(
            model_name='chainstep',
            name='kind',
            field=models.CharField(choices=[('preliminary', '初核'), ('final', '终审'), ('cosign', '会签'), ('added', '加签'), ('head_office', '总公司')], max_length=12, verbose_name='环节'),
        ),
        migrations.AlterField(
            model_name='chainstep',
            name='status',
            field=models.CharField(choices=[('waiting', '未到'), ('now', '办理中'), ('done', '已办'), ('skipped', '未经'), ('invalid', '已失效'), ('handed_on', '已转办'), ('taken_back', '已拿回')], default='waiting', max_length=10, verbose_name='状态'),
        ),
        migrations.AddField(
            model_name='chainstep',
            name='signing',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='cases.jointsigning', verbose_name='会签与加签'),
        ),
        migrations.AddConstraint(
            model_name='chainstep',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('submission', 'number'), name='cases_chain_one_per_place'),
        ),
        migrations.AddConstraint(
            model_name='chainstep',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'now', 'done', 'skipped', 'invalid', 'handed_on', 'taken_back'])), name='cases_chain_status_known'),
        ),
        migrations.AddConstraint(
            model_name='chainstep',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['preliminary', 'final', 'cosign', 'added', 'head_office'])), name='cases_chain_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='chainstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'added'), _negated=True), ('signing__isnull', False), _connector='OR'), name='cases_chain_added_by_somebody'),
        ),
    ]
