import django.contrib.postgres.fields
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0028_problems_are_told_and_frozen'),
        ('departments', '0014_where_separation_bites'),
        ('departments', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='RequiredPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='材料')),
                ('paper_kind', models.CharField(choices=[('claim_form', '索赔申请书'), ('licence', '行驶证驾驶证'), ('accident_proof', '事故证明'), ('survey_record', '查勘记录'), ('photo', '照片'), ('assessment', '定损单'), ('invoice', '维修发票'), ('medical', '医疗资料'), ('disability', '伤残鉴定'), ('judgment', '判决调解书'), ('identity', '身份与账户'), ('other', '其他')], max_length=16, verbose_name='案卷材料类别')),
                ('line', models.CharField(blank=True, choices=[('ctpl', '交强险'), ('own_damage', '车损险'), ('third_party', '三者险'), ('occupant', '车上人员'), ('extra', '附加险')], help_text='空白：不分险别', max_length=12, verbose_name='险别')),
                ('loss_class', models.CharField(blank=True, choices=[('vehicle', '车'), ('property', '物'), ('injury', '人')], help_text='空白：每件都要', max_length=10, verbose_name='损失类别')),
                ('rank', models.PositiveSmallIntegerField(default=0, verbose_name='排序')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
                ('valid_from', models.DateField(verbose_name='生效日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日期')),
                ('is_verified', models.BooleanField(default=False, verbose_name='已核实')),
            ],
            options={
                'verbose_name': '索赔材料',
                'verbose_name_plural': '索赔材料',
                'ordering': ['rank', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='cases_required_paper_dates_in_order'), models.CheckConstraint(condition=models.Q(('line__in', ['', 'ctpl', 'own_damage', 'third_party', 'occupant', 'extra']), ('loss_class__in', ['', 'vehicle', 'property', 'injury'])), name='cases_required_paper_where_known')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalPapersNotice',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('number', models.CharField(db_index=True, max_length=30, verbose_name='编号')),
                ('items', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), size=None, verbose_name='需补充的材料')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('found_at', models.DateTimeField(verbose_name='发现材料不全时间')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='发出时间')),
                ('channel', models.CharField(blank=True, choices=[('handed', '当面交付'), ('post', '邮寄'), ('phone', '短信或电话录音'), ('app', '线上渠道')], max_length=8, verbose_name='送达方式')),
                ('delivered_at', models.DateTimeField(blank=True, null=True, verbose_name='送达时间')),
                ('received_at', models.DateTimeField(blank=True, null=True, verbose_name='材料补齐时间')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='作废时间')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='作废原因')),
                ('made_at', models.DateTimeField(blank=True, editable=False, verbose_name='制作时间')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('case', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.claimcase', verbose_name='赔案')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='制作人')),
            ],
            options={
                'verbose_name': 'historical 补充材料告知书',
                'verbose_name_plural': 'historical 补充材料告知书',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalRequiredPaper',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='材料')),
                ('paper_kind', models.CharField(choices=[('claim_form', '索赔申请书'), ('licence', '行驶证驾驶证'), ('accident_proof', '事故证明'), ('survey_record', '查勘记录'), ('photo', '照片'), ('assessment', '定损单'), ('invoice', '维修发票'), ('medical', '医疗资料'), ('disability', '伤残鉴定'), ('judgment', '判决调解书'), ('identity', '身份与账户'), ('other', '其他')], max_length=16, verbose_name='案卷材料类别')),
                ('line', models.CharField(blank=True, choices=[('ctpl', '交强险'), ('own_damage', '车损险'), ('third_party', '三者险'), ('occupant', '车上人员'), ('extra', '附加险')], help_text='空白：不分险别', max_length=12, verbose_name='险别')),
                ('loss_class', models.CharField(blank=True, choices=[('vehicle', '车'), ('property', '物'), ('injury', '人')], help_text='空白：每件都要', max_length=10, verbose_name='损失类别')),
                ('rank', models.PositiveSmallIntegerField(default=0, verbose_name='排序')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
                ('valid_from', models.DateField(verbose_name='生效日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日期')),
                ('is_verified', models.BooleanField(default=False, verbose_name='已核实')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical 索赔材料',
                'verbose_name_plural': 'historical 索赔材料',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='PapersNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=30, unique=True, verbose_name='编号')),
                ('items', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), size=None, verbose_name='需补充的材料')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('found_at', models.DateTimeField(verbose_name='发现材料不全时间')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='发出时间')),
                ('channel', models.CharField(blank=True, choices=[('handed', '当面交付'), ('post', '邮寄'), ('phone', '短信或电话录音'), ('app', '线上渠道')], max_length=8, verbose_name='送达方式')),
                ('delivered_at', models.DateTimeField(blank=True, null=True, verbose_name='送达时间')),
                ('received_at', models.DateTimeField(blank=True, null=True, verbose_name='材料补齐时间')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='作废时间')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='作废原因')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='制作时间')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers_notices', to='cases.claimcase', verbose_name='赔案')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='制作人')),
            ],
            options={
                'verbose_name': '补充材料告知书',
                'verbose_name_plural': '补充材料告知书',
                'ordering': ['-found_at', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('cancelled_at', None), ('received_at', None)), fields=('case',), name='cases_papers_notice_one_open'), models.CheckConstraint(condition=models.Q(('items__len__gt', 0)), name='cases_papers_notice_asks_something'), models.CheckConstraint(condition=models.Q(models.Q(('channel', ''), ('delivered_at', None), ('sent_at', None)), models.Q(('sent_at__gte', models.F('found_at')), models.Q(('channel', ''), _negated=True)), _connector='OR'), name='cases_papers_notice_sent_in_order'), models.CheckConstraint(condition=models.Q(('delivered_at', None), ('delivered_at__gte', models.F('sent_at')), _connector='OR'), name='cases_papers_notice_delivered_in_order'), models.CheckConstraint(condition=models.Q(('received_at', None), models.Q(('received_at__gte', models.F('found_at')), ('sent_at__isnull', False)), _connector='OR'), name='cases_papers_notice_received_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at', None), ('reason', '')), models.Q(('received_at', None), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='cases_papers_notice_cancelled_with_reason')],
            },
        ),
        migrations.AddField(
            model_name='claimcase',
            name='arrived_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='到达现场时间'),
        ),
        migrations.AddField(
            model_name='claimcase',
            name='claimed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='索赔申请时间'),
        ),
        migrations.AddField(
            model_name='claimcase',
            name='contacted_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='首次联系时间'),
        ),
        migrations.AddField(
            model_name='claimcase',
            name='ctpl_decided_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='交强险核定告知时间'),
        ),
        migrations.AddField(
            model_name='claimcase',
            name='dispatched_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='派工时间'),
        ),
        migrations.AddField(
            model_name='claimcase',
            name='entrusted_done_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='受托查勘完成时间'),
        ),
        migrations.AddField(
            model_name='claimcase',
            name='list_given_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='告知材料清单时间'),
        ),
        migrations.AddField(
            model_name='claimcase',
            name='papers_returned_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='受托材料寄回时间'),
        ),
        migrations.AddField(
            model_name='historicalclaimcase',
            name='arrived_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='到达现场时间'),
        ),
        migrations.AddField(
            model_name='historicalclaimcase',
            name='claimed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='索赔申请时间'),
        ),
        migrations.AddField(
            model_name='historicalclaimcase',
            name='contacted_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='首次联系时间'),
        ),
        migrations.AddField(
            model_name='historicalclaimcase',
            name='ctpl_decided_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='交强险核定告知时间'),
        ),
        migrations.AddField(
            model_name='historicalclaimcase',
            name='dispatched_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='派工时间'),
        ),
        migrations.AddField(
            model_name='historicalclaimcase',
            name='entrusted_done_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='受托查勘完成时间'),
        ),
        migrations.AddField(
            model_name='historicalclaimcase',
            name='list_given_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='告知材料清单时间'),
        ),
        migrations.AddField(
            model_name='historicalclaimcase',
            name='papers_returned_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='受托材料寄回时间'),
        ),
        migrations.AddConstraint(
            model_name='claimcase',
            constraint=models.CheckConstraint(condition=models.Q(('list_given_at', None), ('claimed_at__isnull', False), _connector='OR'), name='cases_case_list_given_when_claimed'),
        ),
        migrations.AddConstraint(
            model_name='claimcase',
            constraint=models.CheckConstraint(condition=models.Q(('papers_returned_at', None), models.Q(('entrusted_done_at__isnull', False), ('papers_returned_at__gte', models.F('entrusted_done_at'))), _connector='OR'), name='cases_case_papers_returned_when_done'),
        ),
    ]
