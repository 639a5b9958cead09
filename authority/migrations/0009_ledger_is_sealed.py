"""Seals over the heads of the chains, append-only like the ledger itself."""

import django.db.models.deletion
from django.db import migrations, models

FORWARDS = """
create trigger authority_seal_no_change before update or delete on authority_ledgerseal
    for each row execute function authority_ledger_refuse();
create trigger authority_seal_no_truncate before truncate on authority_ledgerseal
    for each statement execute function authority_ledger_refuse();
create trigger authority_sealed_head_no_change before update or delete on authority_sealedhead
    for each row execute function authority_ledger_refuse();
create trigger authority_sealed_head_no_truncate before truncate on authority_sealedhead
    for each statement execute function authority_ledger_refuse();
"""
BACKWARDS = """
drop trigger authority_sealed_head_no_truncate on authority_sealedhead;
drop trigger authority_sealed_head_no_change on authority_sealedhead;
drop trigger authority_seal_no_truncate on authority_ledgerseal;
drop trigger authority_seal_no_change on authority_ledgerseal;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("authority", "0008_interests"),
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sequence', models.PositiveBigIntegerField(unique=True, verbose_name='封存序号')),
                ('at', models.DateTimeField(verbose_name='封存时间')),
                ('since', models.DateTimeField(null=True, verbose_name='上次封存至')),
                ('watermark', models.BigIntegerField(verbose_name='已封存至')),
                ('pending', models.JSONField(default=list, verbose_name='当时未提交')),
                ('entry_count', models.PositiveIntegerField(verbose_name='新增项数')),
                ('head_count', models.PositiveIntegerField(verbose_name='涉及链数')),
                ('digest', models.CharField(max_length=64, verbose_name='链首摘要')),
                ('key_name', models.CharField(max_length=8, verbose_name='密钥标识')),
                ('previous_signature', models.CharField(blank=True, max_length=64, verbose_name='前次签名')),
                ('signature', models.CharField(max_length=64, verbose_name='签名')),
            ],
            options={
                'verbose_name': '台账封存',
                'verbose_name_plural': '台账封存',
            },
        ),
        migrations.AlterField(
            model_name='ledgerentry',
            name='chain',
            field=models.CharField(db_collation='C', max_length=40, verbose_name='链'),
        ),
        migrations.CreateModel(
            name='SealedHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chain', models.CharField(db_collation='C', max_length=40, verbose_name='链')),
                ('sequence', models.PositiveIntegerField(verbose_name='序号')),
                ('hash', models.CharField(max_length=64, verbose_name='摘要')),
                ('seal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='heads', to='authority.ledgerseal', verbose_name='封存')),
            ],
            options={
                'verbose_name': '已封存的链首',
                'verbose_name_plural': '已封存的链首',
                'constraints': [models.UniqueConstraint(fields=('chain', 'sequence'), name='authority_sealed_head_once')],
            },
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
