"""Addresses under /account/."""

from django.urls import path

from voices.web.account.entry import SignInPage, SignOut, SignUpPage
from voices.web.account.pages import account, close, forget, key_revoke, keys, told
from voices.web.account.passwords import (
    ChangePage,
    NewPasswordPage,
    ResetPage,
    confirm_again,
    confirm_email,
)

urlpatterns = [
    path("", account, name="page-account"),
    path("sign-up/", SignUpPage.as_view(), name="page-sign-up"),
    path("sign-in/", SignInPage.as_view(), name="page-sign-in"),
    path("sign-out/", SignOut.as_view(), name="page-sign-out"),
    path("password/", ChangePage.as_view(), name="page-change-password"),
    path("reset/", ResetPage.as_view(), name="page-reset"),
    path("reset/sent/", told, {"topic": "reset_sent"}, name="page-reset-sent"),
    path("reset/<uidb64>/<token>/", NewPasswordPage.as_view(), name="page-new-password"),
    path("confirm/", confirm_again, name="page-confirm-again"),
    path("confirm/<str:token>/", confirm_email, name="page-confirm-email"),
    path("keys/", keys, name="page-keys"),
    path("keys/<slug:prefix>/revoke/", key_revoke, name="page-key-revoke"),
    path("close/", close, name="page-close"),
    path("closed/", told, {"topic": "closed"}, name="page-closed"),
    path("forget/", forget, name="page-forget"),
]
