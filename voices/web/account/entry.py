"""Signing up, in and out."""

from typing import Any

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.generic import FormView

from voices.browsers import browser_sign_in
from voices.errors import Conflict
from voices.services.accounts.accounts import account_create
from voices.web.account.form_page import FormPage
from voices.web.account.forms import SignInForm, SignUpForm
from voices.web.account.mails import confirmation_send
from voices.web.frame import page_language


class SignInPage(FormPage, LoginView):
    """Django's view; what the visitor made moves to the account."""

    topic = "sign_in"
    authentication_form = SignInForm

    def form_valid(self, form: Any) -> HttpResponse:
        browser_sign_in(self.request, form.get_user())
        return redirect(self.get_success_url())


class SignUpPage(FormPage, FormView):
    """A new account, signed in at once; a mail to prove the mailbox follows."""

    topic = "sign_up"
    form_class = SignUpForm
    success_url = reverse_lazy("page-account")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        email, password = form.cleaned_data["email"], form.cleaned_data["password1"]
        try:
            user = account_create(email=email, password=password)
        except Conflict as error:
            form.add_error("email", error.message(page_language()))
            return self.form_invalid(form)
        browser_sign_in(self.request, user)
        confirmation_send(self.request, user)
        return super().form_valid(form)


class SignOut(LogoutView):
    """POST only; the session ends, the next page begins a new visitor's."""
