"""Forms for inviting a person, and for the invited person's new account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password

from opd import texts
from opd.models import Invitation

REQUIRED_FIELD = {"required": "Bagian ini perlu diisi."}
NEW_PASSWORD_ATTRS = {"autocomplete": "new-password"}


class InvitationForm(forms.ModelForm):
    """Form with the name and address of the person to invite; the page knows the unit and the role."""

    use_required_attribute = False

    class Meta:
        model = Invitation
        fields = ("name", "email")
        error_messages = {"name": REQUIRED_FIELD}
        help_texts = {"email": "Kalau diisi, tautannya juga dikirim ke sana."}


class NewAccountForm(forms.ModelForm):
    """Form for a new account: a name to sign in with, and a password that nobody else knows."""

    use_required_attribute = False
    password = forms.CharField(
        label="Sandi",
        strip=False,
        widget=forms.PasswordInput(attrs=NEW_PASSWORD_ATTRS),
        error_messages=REQUIRED_FIELD,
        help_text="Sedikitnya 12 huruf. Beberapa kata yang mudah diingat lebih kuat daripada satu kata yang rumit.",
    )
    again = forms.CharField(
        label="Sandi, sekali lagi",
        strip=False,
        widget=forms.PasswordInput(attrs=NEW_PASSWORD_ATTRS),
        error_messages=REQUIRED_FIELD,
    )

    class Meta:
        model = User
        fields = ("username", "email")
        labels = {"username": "Nama pengguna", "email": "Surel"}
        help_texts = {
            "username": "Untuk masuk. Huruf, angka, titik, dan tanda hubung, misalnya siti.rahayu.",
            "email": "Ke sini tautan sandi baru dikirim bila Anda lupa: pastikan milik Anda sendiri.",
        }
        error_messages = {
            "username": {**REQUIRED_FIELD, "unique": "Nama pengguna ini sudah dipakai orang lain; pilih yang lain."}
        }
        widgets = {
            "username": forms.TextInput(
                attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
            )
        }

    def __init__(self, *args: Any, full_name: str = "", email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._take_name(full_name)
        self.initial.setdefault("email", email)

    def _take_name(self, full_name: str) -> None:
        first, _, last = full_name.rpartition(" ")
        self.instance.first_name, self.instance.last_name = (first, last) if first else (last, "")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        password = given.get("password")
        if password and "again" in given and password != given["again"]:
            self.add_error("again", "Kedua sandi tidak sama.")
        return given

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if password := self.cleaned_data.get("password"):
            try:
                validate_password(password, self.instance)
            except forms.ValidationError as error:
                self.add_error("password", error)

    def account(self) -> User:
        """The new account, not saved yet."""
        user: User = self.instance
        user.set_password(self.cleaned_data["password"])
        return user


class FirstAccountForm(NewAccountForm):
    """Form for the first administrator, whom nobody invited: the name is asked too.

    `seen` is the unfinished administrator whom the page named.
    """

    full_name = texts.CharField("nama Anda", max_length=150).formfield(
        label="Nama Anda", error_messages=REQUIRED_FIELD, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("full_name", "username", "email", "password", "again", "seen")

    def clean_full_name(self) -> str:
        name = " ".join(str(self.cleaned_data["full_name"]).split())
        self._take_name(name)
        return name
