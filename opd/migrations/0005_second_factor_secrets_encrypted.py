"""Encrypt the secrets of second factors that are there already."""

from collections.abc import Callable
from typing import Any

from django.db import migrations

from opd.accounts import second_factor


def changed_by(change: Callable[[str], str]) -> Callable[[Any, Any], None]:
    def run(apps: Any, schema_editor: Any) -> None:
        rows = apps.get_model("mfa", "Authenticator").objects.using(schema_editor.connection.alias)
        for row in rows.select_for_update().iterator():
            row.data = second_factor.with_secrets(row.data, change)
            row.save(update_fields=["data"])

    return run


class Migration(migrations.Migration):
    dependencies = [
        ("opd", "0004_stamps_together"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunPython(changed_by(second_factor.encrypt), changed_by(second_factor.decrypt)),
    ]
