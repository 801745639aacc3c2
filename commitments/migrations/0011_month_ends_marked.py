"""Month ends carry a mark of the register's key; those without one are worked out again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("commitments", "0010_kept_ladder")]

    operations = [
        migrations.RunSQL("DELETE FROM commitments_monthend", migrations.RunSQL.noop),
        migrations.AddField(
            "monthend",
            "mark",
            models.CharField(default="", max_length=64, verbose_name="tanda kunci register"),
            preserve_default=False,
        ),
    ]
