"""The drafts of proposals get their name in the code; the table keeps its own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("commitments", "0008_plan_drafts")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("PlanDraft", "ProposalDraft"),
                migrations.AlterModelTable("proposaldraft", "commitments_plandraft"),
                migrations.AlterField(
                    "proposaldraft",
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposal_drafts",
                        to="opd.unit",
                        verbose_name="unit",
                    ),
                ),
            ]
        )
    ]
