"""Accounts: sign-in, second factors, invitations, mail, telephone numbers, limits."""
