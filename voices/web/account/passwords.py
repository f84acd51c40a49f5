"""Passwords forgotten and changed, mailboxes proved."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import (
    PasswordChangeView,
    PasswordResetConfirmView,
    PasswordResetView,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_http_methods, require_POST

from voices.browsers import client_address
from voices.errors import BadInput
from voices.services.accounts.accounts import (
    email_confirm,
    mail_allowed,
    mail_wish_attempt,
    password_was_reset,
)
from voices.web.account.form_page import FormPage, account_context
from voices.web.account.forms import too_many, word
from voices.web.account.mails import confirmation_send
from voices.web.frame import page_language


class ResetPage(FormPage, PasswordResetView):
    """Asks for a link. The answer is the same whether there is such an account or not."""

    topic = "reset"
    subject_template_name = "voices/mail/reset_subject.txt"
    email_template_name = "voices/mail/reset.txt"
    success_url = reverse_lazy("page-reset-sent")

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["email"].label = word("email")
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        wait = mail_wish_attempt(address=client_address(self.request))
        if wait is not None:
            form.add_error(None, too_many(wait))
            return self.form_invalid(form)
        if not mail_allowed(email=form.cleaned_data["email"]):
            return redirect(self.success_url)
        self.extra_email_context = {"language": page_language()}
        return super().form_valid(form)


class NewPasswordPage(FormPage, PasswordResetConfirmView):
    """Where the link leads."""

    topic = "new_password"
    success_url = reverse_lazy("page-sign-in")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        password_was_reset(user=form.user)
        messages.success(self.request, word("new_password_done"))
        return response


class ChangePage(FormPage, PasswordChangeView):
    """Other sessions of the account end, this one goes on."""

    topic = "change"
    success_url = reverse_lazy("page-account")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, word("changed"))
        return super().form_valid(form)


@require_http_methods(["GET", "POST"])
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Asks first: programs that look into mails open links, but press no buttons."""
    if request.method == "GET":
        return render(request, "voices/account_confirm.html", account_context())
    try:
        email_confirm(token=token)
    except BadInput as error:
        messages.error(request, error.message(page_language()))
    else:
        messages.success(request, word("confirmed"))
    return redirect("page-account")


@login_required
@require_POST
def confirm_again(request: HttpRequest) -> HttpResponse:
    """Another mail with the link."""
    user: Any = request.user
    if confirmation_send(request, user):
        messages.success(request, word("confirm_sent", email=user.email))
    else:
        messages.error(request, word("confirm_enough"))
    return redirect("page-account")
