"""Mails about accounts."""

import logging
from smtplib import SMTPException

from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from voices.services.accounts.accounts import confirmation_token, mail_allowed
from voices.web.frame import page_language

logger = logging.getLogger(__name__)


def confirmation_send(request: HttpRequest, user: User) -> bool:
    """A link that proves the mailbox. False when it has had enough mails for now.

    A mail server that does not answer is logged: an account works without the proof.
    """
    if not mail_allowed(email=user.email):
        return False
    link = reverse("page-confirm-email", args=[confirmation_token(user=user)])
    context = {
        "language": page_language(),
        "domain": request.get_host(),
        "email": user.email,
        "address": request.build_absolute_uri(link),
    }
    subject = render_to_string("voices/mail/confirm_subject.txt", context).strip()
    body = render_to_string("voices/mail/confirm.txt", context)
    try:
        send_mail(subject, body, None, [user.email])
    except (OSError, SMTPException):
        logger.exception("the mail to user %s could not be sent", user.pk)
    return True
