"""Forms of the account pages: Django's own, with our words and limits of tries."""

from math import ceil
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, BaseUserCreationForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from voices.browsers import client_address
from voices.models import Scope
from voices.services.accounts.accounts import (
    email_key,
    sign_in_attempt,
    sign_in_succeeded,
    sign_up_attempt,
)
from voices.web.frame import page_language
from voices.web.strings import account, template_words

EMAIL_CHARACTERS = 150  # as many as a user name has
TOO_MANY = "too_many_tries"


def word(key: str, **values: object) -> str:
    """A word of the account pages in the language of the page."""
    return template_words(account, page_language())[key].format(**values)


def too_many(seconds: int) -> ValidationError:
    """The error of a form that was sent too often."""
    return ValidationError(
        word("wait", minutes=ceil(seconds / 60)), code=TOO_MANY, params={"seconds": seconds}
    )


def seconds_to_wait(form: forms.BaseForm) -> int | None:
    """How long to wait, if that is what is wrong with the form."""
    for errors in form.errors.as_data().values():
        for error in errors:
            if error.code == TOO_MANY:
                return int(error.params["seconds"]) if error.params else None
    return None


class SignInForm(AuthenticationForm):
    """E-mail and password; an operator made by `createsuperuser` signs in with the user name."""

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.error_messages = {
            "invalid_login": word("sign_in_wrong"),
            "inactive": word("sign_in_inactive"),
        }
        self.fields["username"].label = word("email")
        self.fields["username"].widget.attrs.update(
            inputmode="email", autocomplete="username", autocapitalize="none"
        )

    def clean_username(self) -> str:
        return email_key(self.cleaned_data["username"])

    def clean(self) -> dict[str, Any]:
        request = self.request
        if request is None:
            raise ValueError("a form to sign in needs its request")
        tried = {"name": self.cleaned_data.get("username", ""), "address": client_address(request)}
        wait = sign_in_attempt(**tried)
        if wait is not None:
            raise too_many(wait)
        cleaned = super().clean()
        sign_in_succeeded(**tried)
        return cleaned


class SignUpForm(BaseUserCreationForm):
    """E-mail and a password twice, held against Django's validators."""

    email = forms.EmailField(max_length=EMAIL_CHARACTERS)

    class Meta:
        model = User
        fields = ("email",)

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)
        self.fields["email"].label = word("email")
        self.fields["email"].widget.attrs.update(autocomplete="username", autofocus=True)

    def clean(self) -> dict[str, Any]:
        wait = sign_up_attempt(address=client_address(self.request))
        if wait is not None:
            raise too_many(wait)
        super().clean()
        return self.cleaned_data


class KeyForm(forms.Form):
    """Name and scopes of a new key."""

    name = forms.CharField(max_length=100)
    scopes = forms.MultipleChoiceField(
        choices=[(str(scope), str(scope)) for scope in Scope], initial=[Scope.READ, Scope.SPEAK]
    )


class CloseForm(forms.Form):
    """The password, once more, before everything goes."""

    password = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)
        self.fields["password"].label = word("password")

    def clean_password(self) -> str:
        user: Any = self.request.user
        tried = {"name": user.username, "address": client_address(self.request)}
        wait = sign_in_attempt(**tried)
        if wait is not None:
            raise too_many(wait)
        password = str(self.cleaned_data["password"])
        if not user.check_password(password):
            raise ValidationError(word("close_wrong"), code="wrong_password")
        sign_in_succeeded(**tried)
        return password
