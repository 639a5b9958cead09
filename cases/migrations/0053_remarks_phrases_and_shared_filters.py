import django.contrib.postgres.fields
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0052_seed_lawsuits_and_conferences'),
        ('departments', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseRemark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='备注')),
                ('written_at', models.DateTimeField(auto_now_add=True, verbose_name='时间')),
                ('struck_at', models.DateTimeField(blank=True, null=True, verbose_name='划去时间')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='作者')),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='remarks', to='cases.claimcase', verbose_name='赔案')),
                ('told', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提醒')),
            ],
            options={
                'verbose_name': '备注',
                'verbose_name_plural': '备注',
                'indexes': [models.Index(fields=['case', '-written_at'], name='cases_remark_by_case')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='cases_remark_says_something'), models.CheckConstraint(condition=models.Q(('struck_at', None), ('struck_at__gte', models.F('written_at')), _connector='OR'), name='cases_remark_struck_later')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalOpinionPhrase',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('text', models.CharField(max_length=200, verbose_name='常用语')),
                ('items', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list, size=None, verbose_name='适用事项')),
                ('outcome', models.CharField(blank=True, choices=[('agree', '同意'), ('agree_with_conditions', '附条件同意'), ('return', '退回'), ('refuse', '不同意'), ('refer_up', '初核上报')], max_length=22, verbose_name='适用结论')),
                ('rank', models.PositiveSmallIntegerField(default=100, verbose_name='次序')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='所有人')),
            ],
            options={
                'verbose_name': 'historical 常用语',
                'verbose_name_plural': 'historical 常用语',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='OpinionPhrase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=200, verbose_name='常用语')),
                ('items', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list, size=None, verbose_name='适用事项')),
                ('outcome', models.CharField(blank=True, choices=[('agree', '同意'), ('agree_with_conditions', '附条件同意'), ('return', '退回'), ('refuse', '不同意'), ('refer_up', '初核上报')], max_length=22, verbose_name='适用结论')),
                ('rank', models.PositiveSmallIntegerField(default=100, verbose_name='次序')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='opinion_phrases', to=settings.AUTH_USER_MODEL, verbose_name='所有人')),
            ],
            options={
                'verbose_name': '常用语',
                'verbose_name_plural': '常用语',
                'ordering': ['rank', 'id'],
                'constraints': [models.UniqueConstraint(fields=('owner', 'text'), name='cases_phrase_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='cases_phrase_says_something'), models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'agree', 'agree_with_conditions', 'return', 'refuse', 'refer_up'])), name='cases_phrase_outcome_known')],
            },
        ),
        migrations.AddField(
            model_name='savedfilter',
            name='holds',
            field=models.CharField(choices=[('filter', '筛选'), ('columns', '列组合')], default='filter', max_length=8, verbose_name='内容'),
        ),
        migrations.AddField(
            model_name='savedfilter',
            name='posts',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None, verbose_name='发布给岗位'),
        ),
        migrations.AddConstraint(
            model_name='savedfilter',
            constraint=models.CheckConstraint(condition=models.Q(('holds__in', ['filter', 'columns'])), name='cases_savedfilter_holds_known'),
        ),
        migrations.AddConstraint(
            model_name='savedfilter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('holds', 'columns'), _negated=True), ('query__startswith', 'col='), _connector='OR'), name='cases_savedfilter_columns_named'),
        ),
    ]
