"""Month ends tell the units that lapsed from those on their rung; the stored ones are worked out again."""

from django.db import migrations, models


def forget_month_ends(apps, schema_editor):  # type: ignore[no-untyped-def]
    apps.get_model("commitments", "MonthEnd").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("commitments", "0011_month_ends_marked")]

    operations = [
        migrations.RunPython(forget_month_ends, migrations.RunPython.noop),
        migrations.AddField(
            "monthend",
            "lapsed",
            models.PositiveIntegerField(default=0, verbose_name="jumlah unit yang sudah, tetapi kini diam"),
            preserve_default=False,
        ),
    ]
