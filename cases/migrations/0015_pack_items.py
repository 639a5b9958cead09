"""What head office wants to see in a pack is data, with its source and its days."""

import csv
from datetime import date
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from departments.known import record_seeds

SEED = Path(__file__).resolve().parent.parent / "seeds" / "pack_items.csv"


def load(apps, schema_editor):
    PackItem = apps.get_model("cases", "PackItem")
    with SEED.open(encoding="utf-8", newline="") as file:
        for rank, row in enumerate(csv.DictReader(file)):
            PackItem.objects.create(
                name=row["name"],
                paper_kinds=row["paper_kinds"].split(),
                loss_class=row["loss_class"],
                rank=rank,
                source="公司惯例",
                valid_from=date(2012, 3, 1),
            )
    record_seeds(apps, "cases", "PackItem")


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0014_seed_supervision_parameters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalPackItem',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(max_length=30, verbose_name='材料')),
                ('paper_kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('claim_form', '索赔申请书'), ('licence', '行驶证驾驶证'), ('accident_proof', '事故证明'), ('survey_record', '查勘记录'), ('photo', '照片'), ('assessment', '定损单'), ('invoice', '维修发票'), ('medical', '医疗资料'), ('disability', '伤残鉴定'), ('judgment', '判决调解书'), ('identity', '身份与账户'), ('other', '其他')], max_length=16), size=None, verbose_name='案卷材料类别（有一即可）')),
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
                'verbose_name': 'historical 上报材料',
                'verbose_name_plural': 'historical 上报材料',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='PackItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=30, verbose_name='材料')),
                ('paper_kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('claim_form', '索赔申请书'), ('licence', '行驶证驾驶证'), ('accident_proof', '事故证明'), ('survey_record', '查勘记录'), ('photo', '照片'), ('assessment', '定损单'), ('invoice', '维修发票'), ('medical', '医疗资料'), ('disability', '伤残鉴定'), ('judgment', '判决调解书'), ('identity', '身份与账户'), ('other', '其他')], max_length=16), size=None, verbose_name='案卷材料类别（有一即可）')),
                ('loss_class', models.CharField(blank=True, choices=[('vehicle', '车'), ('property', '物'), ('injury', '人')], help_text='空白：每件都要', max_length=10, verbose_name='损失类别')),
                ('rank', models.PositiveSmallIntegerField(default=0, verbose_name='排序')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
                ('valid_from', models.DateField(verbose_name='生效日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='失效日期')),
                ('is_verified', models.BooleanField(default=False, verbose_name='已核实')),
            ],
            options={
                'verbose_name': '上报材料',
                'verbose_name_plural': '上报材料',
                'ordering': ['rank', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='cases_pack_item_dates_in_order'), models.CheckConstraint(condition=models.Q(('paper_kinds__len__gt', 0)), name='cases_pack_item_names_a_paper'), models.CheckConstraint(condition=models.Q(('loss_class__in', ['', 'vehicle', 'property', 'injury'])), name='cases_pack_item_loss_class_known')],
            },
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
