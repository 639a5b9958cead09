import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0025_asked_beside_the_way'),
        ('departments', '0014_where_separation_bites'),
        ('departments', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='FeedbackLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='月份')),
                ('version', models.PositiveSmallIntegerField(default=1, verbose_name='版本')),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='文号')),
                ('status', models.CharField(choices=[('draft', '拟稿'), ('issued', '已签发'), ('received', '已签收'), ('superseded', '已被替代')], default='draft', max_length=10, verbose_name='状态')),
                ('summary', models.TextField(blank=True, verbose_name='总体情况')),
                ('demands', models.TextField(blank=True, verbose_name='整改要求')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='更正理由')),
                ('volume', models.PositiveIntegerField(default=0, verbose_name='当月立案件数')),
                ('drafted_at', models.DateTimeField(verbose_name='拟稿时间')),
                ('signed_at', models.DateTimeField(blank=True, null=True, verbose_name='签发时间')),
                ('received_at', models.DateTimeField(blank=True, null=True, verbose_name='签收时间')),
                ('receipt_note', models.CharField(blank=True, max_length=200, verbose_name='签收意见')),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='拟稿人')),
                ('received_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签收人')),
                ('signed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签发人')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feedback_letters', to='departments.orgunit', verbose_name='机构')),
            ],
            options={
                'verbose_name': '问题件通报',
                'verbose_name_plural': '问题件通报',
                'ordering': ['-month', 'unit', '-version'],
                'constraints': [models.UniqueConstraint(fields=('unit', 'month', 'version'), name='cases_feedback_version_once'), models.UniqueConstraint(condition=models.Q(('status', 'draft')), fields=('unit', 'month'), name='cases_feedback_one_draft'), models.UniqueConstraint(condition=models.Q(('status__in', ['issued', 'received'])), fields=('unit', 'month'), name='cases_feedback_one_in_force'), models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('number', 'version'), name='cases_feedback_number_once'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='cases_feedback_month_begins'), models.CheckConstraint(condition=models.Q(('version', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='cases_feedback_correction_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('number', ''), ('signed_at', None), ('signed_by', None), ('status', 'draft')), models.Q(('status__in', ['issued', 'received', 'superseded']), ('signed_at__isnull', False), ('signed_by__isnull', False), models.Q(('number', ''), _negated=True)), _connector='OR'), name='cases_feedback_signed_when_issued'), models.CheckConstraint(condition=models.Q(models.Q(('received_at__isnull', False), ('received_by__isnull', False), ('status', 'received')), ('status', 'superseded'), models.Q(('received_at', None), ('received_by', None), ('status__in', ['draft', 'issued'])), _connector='OR'), name='cases_feedback_received_by_somebody'), models.CheckConstraint(condition=models.Q(('signed_by', None), models.Q(('signed_by', models.F('drafted_by')), _negated=True), _connector='OR'), name='cases_feedback_two_people')],
            },
        ),
        migrations.CreateModel(
            name='FeedbackLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(verbose_name='序号')),
                ('class_code', models.CharField(max_length=4, verbose_name='类别代码')),
                ('class_name', models.CharField(max_length=20, verbose_name='类别')),
                ('severity', models.CharField(choices=[('minor', '轻微'), ('normal', '一般'), ('serious', '严重')], max_length=8, verbose_name='程度')),
                ('case_no', models.CharField(max_length=30, verbose_name='赔案号')),
                ('person_name', models.CharField(blank=True, max_length=30, verbose_name='责任人')),
                ('description', models.TextField(verbose_name='问题描述')),
                ('points', models.PositiveSmallIntegerField(verbose_name='扣分')),
                ('outcome', models.CharField(max_length=60, verbose_name='处理情况')),
                ('remark', models.CharField(blank=True, max_length=300, verbose_name='通报意见')),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='cases.problemfinding', verbose_name='问题件')),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='cases.feedbackletter', verbose_name='通报')),
            ],
            options={
                'verbose_name': '通报明细',
                'verbose_name_plural': '通报明细',
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('letter', 'finding'), name='cases_feedback_line_once'), models.UniqueConstraint(fields=('letter', 'position'), name='cases_feedback_position_once')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalFeedbackLetter',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('month', models.DateField(verbose_name='月份')),
                ('version', models.PositiveSmallIntegerField(default=1, verbose_name='版本')),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='文号')),
                ('status', models.CharField(choices=[('draft', '拟稿'), ('issued', '已签发'), ('received', '已签收'), ('superseded', '已被替代')], default='draft', max_length=10, verbose_name='状态')),
                ('summary', models.TextField(blank=True, verbose_name='总体情况')),
                ('demands', models.TextField(blank=True, verbose_name='整改要求')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='更正理由')),
                ('volume', models.PositiveIntegerField(default=0, verbose_name='当月立案件数')),
                ('drafted_at', models.DateTimeField(verbose_name='拟稿时间')),
                ('signed_at', models.DateTimeField(blank=True, null=True, verbose_name='签发时间')),
                ('received_at', models.DateTimeField(blank=True, null=True, verbose_name='签收时间')),
                ('receipt_note', models.CharField(blank=True, max_length=200, verbose_name='签收意见')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('drafted_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='拟稿人')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('received_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签收人')),
                ('signed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签发人')),
                ('unit', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='departments.orgunit', verbose_name='机构')),
            ],
            options={
                'verbose_name': 'historical 问题件通报',
                'verbose_name_plural': 'historical 问题件通报',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalProblemPoints',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('severity', models.CharField(choices=[('minor', '轻微'), ('normal', '一般'), ('serious', '严重')], max_length=8, verbose_name='程度')),
                ('points', models.PositiveSmallIntegerField(verbose_name='扣分')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
                ('is_verified', models.BooleanField(default=False, verbose_name='已核实')),
                ('valid_from', models.DateField(verbose_name='生效日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日期')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('problem_class', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.problemclass', verbose_name='类别')),
            ],
            options={
                'verbose_name': 'historical 问题件扣分标准',
                'verbose_name_plural': 'historical 问题件扣分标准',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='ProblemPoints',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('severity', models.CharField(choices=[('minor', '轻微'), ('normal', '一般'), ('serious', '严重')], max_length=8, verbose_name='程度')),
                ('points', models.PositiveSmallIntegerField(verbose_name='扣分')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
                ('is_verified', models.BooleanField(default=False, verbose_name='已核实')),
                ('valid_from', models.DateField(verbose_name='生效日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日期')),
                ('problem_class', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scale', to='cases.problemclass', verbose_name='类别')),
            ],
            options={
                'verbose_name': '问题件扣分标准',
                'verbose_name_plural': '问题件扣分标准',
                'ordering': ['problem_class__rank', 'severity', '-valid_from'],
                'constraints': [models.UniqueConstraint(fields=('problem_class', 'severity', 'valid_from'), name='cases_problem_points_once'), models.UniqueConstraint(condition=models.Q(('valid_to', None)), fields=('problem_class', 'severity'), name='cases_problem_points_one_open'), models.CheckConstraint(condition=models.Q(('severity__in', ['minor', 'normal', 'serious'])), name='cases_problem_points_severity_known'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='cases_problem_points_dates_in_order')],
            },
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='appeal',
            field=models.TextField(blank=True, verbose_name='申诉理由'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='appealed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='申诉时间'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='appealed_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申诉人'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='closed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='确认时间'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='closed_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='确认人'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='closing_note',
            field=models.TextField(blank=True, verbose_name='确认意见'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='corrected_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='整改时间'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='corrected_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='整改人'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='correction',
            field=models.TextField(blank=True, verbose_name='整改情况'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='frozen_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='通报时间'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='look',
            field=models.CharField(blank=True, choices=[('upheld', '维持'), ('reduced', '减轻'), ('lifted', '撤销')], max_length=8, verbose_name='复核结论'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='look_opinion',
            field=models.TextField(blank=True, verbose_name='复核意见'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='looked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='复核时间'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='looked_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='复核人'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='needs_correction',
            field=models.BooleanField(default=True, verbose_name='须整改'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='number',
            field=models.CharField(db_index=True, default='', max_length=24, verbose_name='编号'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='period',
            field=models.DateField(blank=True, null=True, verbose_name='考核期'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='points_before',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='申诉前扣分'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='replied_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='答复时间'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='replied_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='答复人'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='reply',
            field=models.TextField(blank=True, verbose_name='答复内容'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='reply_due_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='答复期限'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='reply_kind',
            field=models.CharField(blank=True, choices=[('accepts', '认可'), ('explains', '说明情况')], max_length=8, verbose_name='答复'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='severity',
            field=models.CharField(choices=[('minor', '轻微'), ('normal', '一般'), ('serious', '严重')], default='normal', max_length=8, verbose_name='程度'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='source',
            field=models.CharField(choices=[('return', '审核退回'), ('review', '审核登记'), ('quality', '质量抽检'), ('resurvey', '复勘'), ('clearing', '未决清理')], default='return', max_length=8, verbose_name='来源'),
        ),
        migrations.AddField(
            model_name='historicalproblemfinding',
            name='status',
            field=models.CharField(choices=[('found', '待答复'), ('replied', '已答复'), ('appealed', '申诉中'), ('confirmed', '已确认'), ('lifted', '已撤销')], default='found', max_length=10, verbose_name='状态'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='appeal',
            field=models.TextField(blank=True, verbose_name='申诉理由'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='appealed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='申诉时间'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='appealed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申诉人'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='closed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='确认时间'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='closed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='确认人'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='closing_note',
            field=models.TextField(blank=True, verbose_name='确认意见'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='corrected_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='整改时间'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='corrected_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='整改人'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='correction',
            field=models.TextField(blank=True, verbose_name='整改情况'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='frozen_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='通报时间'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='look',
            field=models.CharField(blank=True, choices=[('upheld', '维持'), ('reduced', '减轻'), ('lifted', '撤销')], max_length=8, verbose_name='复核结论'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='look_opinion',
            field=models.TextField(blank=True, verbose_name='复核意见'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='looked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='复核时间'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='looked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='复核人'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='needs_correction',
            field=models.BooleanField(default=True, verbose_name='须整改'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='number',
            field=models.CharField(default='', max_length=24, verbose_name='编号'),
            preserve_default=False,
        ),
        migrations.RunSQL(
            sql="update cases_problemfinding set number = 'WT' || lpad(id::text, 8, '0'); set constraints all immediate; set constraints all deferred",
            reverse_sql='',
        ),
        migrations.AlterField(
            model_name='problemfinding',
            name='number',
            field=models.CharField(max_length=24, unique=True, verbose_name='编号'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='papers',
            field=models.ManyToManyField(blank=True, related_name='problems', to='cases.casepaper', verbose_name='证据材料'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='period',
            field=models.DateField(blank=True, null=True, verbose_name='考核期'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='points_before',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='申诉前扣分'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='replied_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='答复时间'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='replied_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='答复人'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='reply',
            field=models.TextField(blank=True, verbose_name='答复内容'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='reply_due_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='答复期限'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='reply_kind',
            field=models.CharField(blank=True, choices=[('accepts', '认可'), ('explains', '说明情况')], max_length=8, verbose_name='答复'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='severity',
            field=models.CharField(choices=[('minor', '轻微'), ('normal', '一般'), ('serious', '严重')], default='normal', max_length=8, verbose_name='程度'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='source',
            field=models.CharField(choices=[('return', '审核退回'), ('review', '审核登记'), ('quality', '质量抽检'), ('resurvey', '复勘'), ('clearing', '未决清理')], default='return', max_length=8, verbose_name='来源'),
        ),
        migrations.AddField(
            model_name='problemfinding',
            name='status',
            field=models.CharField(choices=[('found', '待答复'), ('replied', '已答复'), ('appealed', '申诉中'), ('confirmed', '已确认'), ('lifted', '已撤销')], default='found', max_length=10, verbose_name='状态'),
        ),
        migrations.AlterField(
            model_name='historicalproblemfinding',
            name='step',
            field=models.CharField(choices=[('report', '接报案'), ('register', '立案'), ('survey', '查勘'), ('assess', '定损'), ('review_damage', '核损'), ('review_price', '核价'), ('review_injury', '人伤审核'), ('adjust', '理算'), ('submit', '提交'), ('adjudicate', '核赔'), ('preliminary', '初核'), ('head_office', '总公司审批'), ('edit_amount', '修改金额'), ('pay', '支付'), ('close', '结案')], max_length=16, verbose_name='环节'),
        ),
        migrations.AlterField(
            model_name='historicalproblemfinding',
            name='unit',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='departments.orgunit', verbose_name='责任机构'),
        ),
        migrations.AlterField(
            model_name='problemfinding',
            name='decision',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='problems', to='cases.decision', verbose_name='审批意见'),
        ),
        migrations.AlterField(
            model_name='problemfinding',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='problems', to=settings.AUTH_USER_MODEL, verbose_name='责任人'),
        ),
        migrations.AlterField(
            model_name='problemfinding',
            name='step',
            field=models.CharField(choices=[('report', '接报案'), ('register', '立案'), ('survey', '查勘'), ('assess', '定损'), ('review_damage', '核损'), ('review_price', '核价'), ('review_injury', '人伤审核'), ('adjust', '理算'), ('submit', '提交'), ('adjudicate', '核赔'), ('preliminary', '初核'), ('head_office', '总公司审批'), ('edit_amount', '修改金额'), ('pay', '支付'), ('close', '结案')], max_length=16, verbose_name='环节'),
        ),
        migrations.AlterField(
            model_name='problemfinding',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='problems', to='departments.orgunit', verbose_name='责任机构'),
        ),
        migrations.AddIndex(
            model_name='problemfinding',
            index=models.Index(fields=['-found_at', '-id'], name='cases_problem_newest'),
        ),
        migrations.AddIndex(
            model_name='problemfinding',
            index=models.Index(fields=['unit', '-found_at', '-id'], name='cases_problem_unit_newest'),
        ),
        migrations.AddIndex(
            model_name='problemfinding',
            index=models.Index(condition=models.Q(('status', 'found')), fields=['reply_due_at'], name='cases_problem_unanswered'),
        ),
        migrations.AddIndex(
            model_name='problemfinding',
            index=models.Index(condition=models.Q(('status', 'confirmed')), fields=['period', 'unit'], name='cases_problem_counted'),
        ),
        migrations.AddConstraint(
            model_name='problemfinding',
            constraint=models.CheckConstraint(condition=models.Q(('severity__in', ['minor', 'normal', 'serious'])), name='cases_problem_severity_known'),
        ),
        migrations.AddConstraint(
            model_name='problemfinding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision__isnull', False), ('source', 'return')), ('source__in', ['review', 'quality', 'resurvey', 'clearing']), _connector='OR'), name='cases_problem_source_known'),
        ),
        migrations.AddConstraint(
            model_name='problemfinding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('period', None), ('status__in', ['found', 'replied', 'appealed', 'lifted'])), models.Q(('period__day', 1), ('period__isnull', False), ('status', 'confirmed')), _connector='OR'), name='cases_problem_counts_when_confirmed'),
        ),
        migrations.AddConstraint(
            model_name='problemfinding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('replied_at', None), ('replied_by', None), ('reply', ''), ('reply_kind', '')), models.Q(('replied_at__isnull', False), ('replied_by__isnull', False), ('reply_kind__in', ['accepts', 'explains']), models.Q(('reply', ''), _negated=True)), _connector='OR'), name='cases_problem_replied_in_writing'),
        ),
        migrations.AddConstraint(
            model_name='problemfinding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrected_at', None), ('corrected_by', None), ('correction', '')), models.Q(('corrected_at__isnull', False), ('corrected_by__isnull', False), models.Q(('correction', ''), _negated=True)), _connector='OR'), name='cases_problem_corrected_in_writing'),
        ),
        migrations.AddConstraint(
            model_name='problemfinding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('appeal', ''), ('appealed_at', None), ('appealed_by', None)), models.Q(('appealed_at__isnull', False), ('appealed_by__isnull', False), models.Q(('appeal', ''), _negated=True)), _connector='OR'), name='cases_problem_appealed_in_writing'),
        ),
        migrations.AddConstraint(
            model_name='problemfinding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('look', ''), ('look_opinion', ''), ('looked_at', None), ('looked_by', None)), models.Q(('look__in', ['upheld', 'reduced', 'lifted']), ('looked_at__isnull', False), ('looked_by__isnull', False), models.Q(('look_opinion', ''), _negated=True), models.Q(('appeal', ''), _negated=True)), _connector='OR'), name='cases_problem_looked_at_after_appeal'),
        ),
        migrations.AddConstraint(
            model_name='problemfinding',
            constraint=models.CheckConstraint(condition=models.Q(('looked_by', None), models.Q(models.Q(('looked_by', models.F('found_by')), _negated=True), models.Q(('person', None), models.Q(('looked_by', models.F('person')), _negated=True), _connector='OR')), _connector='OR'), name='cases_problem_second_look_by_another'),
        ),
        migrations.AddConstraint(
            model_name='problemfinding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closed_by', None), ('status__in', ['found', 'replied', 'appealed'])), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), ('status__in', ['confirmed', 'lifted'])), _connector='OR'), name='cases_problem_closed_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='problemfinding',
            constraint=models.CheckConstraint(condition=models.Q(('frozen_at', None), ('status', 'confirmed'), _connector='OR'), name='cases_problem_frozen_when_confirmed'),
        ),
    ]
