"""The account itself, its keys, and its end."""

from dataclasses import asdict
from datetime import timedelta
from math import ceil
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from voices.browsers import visitor_ensure
from voices.errors import AppError
from voices.in_words import number_in_words, time_in_words
from voices.kinds import work_is_counted
from voices.models import Scope
from voices.owner import Owner
from voices.selectors.api_keys import api_key_list
from voices.selectors.quotas import (
    MEGABYTE,
    holdings_of,
    limits_of,
    seconds_to_midnight,
    today,
    usage_days,
    used_since,
)
from voices.services.accounts.api_keys import api_key_issue, api_key_revoke
from voices.services.accounts.closing import account_close, owner_data_delete
from voices.web.account.form_page import account_context
from voices.web.account.forms import CloseForm, KeyForm, seconds_to_wait, word
from voices.web.frame import page_language

SHOWN_DAYS = 31


@require_safe
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """Who one is, what one uses, and where to change it."""
    owner = visitor_ensure(request)
    since = today() - timedelta(days=SHOWN_DAYS - 1)
    month = used_since(owner=owner, day=today().replace(day=1))
    days = usage_days(owner=owner, since=since)
    context = account_context(
        usage=_usage(owner),
        resets=word("usage_resets", time=time_in_words(seconds_to_midnight(), page_language())),
        month={**asdict(month), "minutes": _minutes(month.audio_seconds)},
        days=[(day, _minutes(day.audio_seconds)) for day in days],
        account=getattr(request.user, "account", None),
    )
    return render(request, "voices/account.html", context)


def _minutes(seconds: float) -> float:
    return round(seconds / 60, 1)


def _usage(owner: Owner) -> list[dict[str, Any]]:
    limits, held = limits_of(owner), holdings_of(owner)
    used_today = used_since(owner=owner, day=today())
    megabytes = held.storage_bytes / MEGABYTE
    most_megabytes = limits.storage_bytes and limits.storage_bytes // MEGABYTE
    rows = {
        "characters_per_day": (used_today.characters, limits.characters_per_day),
        "jobs_waiting": (held.jobs_waiting, limits.jobs_waiting),
        "voices": (held.voices, limits.voices),
        "storage_bytes": (ceil(megabytes), most_megabytes),
    }
    if held.dataset_seconds:
        most_minutes = limits.dataset_seconds and limits.dataset_seconds // 60
        rows["dataset_seconds"] = (ceil(held.dataset_seconds / 60), most_minutes)
    if work_is_counted():
        worked = ceil(used_today.worked_seconds)
        rows["work_seconds_per_day"] = (worked, limits.work_seconds_per_day)
    return [_usage_row(name, used, limit) for name, (used, limit) in rows.items()]


def _usage_row(name: str, used: int, limit: int | None) -> dict[str, Any]:
    if limit is None:
        text = word("usage_unlimited", used=_grouped(used))
    else:
        left = _grouped(max(0, limit - used))
        text = word("usage_of", used=_grouped(used), limit=_grouped(limit), left=left)
    return {"name": word(f"usage_{name}"), "text": text, "used": used, "limit": limit}


def _grouped(value: int) -> str:
    return number_in_words(value, page_language())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def keys(request: HttpRequest) -> HttpResponse:
    """The keys; a new one is shown in the answer to its form and never again."""
    user: Any = request.user
    form = KeyForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            every = [str(scope) for scope in Scope]
            secret = api_key_issue(user=user, granted=every, **form.cleaned_data).secret
            form = KeyForm()
        except AppError as error:
            form.add_error(None, error.message(page_language()))
    context = account_context(
        form=form,
        secret=secret,
        keys=api_key_list(owner=Owner(user_id=user.pk)),
        scopes=[(str(scope), word(f"scope_{scope}")) for scope in Scope],
        chosen=form["scopes"].value() or [],
    )
    response = render(request, "voices/account_keys.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def key_revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """The button beside a key."""
    user: Any = request.user
    try:
        api_key_revoke(user=user, prefix=prefix)
    except AppError as error:
        messages.error(request, error.message(page_language()))
    else:
        messages.success(request, word("key_revoked"))
    return redirect("page-keys")


@login_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def close(request: HttpRequest) -> HttpResponse:
    """Delete the account, after the password once more."""
    user: Any = request.user
    form = CloseForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        logout(request)
        account_close(user=user)
        return redirect("page-closed")
    t = account_context()["t"]
    texts = {part: t[f"close_{part}"] for part in ("heading", "lead", "submit")}
    context = account_context(form=form, topic="close", **texts)
    status = 429 if seconds_to_wait(form) else 200
    return render(request, "voices/account_form.html", context, status=status)


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """A visitor's button: delete what this browser made."""
    owner = visitor_ensure(request)
    if owner.user_id is not None:
        return redirect("page-close")
    done = owner_data_delete(owner=owner)
    messages.success(request, word("forgotten" if done else "forgetting"))
    return redirect("page-account")


@require_safe
def told(request: HttpRequest, topic: str) -> HttpResponse:
    """A page that only says something: the link is sent, the account is deleted."""
    t = account_context()["t"]
    texts = {part: t[f"{topic}_{part}"] for part in ("heading", "lead")}
    return render(request, "voices/account_told.html", account_context(**texts))
