"""Leaving: what somebody made is deleted, rows and files together."""

import logging
from contextlib import suppress

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from voices.errors import NotFound
from voices.loops import failure_logged
from voices.models import Account, ApiKey, Job, StoredFile, Voice
from voices.owner import Owner
from voices.services.accounts.adoption import owned_models
from voices.services.jobs.files import files_remove
from voices.services.jobs.removal import jobs_remove
from voices.services.voices.voices import voice_delete

logger = logging.getLogger(__name__)

AT_ONCE = 2_000  # jobs deleted while somebody waits for the answer, and in one turn of a worker


def account_close(*, user: User) -> None:
    """Nobody can sign in or use a key from now on; the e-mail is free again.

    What the user made is deleted now, or, when it is much, by the workers.
    """
    with transaction.atomic():
        user.is_active = False
        user.username, user.email = f"closed {user.pk}", ""
        user.first_name = user.last_name = ""
        user.set_unusable_password()
        user.save()
        ApiKey.objects.filter(user=user).delete()
        Account.objects.update_or_create(user=user, defaults={"closing_since": timezone.now()})
    _close_further(user)


def accounts_close_further() -> None:
    """Go on with the accounts that are being closed; run by every worker now and then."""
    for account in Account.objects.filter(closing_since__isnull=False).select_related("user")[:10]:
        with failure_logged(f"the end of account {account.user_id}"):
            _close_further(account.user)


def _close_further(user: User) -> None:
    if owner_data_delete(owner=Owner(user_id=user.pk)):
        user.delete()
        logger.info("account %s is deleted", user.pk)


def owner_data_delete(*, owner: Owner) -> bool:
    """Delete what the owner made, also what is being made.

    Returns:
        False when there were more jobs than are deleted at once: call again.
    """
    jobs = Job.objects.filter(owner.q)
    jobs_remove(jobs, at_once=AT_ONCE)
    if jobs.exists():
        return False
    for voice in Voice.objects.filter(owner.q):
        with suppress(NotFound):
            voice_delete(owner=owner, voice_id=voice.pk)
    if jobs.exists():
        return False
    files_remove(StoredFile.objects.filter(owner.q))  # large ones of which nothing was made
    for model in owned_models():
        model._default_manager.filter(owner.q).delete()
    return True
