"""Who may sign in, and with what? Nobody signs up; staff need a second factor before anything else."""

from collections.abc import Callable

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


class ClosedDoors(DefaultAccountAdapter):
    """Accounts are made by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SecondFactorForStaff:
    """Sends staff without a second factor to set one up; they see nothing of the admin before that."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/admin/") and request.user.is_authenticated and not is_mfa_enabled(request.user):
            return redirect("mfa_index")
        return self.get_response(request)
