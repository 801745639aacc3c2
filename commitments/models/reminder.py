"""Reminders sent to units, how often each person wants e-mail, and the private calendar address of a unit."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import User
from django.core import signing
from django.db import models, transaction
from django.db.models import Q

from opd import access, clock
from opd.errors import WrongState
from opd.models import Unit


class Frequency(models.TextChoices):
    DAILY = "daily", "Tiap hari, selama ada yang mendesak"
    WEEKLY = "weekly", "Tiap pekan, dan pada harinya bila dikembalikan atau jatuh tenggat"
    URGENT = "urgent", "Hanya bila dikembalikan atau jatuh tenggat"
    OFF = "off", "Tidak usah"


class ReminderChoice(models.Model):
    """The choice of one person how often to get e-mail; no row means `WEEKLY`."""

    SALT = "pengingat"

    user = models.OneToOneField(User, models.CASCADE, related_name="reminder_choice", verbose_name="akun")
    frequency = models.CharField("seberapa sering", max_length=10, choices=Frequency, default=Frequency.WEEKLY)
    chosen_at = models.DateTimeField("dipilih", auto_now=True)

    class Meta:
        verbose_name = "pilihan pengingat"
        verbose_name_plural = "pilihan pengingat"

    def __str__(self) -> str:
        return f"{self.user}: {self.get_frequency_display()}"

    @classmethod
    def token(cls, user: User) -> str:
        """The token of the link in the footer: whoever holds it changes how often, and nothing else."""
        return signing.dumps(user.pk, salt=cls.SALT)

    @classmethod
    def by_token(cls, token: str) -> ReminderChoice | None:
        try:
            pk = signing.loads(token, salt=cls.SALT)
        except signing.BadSignature:
            return None
        user = User.objects.filter(pk=pk, is_active=True).first()
        return cls.of(user) if user else None

    @classmethod
    def of(cls, user: User) -> ReminderChoice:
        """The choice on record, or the default one, not saved."""
        return cls.objects.filter(user=user).first() or cls(user=user)


class ReminderKind(models.TextChoices):
    DIGEST = "digest", "ringkasan"
    RETURNED = "returned", "dikembalikan"
    DECIDED = "decided", "usulan diputus"
    TODAY = "today", "tenggat hari ini"
    SILENT = "silent", "diam"
    DRAFT = "draft", "konsep menunggu"


class ReminderChannel(models.TextChoices):
    EMAIL = "email", "surel"
    WHATSAPP = "whatsapp", "WhatsApp"


class Reminder(models.Model):
    """One reminder. It is claimed once, however often the command runs; `sent_at` is set once it has left.

    From the command `prepared_by` is empty. A person prepares a message, sends it from their own telephone, and
    confirms that they did. Private: the register knows nothing of it.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="unit")
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="kepada akun"
    )  # empty: to the unit's own number
    channel = models.CharField("saluran", max_length=10, choices=ReminderChannel)
    kind = models.CharField("jenis", max_length=10, choices=ReminderKind)
    about = models.CharField(
        "tentang", max_length=64, blank=True
    )  # a reference, a decision's UUID, or the whole unit
    on = models.DateField("untuk tanggal")  # the due date, the day of the decision, the first day of the week
    prepared_at = models.DateTimeField("disiapkan", default=clock.now)
    prepared_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="yang menyiapkan"
    )
    sent_at = models.DateTimeField("terkirim", null=True, blank=True)
    sent_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="yang mengirim"
    )

    class Meta:
        ordering = ("-prepared_at", "-pk")
        verbose_name = "pengingat"
        verbose_name_plural = "pengingat"
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "user", "channel", "kind", "about", "on"),
                condition=Q(user__isnull=False),
                name="reminder_to_a_person_once",
            ),
            models.UniqueConstraint(
                fields=("unit", "channel", "kind", "about", "on"),
                condition=Q(user=None),
                name="reminder_to_a_unit_once",
                violation_error_message="Pengingat ini sudah disiapkan hari ini.",
            ),
            models.CheckConstraint(
                condition=Q(sent_by=None) | Q(sent_at__isnull=False), name="reminder_sent_by_someone_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit} {self.get_kind_display()} {self.on}"

    @classmethod
    def prepare(cls, *, by: User, unit: Unit, channel: str, on: date) -> Reminder:
        """The secretariat's reminder to a unit as a whole, one a day on each channel: called again, it gives the
        same one."""
        access.require_chaser(by)
        made = {"prepared_by": by}
        found, _ = cls.objects.get_or_create(
            unit=unit, user=None, channel=channel, kind=ReminderKind.DIGEST, about="", on=on, defaults=made
        )
        return found

    def confirm(self, *, by: User) -> None:
        """Confirms that it was sent; the first person who confirms stays on record."""
        access.require_chaser(by)
        waiting = type(self).objects.filter(pk=self.pk, sent_at=None)
        if not waiting.update(sent_at=clock.now(), sent_by=by):
            raise WrongState("Pengingat ini sudah dinyatakan terkirim.")
        self.refresh_from_db()


class CalendarAddress(models.Model):
    """One person's private address of a unit's calendar, valid while that person serves there; a new row makes the
    old address invalid.

    The address is worked out from this row and SECRET_KEY, so that the database alone does not reveal it.
    """

    SIGNER = signing.Signer(salt="kalender", sep="~")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="unit")
    uuid = models.UUIDField("pengenal", unique=True, default=clock.new_uuid, editable=False)
    made_at = models.DateTimeField("dibuat", default=clock.now)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="yang membuat")
    revoked_at = models.DateTimeField("dicabut", null=True, blank=True)

    class Meta:
        verbose_name = "alamat kalender"
        verbose_name_plural = "alamat kalender"
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "made_by"), condition=Q(revoked_at=None), name="calendar_address_one_open_per_person"
            ),
        )

    def __str__(self) -> str:
        return f"kalender {self.unit}"

    @property
    def address(self) -> str:
        return self.SIGNER.sign(self.uuid.hex)

    @classmethod
    def open_of(cls, unit: Unit, user: User) -> CalendarAddress | None:
        return cls.objects.filter(unit=unit, made_by=user, revoked_at=None).first()

    @classmethod
    def by_address(cls, address: str) -> CalendarAddress | None:
        """The row of a valid address, or None: who has left the unit reads its dates no more."""
        try:
            name = cls.SIGNER.unsign(address)
        except signing.BadSignature:
            return None
        row = cls.objects.select_related("unit", "made_by").filter(uuid=name, revoked_at=None).first()
        return row if row and access.roles_in(row.made_by, row.unit) else None

    @classmethod
    def renew(cls, *, by: User, unit: Unit) -> CalendarAddress:
        """A new address; the old one, if any, stops working."""
        access.require_member(by, unit)
        with transaction.atomic():
            cls.objects.filter(unit=unit, made_by=by, revoked_at=None).update(revoked_at=clock.now())
            return cls.objects.create(unit=unit, made_by=by)
