"""Where is a refusal shown? Beside the field that can mend it, or above the form."""

from django import forms
from django.core.exceptions import ValidationError

from opd.errors import Refused


def explain(form: forms.BaseForm, error: Refused | ValidationError) -> None:
    """Add what an act refused to the form that asked for it."""
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        for name, problems in error.error_dict.items():
            form.add_error(name if name in form.fields else None, problems)
    else:
        form.add_error(None, str(error) if isinstance(error, Refused) else error)
