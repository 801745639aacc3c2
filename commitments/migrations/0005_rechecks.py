
import django.db.models.deletion
import django.db.models.functions.math
import opd.clock
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commitments', '0004_reminders'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Recheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=opd.clock.new_uuid, editable=False, unique=True, verbose_name='pengenal')),
                ('number', models.PositiveIntegerField(unique=True, verbose_name='nomor')),
                ('drawn_at', models.DateTimeField(verbose_name='diundi')),
                ('since', models.DateField(blank=True, null=True, verbose_name='diverifikasi sejak')),
                ('head_seq', models.PositiveBigIntegerField(verbose_name='nomor kepala jejak')),
                ('head_hash', models.CharField(max_length=64, verbose_name='hash kepala jejak')),
                ('population', models.PositiveIntegerField(verbose_name='banyaknya yang ikut diundi')),
                ('size', models.PositiveSmallIntegerField(verbose_name='banyaknya yang diminta')),
                ('drawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='pengundi')),
            ],
            options={
                'verbose_name': 'uji petik',
                'verbose_name_plural': 'uji petik',
                'ordering': ('-number',),
            },
        ),
        migrations.CreateModel(
            name='RecheckItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=opd.clock.new_uuid, editable=False, unique=True, verbose_name='pengenal')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='urutan')),
                ('outcome', models.CharField(blank=True, choices=[('sesuai', 'sesuai'), ('berbeda', 'berbeda'), ('tak-terlacak', 'tidak dapat ditelusuri')], max_length=12, verbose_name='hasil')),
                ('found_value', models.DecimalField(blank=True, decimal_places=4, max_digits=15, null=True, verbose_name='nilai yang ditemukan')),
                ('finding', models.TextField(blank=True, help_text='Tampil untuk publik.', verbose_name='temuan')),
                ('recorded_at', models.DateTimeField(blank=True, null=True, verbose_name='dicatat')),
                ('measurement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rechecks', to='commitments.measurement', verbose_name='realisasi')),
                ('recheck', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='commitments.recheck', verbose_name='uji petik')),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='pencatat')),
            ],
            options={
                'verbose_name': 'sampel uji petik',
                'verbose_name_plural': 'sampel uji petik',
                'ordering': ('recheck', 'rank'),
            },
        ),
        migrations.AddConstraint(
            model_name='recheck',
            constraint=models.CheckConstraint(condition=models.Q(('size__gte', 1), ('size__lte', 50)), name='recheck_draws_between_1_and_50', violation_error_message='Banyaknya sampel antara 1 dan 50.'),
        ),
        migrations.AddConstraint(
            model_name='recheckitem',
            constraint=models.UniqueConstraint(fields=('recheck', 'rank'), name='recheck_item_one_per_rank'),
        ),
        migrations.AddConstraint(
            model_name='recheckitem',
            constraint=models.UniqueConstraint(fields=('recheck', 'measurement'), name='recheck_item_once_in_its_sample'),
        ),
        migrations.AddConstraint(
            model_name='recheckitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finding', ''), ('found_value', None), ('outcome', ''), ('recorded_at', None), ('recorded_by', None)), models.Q(('recorded_at__isnull', False), ('recorded_by__isnull', False), models.Q(('outcome', ''), _negated=True), models.Q(('finding', ''), _negated=True)), _connector='OR'), name='recheck_item_recorded_by_someone_with_a_finding'),
        ),
        migrations.AddConstraint(
            model_name='recheckitem',
            constraint=models.CheckConstraint(condition=models.Q(('found_value', None), models.Q(('found_value', django.db.models.functions.math.Round(models.F('found_value'), 4)), ('found_value__gte', Decimal('-99999999999.9999')), ('found_value__lte', Decimal('99999999999.9999'))), _connector='OR'), name='recheck_item_value_has_at_most_15_digits_and_4_decimals', violation_error_message='Nilai paling banyak 15 angka, 4 di antaranya di belakang koma.'),
        ),
    ]
