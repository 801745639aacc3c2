"""Addresses of the account pages: only these of allauth's. Signing up is not among them."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path, re_path

from opd.accounts import email_address, views

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("tidak-aktif/", account.account_inactive, name="account_inactive"),
    path("yakinkan/", account.reauthenticate, name="account_reauthenticate"),
    path("sandi/", account.password_change, name="account_change_password"),
    path("sandi/lupa/", account.password_reset, name="account_reset_password"),
    path("sandi/lupa/terkirim/", account.password_reset_done, name="account_reset_password_done"),
    path("sandi/baru/selesai/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^sandi/baru/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.PasswordResetLink.as_view(),
        name="account_reset_password_from_key",
    ),
    path("surel/", email_address.email_change, name="account-email"),
    path("surel/<str:token>/", email_address.email_confirm, name="account-email-confirm"),
    path("faktor-kedua/", mfa.index, name="mfa_index"),
    path("faktor-kedua/kode/", mfa.authenticate, name="mfa_authenticate"),
    path("faktor-kedua/yakinkan/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("faktor-kedua/pasang/", totp.activate_totp, name="mfa_activate_totp"),
    path("faktor-kedua/lepas/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("passkey/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("passkey/masuk/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("passkey/pasang/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("passkey/yakinkan/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("passkey/<int:pk>/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("passkey/<int:pk>/lepas/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("pertama/", views.first_account, name="first-account"),
    path("pertama/<str:token>/", views.first_account_open, name="first-account-open"),
    path("undangan/", views.invitation, name="invitation"),
    path("undangan/<str:token>/", views.invitation_open, name="invitation-open"),
    path("faktor-kedua/cadangan/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("faktor-kedua/cadangan/baru/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("faktor-kedua/cadangan/unduh/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
]
