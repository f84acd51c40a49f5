"""What every account page with one form has in common."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic.base import TemplateResponseMixin
from django.views.generic.edit import FormMixin

from voices.web.account.forms import seconds_to_wait
from voices.web.frame import page_language
from voices.web.strings import account, script_words, template_words


def account_context(**values: Any) -> dict[str, Any]:
    """The words of the account pages, and what a page adds."""
    language = page_language()
    return {
        "t": template_words(account, language),
        "mail_is_sent": settings.MAIL_IS_SENT,
        "page_data": {"language": language, "strings": script_words(account, language)},
        **values,
    }


@method_decorator(sensitive_post_parameters(), name="dispatch")
class FormPage(TemplateResponseMixin, FormMixin):
    """For Django's views: our template, words by topic, 429 for too many tries.

    `topic` begins the keys of the page's words: <topic>_heading, <topic>_submit, maybe <topic>_lead.
    """

    template_name = "voices/account_form.html"
    topic = ""
    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = account_context()
        texts = {
            part: words["t"].get(f"{self.topic}_{part}", "")
            for part in ("heading", "lead", "submit")
        }
        return {**super().get_context_data(**kwargs), **words, **texts, "topic": self.topic}

    def form_invalid(self, form: forms.BaseForm) -> HttpResponse:
        response = super().form_invalid(form)
        seconds = seconds_to_wait(form)
        if seconds is not None:
            response.status_code = 429
            response.headers["Retry-After"] = str(seconds)
        return response

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        response.headers["Cache-Control"] = "no-store"
        return response
