from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authority', '0023_the_entry_of_many_rows_first'),
        ('cases', '0024_alerts_about_records'),
        ('departments', '__first__'),
    ]

    operations = [
        migrations.AddField(
            model_name='submission',
            name='subject_id',
            field=models.PositiveBigIntegerField(blank=True, null=True, verbose_name='所涉记录'),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(condition=models.Q(('subject_id__isnull', False)), fields=['item', 'subject_id'], name='cases_submission_by_subject'),
        ),
    ]
