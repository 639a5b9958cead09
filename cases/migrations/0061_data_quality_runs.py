from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0060_seed_resurveys_and_fraud'),
    ]

    operations = [
        migrations.CreateModel(
            name='DataQualityRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='日期')),
                ('since', models.DateTimeField(blank=True, null=True, verbose_name='检查自此后变动的赔案')),
                ('ran_at', models.DateTimeField(verbose_name='检查时间')),
                ('found', models.PositiveIntegerField(default=0, verbose_name='新疑问')),
                ('gone', models.PositiveIntegerField(default=0, verbose_name='已消除')),
            ],
            options={
                'verbose_name': '数据检查',
                'verbose_name_plural': '数据检查',
                'ordering': ['-day'],
            },
        ),
    ]
