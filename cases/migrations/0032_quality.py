from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0031_seed_required_papers"), ("departments", "0014_where_separation_bites")]

    operations = [
        migrations.RunSQL(
            sql="update cases_dataqualityissue set outcome = 'true_as_is' where resolved_at is not null",
            reverse_sql="",
        ),
    ]
